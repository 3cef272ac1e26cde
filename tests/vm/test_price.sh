#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What the lifecycle probes cost, in instructions.
. "$(dirname "$0")/suite.sh"
status=0
for series in 6.1 6.12; do
	"$vm/run" -i -t 480 "$series" -- "$BUILD/tests/vm/test_price" || status=1
done
exit "$status"
