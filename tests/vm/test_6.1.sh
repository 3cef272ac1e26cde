#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The oldest kernel that is tested: clsact alone, and totals inside other namespaces.
. "$(dirname "$0")/suite.sh"
run_suite 6.1 "$vm/../netns/test_kinds.sh"
