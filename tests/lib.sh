# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the shell tests share. Source it first: . "$(dirname "$0")/../lib.sh"
#
# A test works in a lab: a network namespace of its own that plays the host. Names of everything it makes begin with
# $LAB, which holds the process id, so that runs do not meet. cleanup functions run on every way out, last one first.

set -u

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034 # for the tests
BUILD=${BUILD:-$TOP/build}
LAB=ctl$$
TMP=$(mktemp -d "${TMPDIR:-/tmp}/ctnet-test.XXXXXX") || exit 1

test_failures=0
cleanups=()

# ok NAME: this fact holds. not_ok NAME [WHY...]: it does not.
ok() { echo "ok - $*"; }
not_ok() {
	echo "not ok - $1"
	shift
	[ $# -eq 0 ] || printf '# %s\n' "$@"
	test_failures=$((test_failures + 1))
}

# skip NAME REASON: it could not be tried here.
skip() { echo "ok - $1 # SKIP $2"; }

# skip_all REASON: nothing of this file can be tried here.
skip_all() {
	skip "$(basename "$0")" "$1"
	exit 0
}

# is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got:    $2" "wanted: $3"; fi
}

# like NAME GOT REGEX
like() {
	if [[ $2 =~ $3 ]]; then ok "$1"; else not_ok "$1" "got:    $2" "wanted: /$3/"; fi
}

# holds NAME COMMAND...: the command succeeds.
holds() {
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then ok "$name"; else not_ok "$name" "failed: $*" "$out"; fi
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails after that time.
wait_for() {
	local until=$((SECONDS + $1))
	shift
	while ! "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$until" ] || return 1
		sleep 0.05
	done
}

# at_exit COMMAND...: run on every way out, the last one given first.
at_exit() { cleanups+=("$(printf '%q ' "$@")"); }

run_cleanups() {
	local i
	for ((i = ${#cleanups[@]} - 1; i >= 0; i--)); do
		eval "${cleanups[i]}" >/dev/null 2>&1
	done
	rm -rf "$TMP"
}
# shellcheck disable=SC2154 # status is set in the trap
trap 'status=$?; trap - EXIT; run_cleanups; [ "$status" -ne 0 ] || [ "$test_failures" -eq 0 ] || status=1; exit "$status"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# start_bg LOGFILE COMMAND...: in the background, its process id in $bg; ended on the way out.
start_bg() {
	local log=$1
	shift
	"$@" >"$log" 2>&1 </dev/null &
	bg=$!
	at_exit end_process "$bg"
}

# end_process PID [SIGNAL]: ends a child of ours and waits until it is gone. A number that is nobody's or somebody else's by
# now is left alone.
end_process() {
	grep -q "^PPid:[[:space:]]*$$\$" "/proc/$1/status" 2>/dev/null || return
	kill "-${2:-TERM}" "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# leader_of PID: its first child, as of systemd-nspawn the container's first process; nothing where there is none.
leader_of() { awk -v parent="$1" '$4 == parent { print $1 }' /proc/[0-9]*/stat 2>/dev/null | head -n 1; }

# lab_make: the namespace $LAB that plays the host, loopback up. in_lab COMMAND...: run in it.
lab_make() {
	ip netns add "$LAB" || exit 1
	at_exit ip netns del "$LAB"
	in_lab sysctl -qw net.ipv6.conf.all.forwarding=0 2>/dev/null
	in_lab ip link set lo up
}
in_lab() { nsenter --net="/run/netns/$LAB" "$@"; }

# lab_bridge BRIDGE [ADDRESS]: a bridge in the lab, without spanning tree or multicast noise.
lab_bridge() {
	in_lab ip link add "$1" type bridge stp_state 0 forward_delay 0 mcast_snooping 0
	in_lab ip link set "$1" up
	[ $# -lt 2 ] || in_lab ip addr add "$2" dev "$1"
}

# lab_guest NAME HOST_END BRIDGE ADDRESS...: a named namespace $LAB-NAME with eth0, wired to the bridge. quiet: no IPv6
# autoconfiguration traffic of its own. The host end joins the bridge when it is up: for as long as 6.1 has not looked at its link (up
# to a second), a port without carrier is one that forwards, and its queue drops behind our hook what no counter of the device tells.
lab_guest() {
	local ns=$LAB-$1 host=$2 bridge=$3 address
	shift 3
	ip netns add "$ns" || exit 1
	at_exit ip netns del "$ns"
	# the kernel asks for routers on its own for some 12 seconds after an interface came up (RFC 4861, 6.3.7)
	ip netns exec "$ns" sysctl -qw net.ipv6.conf.{all,default}.accept_dad=0 net.ipv6.conf.{all,default}.router_solicitations=0
	in_lab ip link add "$host" type veth peer name eth0 netns "$ns"
	in_lab ip link set "$host" up
	ip -n "$ns" link set lo up
	ip -n "$ns" link set eth0 up
	for address in "$@"; do
		case $address in
		*:*) ip -n "$ns" addr add "$address" dev eth0 nodad ;;
		*) ip -n "$ns" addr add "$address" dev eth0 ;;
		esac
	done
	wait_for 20 is_up "$host" || not_ok "$host comes up"
	in_lab ip link set "$host" master "$bridge"
}
is_up() { in_lab ip -o link show dev "$1" | grep -q 'state UP'; }
in_guest() {
	local ns=$LAB-$1
	shift
	nsenter --net="/run/netns/$ns" "$@"
}

need_root() { [ "$(id -u)" = 0 ] || skip_all "needs root"; }
