#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Somebody else's filter and qdisc on the same interface: they are there and run before, during and after; and of ours nothing is
# left, whatever way the agent ended.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24
know_each_other a b 10.9.0.1 10.9.0.2

# The neighbour: on va a clsact that mirrors ICMP each way and takes UDP away to a device of its own, and an htb at its root.
in_lab ip link add nb0 type veth peer name nb1
in_lab ip link set nb0 up
in_lab ip link set nb1 up
in_lab tc qdisc add dev va clsact
for hook in ingress egress; do
	in_lab tc filter add dev va $hook protocol ip prio 77 u32 match ip protocol 1 0xff action mirred egress mirror dev nb0 || exit 1
done
in_lab tc filter add dev va ingress protocol ip prio 78 u32 match ip protocol 17 0xff action mirred egress redirect dev nb0 || exit 1
in_lab tc qdisc add dev va root handle 7: htb default 1
in_lab tc class add dev va parent 7: classid 7:1 htb rate 10gbit quantum 60000

# taken TABLE: packets that the neighbour's filter took; u32 numbers its tables in the order they were made, over both hooks.
mirrored_in=800 mirrored_out=801 redirected_in=802
taken() { in_lab tc -s filter show dev va ingress | awk -v fh="$1::800" '/ fh / { mine = index($0, fh) } mine && $1 == "Sent" { print $4; exit }'; }
through() { in_lab tc -s class show dev va | grep -oE 'Sent [0-9]+ bytes [0-9]+ pkt' | cut -d' ' -f4; }
# Its rules as tc prints them, but for what differs between two looks.
neighbour() {
	local hook
	for hook in ingress egress; do
		in_lab tc filter show dev va $hook | sed -nE '/pref 7[78] /,/index/p' | grep -v ' bpf '
	done
	in_lab tc qdisc show dev va
	in_lab tc class show dev va
}
rules=$(neighbour)
runs() {
	local in out away all
	in=$(taken $mirrored_in) out=$(taken $mirrored_out) away=$(taken $redirected_in) all=$(through)
	in_guest a ping -q -c 5 -i 0.01 10.9.0.2 >/dev/null || not_ok "$1: ping"
	send_from a udp-send 10.9.0.2 7001 4 100
	is "$1: the neighbour's filters run" \
		"$(($(taken $mirrored_in) - in)) $(($(taken $mirrored_out) - out)) $(($(taken $redirected_in) - away))" "5 5 4"
	if [ "$(through)" -ge $((all + 5)) ]; then ok "$1: the neighbour's qdisc runs"; else not_ok "$1: the neighbour's qdisc runs" "$all -> $(through)"; fi
	is "$1: the neighbour's rules are what they were" "$(neighbour)" "$rules"
}
qdisc_of_vb() { in_lab tc qdisc show dev vb | grep -c clsact; }
filters_of_ours() { our_filters | wc -l; }

runs "before"

check_mode() {
	local mode=$1 attached
	agent_start --attach "$mode"
	attached=$(filters_of_ours)
	[ "$attached" -gt 0 ] || not_ok "$mode: something of ours is attached"
	runs "$mode, attached"
	settle || return
	as_the_kernel "$mode: we count what the neighbour's filter takes away" "$LAB-a" eth0 va
	is "$mode: the split has what the neighbour's filter takes away" "$(protocol_count transmit "$LAB-a" ipv4 udp)" 4

	# another ctnet beside it
	holds "$mode: ctnet-top runs beside the agent" in_lab "$BUILD/ctnet-top" -b -n 2 -d 0.3
	is "$mode: it leaves the agent's attachments alone" "$(filters_of_ours)" "$attached"
	runs "$mode, after ctnet-top"
	settle || return
	as_the_kernel "$mode: and the agent's counts are right" "$LAB-a" eth0 va

	agent_stop TERM
	is "$mode: the agent ends well on SIGTERM" "$agent_status" 0
	is "$mode: nothing of ours is left after SIGTERM" "$(our_filters)" ""
	is "$mode: no qdisc of ours is left after SIGTERM" "$(qdisc_of_vb)" 0
	runs "$mode, after SIGTERM"

	agent_start --attach "$mode"
	agent_stop KILL
	runs "$mode, after kill -9"
	agent_start --attach "$mode"
	is "$mode: after kill -9 the next start has each attachment once" "$(filters_of_ours)" "$attached"
	runs "$mode, restarted after kill -9"
	settle || return
	as_the_kernel "$mode: totals after kill -9 and restart are the kernel's" "$LAB-a" eth0 va
	agent_stop INT
	is "$mode: the agent ends well on SIGINT" "$agent_status" 0
	is "$mode: nothing of ours is left after the restart either" "$(our_filters)" ""
	is "$mode: nor a qdisc of ours" "$(qdisc_of_vb)" 0
	runs "$mode, after all"
}

check_mode clsact
if in_lab "$BUILD/ctnetd" --once --attach tcx --textfile-dir "$TEXTFILE_DIR" >/dev/null 2>&1; then
	check_mode tcx
else
	skip "tcx: neighbours" "this kernel has no TCX (6.6 and later)"
fi

# What kill -9 leaves in one mode is found by the next start in another mode.
agent_start --attach clsact
agent_stop KILL
in_lab "$BUILD/ctnetd" --once --textfile-dir "$TEXTFILE_DIR" >/dev/null 2>&1
is "leftovers of clsact are taken away by a start in whatever mode" "$(our_filters)" ""
is "with their qdisc" "$(qdisc_of_vb)" 0
runs "at the end"
