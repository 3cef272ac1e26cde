# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What every kernel is asked. Source it: . "$(dirname "$0")/suite.sh"

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILD=${BUILD:-$vm/../../build}
export BUILD

# run_shells SERIES TEST...: what depends on the kernel, and each of these tests. An emulated machine of one CPU does shells sooner, that wait
# for each other.
run_shells() {
	local series=$1 netns=$vm/../netns
	shift
	"$vm/run" -c 1 -t 900 "$series" -- "$vm"/guest/test_{lab,events}.sh "$netns"/test_{counts,short_lives,hotplug}.sh "$@"
}

# run_lifecycle SERIES: the probes, on two CPUs. The loop of 10,000 comes before there are modules, each of which has its part in every
# namespace.
run_lifecycle() {
	"$vm/run" -t 540 "$1" -- "$BUILD"/tests/vm/test_{churn,lifecycle,interface_events}
}
