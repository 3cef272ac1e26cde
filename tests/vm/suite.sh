# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What every kernel is asked. Source it: . "$(dirname "$0")/suite.sh"

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILD=${BUILD:-$vm/../../build}
export BUILD

# run_suite SERIES: on Debian's kernel of that series, the lifecycle suite and the netns suite, as far as the latter needs neither
# a daemon nor a terminal. Not test_counts.sh: under emulation a packet may meet a port that is not running yet, whose queue drops it
# behind our hook and before the device's counters.
run_suite() {
	"$vm/run" -t 900 "$1" -- "$vm/../netns/test_pairs.sh" \
		"$vm/../netns/test_midlife.sh" "$vm/../netns/test_neighbours.sh"
	"$vm/run" -t 540 "$1" -- "$vm/guest/test_lab.sh" "$BUILD/tests/vm/test_interface_events" \
		"$BUILD/tests/vm/test_lifecycle" "$BUILD/tests/vm/test_churn"
}
