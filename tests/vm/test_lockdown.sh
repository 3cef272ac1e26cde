#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel that has kprobes and refuses them: the message says so.
. "$(dirname "$0")/suite.sh"
"$vm/run" -n "6.1 locked down" -k lockdown=confidentiality 6.1 -- "$BUILD/tests/bpf/test_lifecycle_refused"
