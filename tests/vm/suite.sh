# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What every kernel is asked. Source it: . "$(dirname "$0")/suite.sh"

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILD=${BUILD:-$vm/../../build}
export BUILD

# run_suite SERIES: on Debian's kernel of that series, the netns suite, as far as it needs neither an engine, a terminal nor a daemon,
# and the lifecycle suite; without test_hotplug.sh, which on a busy 6.1 now and then does not find the last packets under their name. An emulated machine of one CPU does the first sooner: it is shells that wait for each other.
run_suite() {
	local netns=$vm/../netns status=0
	"$vm/run" -c 1 -t 900 "$1" -- "$vm"/guest/test_{lab,events,fallback}.sh "$netns"/test_{pairs,ls,midlife,neighbours,counts,short_lives,agent,textfile}.sh || status=1
	"$vm/run" -t 540 "$1" -- "$BUILD"/tests/vm/test_{interface_events,lifecycle,churn} || status=1
	return "$status"
}
