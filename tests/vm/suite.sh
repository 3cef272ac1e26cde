# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What every kernel is asked. Source it: . "$(dirname "$0")/suite.sh"

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILD=${BUILD:-$vm/../../build}
export BUILD

# run_suite SERIES [TEST...]: on Debian's kernel of that series what depends on the kernel: births and deaths, what is counted and by which way of attaching, and
# each of these netns tests; without test_hotplug.sh: on 6.1 with processes that compete for the one CPU, what a container sent just before its end is
# sometimes not told, and counted nowhere. An emulated machine of one CPU does shells sooner, that wait for each other; the lifecycle suite is to have two.
run_suite() {
	local series=$1 netns=$vm/../netns status=0
	shift
	"$vm/run" -c 1 -t 900 "$series" -- "$vm"/guest/test_{lab,events,fallback}.sh "$netns"/test_{midlife,neighbours,counts,short_lives}.sh "$@" || status=1
	"$vm/run" -t 540 "$series" -- "$BUILD"/tests/vm/test_{interface_events,lifecycle,churn} || status=1
	return "$status"
}
