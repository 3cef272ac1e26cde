#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel that has kprobes and refuses them: the message says so, and all that does not need them goes on.
. "$(dirname "$0")/suite.sh"
"$vm/run" -c 1 -n "6.12 locked down" -k lockdown=confidentiality 6.12 -- "$BUILD/tests/bpf/test_lifecycle_refused" "$vm/guest/test_fallback.sh"
