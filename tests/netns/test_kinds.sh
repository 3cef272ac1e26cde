#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Kinds of interfaces that not every kernel has: what is counted where, and what it stands on. The authority is `ip -s -j link`. Where a kernel lacks one it
# is skipped; those that the tests start as guests have all but netkit (Linux 6.7).
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/../wirings.sh"

need_root
need_programs
lab_make
lab_card

if in_lab ip link add dum0 type dummy 2>"$TMP/refusal"; then
	node dummies
	in_lab ip link set dum0 netns "$LAB-dummies"
	up dummies dum0 10.8.8.1/24
	where=on_node # no link leads there
	look
	uncounted dummies dum0
	where=in_lab
else
	skip "dummy" "$(cat "$TMP/refusal")"
fi

# in_it NODE DEVICE ADDRESS: it is counted inside, and so by the agent below, which is to see it reach that address.
in_it() {
	talk "$1" "$3"
	inside "$1" "$2"
	wired+=("$*")
}
wired=()

# The master has an address, and the world knows the container's: in mode l3 the master's namespace routes, and nobody answers ARP.
net=8
for mode in l2 l3; do
	net=10.8.$((${net#10.8.} + 1))
	node "world$mode"
	node "ip$mode"
	in_lab ip link add "up$mode" type veth peer name wire1 netns "$LAB-world$mode"
	in_lab ip addr add "$net.2/24" dev "up$mode"
	in_lab ip link set "up$mode" up
	up "world$mode" wire1 "$net.254/24"
	if in_lab ip link add link "up$mode" iv0 type ipvlan mode "$mode" 2>"$TMP/refusal"; then
		in_lab ip link set iv0 netns "$LAB-ip$mode"
		up "ip$mode" iv0 "$net.1/24"
		ip -n "$LAB-world$mode" neigh replace "$net.1" lladdr "$(in_lab ip -j link show "up$mode" | jq -r '.[0].address')" dev wire1
		in_it "ip$mode" iv0 "$net.254"
		is "ip$mode: iv0 stands on the lab's up$mode" "$(of "ip$mode" iv0 .lower)" "$(lab_device "up$mode")"
	else
		skip "ipvlan $mode" "$(cat "$TMP/refusal")"
	fi
done

if in_lab ip link add link nic0 nic0.5 type vlan id 5 2>"$TMP/refusal"; then
	node vlan
	in_lab ip link add link nic1 nic1.5 type vlan id 5
	in_lab ip addr add 10.8.20.254/24 dev nic1.5
	in_lab ip link set nic1.5 up
	in_lab ip link set nic0.5 netns "$LAB-vlan"
	up vlan nic0.5 10.8.20.1/24
	in_it vlan nic0.5 10.8.20.254
	is "vlan: it stands on the lab's nic0" "$(of vlan nic0.5 .lower)" "$(lab_device nic0)"
else
	skip "a VLAN device moved inside" "$(cat "$TMP/refusal")"
fi

for mode in l2 l3; do
	if in_lab "$BUILD/tests/netns/netkit" "$mode" nk0 nk1 2>"$TMP/refusal"; then
		node "nk$mode"
		in_lab ip link set nk1 netns "$LAB-nk$mode"
		in_lab ip link set nk0 up
		in_lab ip addr add 10.8.11.254/24 dev nk0
		up "nk$mode" nk1 10.8.11.1/24
		talk "nk$mode" 10.8.11.254
		agrees "nk$mode: counted at its host end" "nk$mode" nk1 mirrored "$LAB" nk0
		is "nk$mode: its host end" "$(of "nk$mode" nk1 '[.counted, .peer.name]')" '["host end","nk0"]'
		in_lab ip link del nk0
	else
		skip "netkit $mode" "$(cat "$TMP/refusal")"
	fi
done

node bond
if ip -n "$LAB-bond" link add bond0 type bond mode active-backup 2>"$TMP/refusal"; then
	for port in 0 1; do
		in_lab ip link add "out$port" type veth peer name "card$port"
		in_lab ip link set "out$port" up
		in_lab ip link set "card$port" netns "$LAB-bond"
		ip -n "$LAB-bond" link set "card$port" master bond0
	done
	up bond bond0 10.8.12.1/24
	in_lab ip addr add 10.8.12.254/24 dev out0
	talk bond 10.8.12.254
	look
	uncounted bond bond0
	is "bond: its ports are counted at their host ends" "$(counted_in bond)" '["card0","card1"]'
	is "bond: they are its ports" "$(of bond card0 .master)" "$(of bond bond0 .index)"
else
	skip "bond" "$(cat "$TMP/refusal")"
fi

# ---- the agent: by programs inside where there is TCX, else in totals

[ ${#wired[@]} -gt 0 ] || skip_all "no kind that is counted inside"
pings_of() { metric "$TEXTFILE" ctnet_protocol_transmit_packets_total "owner=$LAB-$1" "interface=$2" family=ipv4 protocol=icmp; }
agent_start --attach auto
for one in "${wired[@]}"; do
	read -r node device address <<<"$one"
	agent_next
	pings=$(pings_of "$node" "$device")
	talk "$node" "$address"
	holds "$node: the metrics are the device's own counters" wait_for 20 metrics_agree "$node" "$device"
	if [ -n "$(hooks_in "$LAB-$node")" ]; then
		is "$node: the split counts what is sent" "$(($(pings_of "$node" "$device") - ${pings:-0}))" 5
	else
		skip "$node: the split" "no TCX in this kernel (Linux 6.6)"
	fi
done
agent_stop TERM
is "the agent ends well" "$agent_status" 0
for one in "${wired[@]}"; do
	read -r node device _ <<<"$one"
	is "$node: nothing of ours is left on $device" "$(hooks_in "$LAB-$node")" ""
done
