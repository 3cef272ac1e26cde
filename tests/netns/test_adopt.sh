#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What an agent leaves for the next one and for those who read along: taken over in place, told apart from what is another's, removed when
# it is asked for. That nothing is lost when it is killed under load: test_restart.sh.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24
know_each_other a b 10.9.0.1 10.9.0.2
private_bpffs
only=$(printf '%s egress\n%s ingress\n' lab0 lab0 va va vb vb | sort)
our_places() { our_filters | awk '{ print $1, $2 }' | sort; }
links() { in_lab "$BUILD/tests/netns/pinned" links; }
detach() { in_lab "$BUILD/ctnetd" --detach --bpffs "$BPFFS" --textfile-dir "$TEXTFILE_DIR" 2>&1; }
ours() { in_lab "$BUILD/$1" "${@:2}" --bpffs "$BPFFS"; }

# send N [FROM]: N datagrams to b.
send() {
	sink b udp-sink 10.9.0.2 7001 "$1"
	send_from a udp-send 10.9.0.2 7001 "$1" 200
	wait "$bg"
}
udp_to_b() { protocol_count receive "$LAB-b" ipv4 udp; }
said() { grep -cF "$1" "$TMP/agent.err"; }
udp_in_ls() {
	ours ctnet ls --json 2>/dev/null |
		jq -r --arg name "$LAB-b" '.namespaces[] | select(.name == $name).interfaces[0].protocols.receive.ipv4_udp.packets'
}
last_total() { awk '/^ctnet_transmit.*owner="",interface="vc"/ { print $NF }' "$TMP/kept"; }
gone_from_lab() { ! in_lab ip link show "$1"; }
is_only() { [ "$(our_places)" = "$only" ]; }
rename_layout() {
	local net
	for net in "$BPFFS"/ctnet/net-*; do mv "$net"/layout-* "$net/layout-9-9"; done
}
inside=mv$$ # other tests have devices in namespaces of theirs
in_inner() { nsenter --net="/proc/$inner/ns/net" "$@"; }
in_own_netns() { [ "$(readlink "/proc/$1/ns/net")" != "$(stat -L -c 'net:[%i]' "/run/netns/$LAB")" ]; }
knock() { in_inner ping -q -c 3 -i 0.01 -W 5 10.8.1.254 >/dev/null || not_ok "$inside reaches the lab"; }
icmp_inside() {
	ours ctnet ls --json 2>/dev/null | jq -r --arg inside "$inside" \
		'.namespaces[].interfaces[] | select(.name == $inside) | .protocols.transmit.ipv4_icmp.packets // 0'
}
inside_is() { [ "$(icmp_inside)" = "$1" ]; }
attached_inside() { in_inner "$BUILD/tests/netns/pinned" links | grep -q "^$inside egress"; }
no_pin_without_link() { [ "$(pins | grep -c link-)" = "$(links | wc -l)" ]; }
lines() { wc -l <"$TMP/top.json"; }
three_more() { [ "$(lines)" -ge "$((count + 3))" ]; }
as_before() {
	settle || return
	is "$1: the split goes on" "$(udp_to_b)" "$2"
	as_the_kernel "$1: a's totals are the kernel's" "$LAB-a" eth0 va
	as_the_kernel "$1: b's totals are the kernel's" "$LAB-b" eth0 vb
	is "$1: each hook has one program of ours" "$(our_places)" "$only"
}

