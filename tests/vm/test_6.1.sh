#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The oldest kernel that is tested: clsact alone, and totals inside other namespaces.
. "$(dirname "$0")/suite.sh"
run_shells 6.1 "$vm/guest/test_fallback.sh" "$vm"/../netns/test_{midlife,neighbours,kinds,without_bpf}.sh