check_mode() {
	local mode=$1 places fresh last keeper

	agent_pinned --attach "$mode"
	send 10
	agent_next

	# those who read along
	places=$(our_filters)
	is "$mode: ctnet ls shows the agent's split" "$(udp_in_ls)" 10
	ours ctnet-top --json -b -n 8 -d 0.2 >"$TMP/top.json" 2>"$TMP/top.err" &
	while kill -0 $! 2>/dev/null; do our_filters | grep -vxF "$places"; sleep 0.05; done >"$TMP/more"
	wait $!
	is "$mode: ctnet-top attaches nothing while an agent runs" "$(cat "$TMP/more")" ""
	is "$mode: ctnet-top shows the agent's split" "$(jq -r --arg name "$LAB-b" \
		'.namespaces[] | select(.name == $name).interfaces[0].protocols.receive.ipv4_udp.packets' "$TMP/top.json" | tail -n 1)" 10
	is "$mode: the agent's programs are what they were" "$(our_filters)" "$places"

	# a second one, and --detach, while it runs
	like "$mode: a second agent says so and leaves" \
		"$(ours ctnetd --textfile-dir "$TEXTFILE_DIR" 2>&1; echo " $?")" 'another ctnetd is running in this network namespace.* 1$'
	like "$mode: --detach refuses while an agent runs" "$(detach; echo " $?")" 'another ctnetd is running.* 1$'
	as_before "$mode: after both" 10

	# killed, and what others do meanwhile
	agent_stop KILL
	send 10
	ours ctnet-top --attach "$mode" -b -n 1 -d 0.1 >/dev/null 2>&1
	is "$mode: ctnet-top leaves alone what a killed agent left" "$(our_places)" "$only"
	agent_pinned --attach "$mode" --keep-attached
	as_before "$mode: after kill -9" 20
	is "$mode: which is said" "$(said '3 interfaces counted on since the last ctnetd')" 1

	# stopped, to be started again
	agent_stop TERM
	is "$mode: --keep-attached: ends well" "$agent_status" 0
	is "$mode: --keep-attached leaves the programs" "$(our_places)" "$only"
	send 10
	agent_pinned --attach "$mode"
	as_before "$mode: after --keep-attached" 30
	agent_stop TERM
	is "$mode: without it nothing is left attached" "$(our_filters)" ""
	is "$mode: nor pinned" "$(pins)" ""

	# an interface that ends, and one that gets its number, while no agent runs
	lab_guest c vc lab0 10.9.0.3/24
	know_each_other c b 10.9.0.3 10.9.0.2
	agent_pinned --attach "$mode"
	sink b udp-sink 10.9.0.2 7002 5
	send_from c udp-send 10.9.0.2 7002 5 200
	wait "$bg"
	agent_next
	agent_stop KILL
	sink b udp-sink 10.9.0.2 7002 7
	send_from c udp-send 10.9.0.2 7002 7 200
	wait "$bg"
	fresh=$(in_lab ip -j link show vc | jq '.[0].ifindex')
	last=$(in_lab ip -s -j link show vc | jq '.[0].stats64.rx.packets')
	ip netns del "$LAB-c"
	wait_for 20 gone_from_lab vc || not_ok "$mode: vc is gone"
	ip netns add "$LAB-d"
	at_exit ip netns del "$LAB-d"
	in_lab ip link add vd index "$fresh" type veth peer name eth0 netns "$LAB-d"
	in_lab ip link set vd up
	ip -n "$LAB-d" link set eth0 up
	in_lab ip link set vd master lab0
	start_bg "$TMP/kept" "$BUILD/tests/netns/keeper" "$TEXTFILE_DIR" "${TEXTFILE##*/}" ctnet_transmit_packets_total ctnet_protocol_transmit_packets_total
	keeper=$bg
	wait_for 10 grep -q ready "$TMP/kept"
	agent_pinned --attach "$mode"
	agent_next
	end_process "$keeper"
	is "$mode: what ended while no agent ran is told with its last counters" \
		"$(awk '/protocol_.*owner="",interface="vc",family="ipv4",protocol="udp"/ { print $NF }' "$TMP/kept")" 12
	holds "$mode: and with all that it had sent" test "$(last_total)" -ge "$last"
	is "$mode: and said" "$(said '1 interface of the last ctnetd ended while none ran')" 1
	settle || return
	is "$mode: who got its number has nothing of it" \
		"$(protocol_count transmit "$LAB-d" ipv4 udp) $(settled ctnet_transmit_packets_total "owner=$LAB-d")" \
		"0 $(device_of vd rx.packets)"

	# what cannot be understood
	agent_stop KILL
	rename_layout
	agent_pinned --attach "$mode"
	is "$mode: what has another layout is replaced, and said" "$(said 'replaced what a ctnetd with another layout left (layout-9-9)')" 1
	ip netns del "$LAB-d"
	wait_for 20 gone_from_lab vd
	wait_for 10 is_only
	as_before "$mode: after another layout" 0
	[ "$(pins | grep -c layout-9-9)" = 0 ] || not_ok "$mode: nothing of the other layout is left" "$(pins)"

	# by hand
	agent_stop KILL
	detach >"$TMP/detached"
	is "$mode: --detach ends well" "$?" 0
	like "$mode: it says what it removed" "$(tr '\n' ' ' <"$TMP/detached")" "^removed 6 (TCX link|tc filter)s.*removed $TEXTFILE "
	is "$mode: nothing is left attached" "$(our_filters)" ""
	is "$mode: no qdisc" "$(in_lab tc qdisc show | grep -c clsact)" 0
	is "$mode: nothing is left pinned" "$(pins)" ""
	is "$mode: nor a textfile" "$(ls -A "$TEXTFILE_DIR")" ""
	is "$mode: --detach of nothing says so" "$(detach)" "nothing to remove"
}

for mode in clsact tcx; do
	in_lab "$BUILD/ctnetd" --once --attach "$mode" --textfile-dir "$TEXTFILE_DIR" >/dev/null 2>&1 || {
		skip "$mode: taken over" "this kernel has no $mode"
		continue
	}
	rm -f "$TEXTFILE"
	check_mode "$mode"
done
[ "$mode" = tcx ] && links >/dev/null || exit

# An agent of another version: its links stay, its programs go.
agent_pinned
agent_stop KILL
before=$(links)
"$BUILD/tests/netns/pinned" swap "$BPFFS"/ctnet/net-*/layout-*/link-* || not_ok "the links get another program"
agent_pinned
after=$(links)
is "an upgrade updates the links in place" "$(awk '{ print $1, $2, $3 }' <<<"$after")" "$(awk '{ print $1, $2, $3 }' <<<"$before")"
is "with the programs of this version" "$(awk '{ print $1, $2, $5 }' <<<"$after")" "$(awk '{ print $1, $2, $5 }' <<<"$before")"
agent_stop TERM

# Inside another namespace: counted on, and not kept alive.
in_lab ip link add nic0 type veth peer name nic1
in_lab ip link set nic0 up
in_lab ip link set nic1 up
in_lab ip addr add 10.8.1.254/24 dev nic1
start_in_lab "$TMP/inner" unshare --net sleep 600
inner=$bg
wait_for 10 in_own_netns "$inner" || not_ok "the process has its own namespace"
# a pair besides, whose end here tells of the end of the namespace
in_lab ip link add vi type veth peer name eth1
in_lab ip link set eth1 netns "$inner"
in_lab ip link add link nic0 "$inside" type macvlan mode bridge
in_lab ip link set "$inside" netns "$inner"
in_inner ip addr add 10.8.1.1/24 dev "$inside"
in_inner ip link set "$inside" up
agent_pinned
wait_for 20 attached_inside || not_ok "the agent attaches inside"
knock
is "inside: counted" "$(icmp_inside)" 3
agent_stop KILL
knock
agent_pinned
knock
wait_for 10 inside_is 9
is "inside: counted on over kill -9, each packet once" "$(icmp_inside)" 9
agent_stop KILL
is "a killed agent leaves its links inside" "$(in_inner "$BUILD/tests/netns/pinned" links | wc -l)" 2
end_process "$inner"
holds "a namespace with pinned links inside ends with its last process" wait_for 30 gone_from_lab vi
agent_pinned
wait_for 10 no_pin_without_link
is "the pins of its links are cleaned away" "$(pins | grep -c link-)" "$(links | wc -l)"

# The agent ends while somebody reads along.
start_in_lab "$TMP/top.json" "$BUILD/ctnet-top" --json -b -d 0.2 --bpffs "$BPFFS"
reader=$bg
wait_for 20 test -s "$TMP/top.json"
agent_stop TERM
wait_for 20 is_counted va || not_ok "ctnet-top counts itself when the agent has ended"
send 10
count=$(lines)
wait_for 20 three_more || not_ok "ctnet-top goes on"
is "the totals of who read along are the kernel's when the agent has ended" \
	"$(grep '^{.*}$' "$TMP/top.json" | tail -n 1 | jq -r --arg name "$LAB-b" '.namespaces[] | select(.name == $name).interfaces[0].transmit.packets')" \
	"$(in_lab ip -s -j link show vb | jq '.[0].stats64.rx.packets')"
end_process "$reader"
is "and leaves nothing" "$(our_filters)" ""

# Who may not look.
agent_pinned
chmod 0755 "$TMP"
like "who may not open what the agent keeps is told so in one line" \
	"$(in_lab setpriv --reuid=65534 --clear-groups --inh-caps=+net_broadcast,+net_admin --ambient-caps=+net_broadcast,+net_admin \
		"$BUILD/ctnet" ls --bpffs "$BPFFS" 2>&1 >/dev/null | grep ctnetd)" \
	'the counters of the running ctnetd are not read: Permission denied \(run as root\)'
agent_stop TERM
is "nothing of ours is left" "$(our_filters)$(pins)" ""
