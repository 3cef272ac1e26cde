#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Each way a namespace can be wired: what is counted where, and what it stands on. The authority is `ip -s -j link`, inside where there is no
# end in the lab. Kinds that not every kernel has are in test_kinds.sh.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/../wirings.sh"

need_root
need_programs
lab_make

lab_card

# ---- macvlan, made in the namespace itself as CNI does, so that the lab has no nsid for it; and one that is moved in

node mac
in_lab ip link add link nic0 mv0 netns "$LAB-mac" type macvlan mode bridge
up mac mv0 10.8.0.1/24
node macmoved
in_lab ip link add link nic0 mv1 type macvlan mode bridge
in_lab ip link set mv1 netns "$LAB-macmoved"
up macmoved mv1 10.8.0.2/24
talk mac 10.8.0.254
talk macmoved 10.8.0.1
inside mac mv0
inside macmoved mv1
is "mac: mv0 stands on the lab's nic0" "$(of mac mv0 .lower)" "$(lab_device nic0)"
is "macmoved: mv1 stands on the lab's nic0" "$(of macmoved mv1 .lower)" "$(lab_device nic0)"
is "mac: a macvlan has no other end" "$(of mac mv0 .peer)" null
# ---- a network card that is moved inside: its pair's other end stays, as a card's wire would

node nic
in_lab ip link add wire0 type veth peer name card0
in_lab ip link set wire0 up
in_lab ip addr add 10.8.1.254/24 dev wire0
in_lab ip link set card0 netns "$LAB-nic"
up nic card0 10.8.1.1/24
talk nic 10.8.1.254
agrees "nic: an end that was moved in is counted at the end that stayed" nic card0 mirrored "$LAB" wire0
is "nic: card0 has wire0 for its host end" "$(of nic card0 '[.counted, .peer.name]')" '["host end","wire0"]'

# ---- a routed pair without a bridge, as Calico wires it: an address of its own, the gateway's answered by proxy ARP

node cali
in_lab ip link add cali0 type veth peer name eth0 netns "$LAB-cali"
in_lab sysctl -qw net.ipv4.conf.cali0.proxy_arp=1 net.ipv4.conf.all.forwarding=1
in_lab ip link set cali0 up
in_lab ip route add 10.8.2.1/32 dev cali0
up cali eth0 10.8.2.1/32
ip -n "$LAB-cali" route add 169.254.1.1 dev eth0 scope link
ip -n "$LAB-cali" route add default via 169.254.1.1 dev eth0
in_lab ip route add 169.254.1.1/32 dev nic1 # what is answered for has to be somewhere else
talk cali 10.8.0.254
agrees "cali: counted at its host end" cali eth0 mirrored "$LAB" cali0
is "cali: its host end, and no bridge" "$(of cali eth0 '[.counted, .peer.name, .bridge]')" '["host end","cali0",null]'

# ---- a tap moved inside, with nobody at its other side: what is sent is lost in it, and counted as dropped

where=on_node
node tap
in_lab ip tuntap add dev tap0 mode tap
in_lab ip link set tap0 netns "$LAB-tap"
up tap tap0 10.8.3.1/24
agrees "tap: tap0 has the device's own counters" tap tap0 counters "$LAB-tap" tap0
is "tap: tap0 is counted inside" "$(of tap tap0 .counted)" '"inside"'

# ---- a pair between two namespaces, neither end in the lab; in the first a tap that is not the way out

node left
node right
ip -n "$LAB-left" link add side0 type veth peer name side1 netns "$LAB-right"
ip -n "$LAB-left" tuntap add dev tun0 mode tun
up left side0 10.8.4.1/24
up right side1 10.8.4.2/24
up left tun0
ip -n "$LAB-left" link add link side0 up0 type macvlan mode bridge
up left up0
talk left 10.8.4.2
inside left side0
inside right side1
is "left: its other end is right's" "$(of left side0 '[.peer.netns, .peer.name]')" "[$(inode "$LAB-right"),\"side1\"]"
uncounted left tun0
uncounted left up0
is "left: up0 stands on side0, which counts its packets" "$(of left up0 '[.lower.netns, .lower.name]')" "[$(inode "$LAB-left"),\"side0\"]"
where=in_lab
look
is "left: out of reach it is listed without interfaces" "$(of left side0 .name)" ""
where=on_node
look
is "what left sent right received, each once" "$(of left side0 '.transmit.packets')" "$(of right side1 '.receive.packets')"

where=in_lab

# ---- an engine inside: a bridge in the outer namespace, which has its own way to the lab

lab_bridge lab0 10.8.5.254/24
lab_guest outer vouter lab0 10.8.5.1/24
node nested
ip -n "$LAB-outer" link add docker0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0
up outer docker0 10.8.6.254/24
ip -n "$LAB-outer" link add vnested type veth peer name eth0 netns "$LAB-nested"
ip -n "$LAB-outer" link set vnested master docker0 up
in_guest outer sysctl -qw net.ipv4.conf.all.forwarding=1
in_lab ip route add 10.8.6.0/24 via 10.8.5.1
up nested eth0 10.8.6.1/24
ip -n "$LAB-nested" route add default via 10.8.6.254
talk nested 10.8.5.254
inside nested eth0
agrees "outer: its own way out is counted at its host end" outer eth0 mirrored "$LAB" vouter
is "outer: its bridge and the bridge's ports are not counted" "$(counted_in outer)" '["eth0"]'
uncounted outer docker0
uncounted outer vnested
is "outer: vnested is a port of its docker0" "$(of outer vnested .master)" "$(of outer docker0 .index)"
is "nested: its other end is outer's vnested" "$(of nested eth0 '[.peer.netns, .peer.name]')" "[$(inode "$LAB-outer"),\"vnested\"]"

# ---- an overlay: a hidden namespace with a bridge, a VXLAN device from the lab and a port to a container

node overlay
node member
in_lab ip link add vx0 type vxlan id 7 dstport 4789 dev nic0
in_lab ip link set vx0 netns "$LAB-overlay"
ip -n "$LAB-overlay" link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0
ip -n "$LAB-overlay" link add veth0 type veth peer name eth0 netns "$LAB-member"
for device in vx0 veth0; do ip -n "$LAB-overlay" link set "$device" master br0 up; done
up overlay br0 10.8.7.254/24
up member eth0 10.8.7.1/24
talk member 10.8.7.254
inside member eth0
is "overlay: nothing of the hidden namespace is counted" "$(counted_in overlay)" '[]'
is "overlay: its VXLAN device stands on the lab's nic0" "$(of overlay vx0 .lower)" "$(lab_device nic0)"
in_lab ip link add vx1 type vxlan id 8 dstport 4789 dev nic0
look
is "the lab's own VXLAN device is nobody's" "$(jq '[.namespaces[].interfaces[] | select(.name == "vx1")] | length' "$TMP/ls.json")" 0

# ---- a virtual machine's tap at a bridge, as libvirt wires it: a real QEMU has it open, its CPU is never started

if command -v qemu-system-x86_64 >/dev/null; then
	lab_bridge virbr0 192.0.2.254/24
	start_in_lab "$TMP/qemu.log" qemu-system-x86_64 -S -nodefaults -machine q35,accel=tcg -m 16 -display none \
		-netdev tap,id=net0,ifname=vnet0,script=no,downscript=no -device virtio-net-pci,netdev=net0,romfile=
	wait_for 20 in_lab ip link set vnet0 master virbr0 up || not_ok "QEMU makes its tap" "$(cat "$TMP/qemu.log")"
	look
	is "a virtual machine's tap is a port of its bridge" "$(jq -c '.bridges[] | select(.name == "virbr0") | .ports' "$TMP/ls.json")" '["vnet0"]'
	is "and no namespace is made up for it" "$(jq '[.namespaces[].interfaces[] | select(.name == "vnet0" or .peer.name == "vnet0")] | length' "$TMP/ls.json")" 0
	is "ctnet which says what it is" "$(in_lab "$BUILD/ctnet" which vnet0)" "vnet0: tun of this host, port of virbr0"
	is "and its state is the kernel's" "$(in_lab "$BUILD/ctnet" bridge virbr0 --json | jq -r '.. | objects | select(.name? == "vnet0") | .state' | head -n 1)" \
		"$(in_lab bridge -j link show dev vnet0 | jq -r '.[0].state')"
	end_process "$bg" KILL
else
	skip "a virtual machine's tap" "needs qemu-system-x86_64"
fi

# ---- a rootless network: pasta holds a tap inside, and speaks for it in the lab by sockets

if command -v pasta >/dev/null; then
	node pasta
	in_lab ip route add default via 10.8.0.253 dev nic1
	start_in_lab "$TMP/pasta.log" pasta -f --config-net --runas 0:0 --ns-ifname eth0 --netns-only --netns "/run/netns/$LAB-pasta"
	wait_for 20 ip -n "$LAB-pasta" addr show dev eth0 up scope global || not_ok "pasta makes its tap" "$(cat "$TMP/pasta.log")"
	where=on_node
	in_guest pasta ping -q -c 5 -i 0.01 -W 1 10.8.0.253 >"$TMP/ping"
	agrees "pasta: eth0 has the device's own counters" pasta eth0 counters "$LAB-pasta" eth0
	is "pasta: it is a tap counted inside, with no other end" "$(of pasta eth0 '[.kind, .counted, .peer]')" '["tun","inside",null]'
	holds "pasta: and was sent by" [ "$(of pasta eth0 .transmit.packets)" -gt 0 ]
	where=in_lab
	end_process "$bg" KILL
	in_lab ip route del default
else
	skip "pasta" "needs passt"
fi

# ---- in words

in_lab "$BUILD/ctnet" ls >"$TMP/ls.txt" 2>"$TMP/ls.err"
like "ls says what is counted inside" "$(grep -F "$LAB-mac " "$TMP/ls.txt")" " mv0 .* counted inside"
like "ls says what is not counted" "$(grep -F "$LAB-outer " "$TMP/ls.txt" | grep docker0)" ' not counted'
in_lab "$BUILD/ctnet" show "$LAB-mac" >"$TMP/show.txt" 2>"$TMP/show.err"
like "show says so as well" "$(tr '\n' ' ' <"$TMP/show.txt")" 'stands on .* nic0 .* this host .* counted inside'

# ---- the agent: our programs inside, the split; nothing is left, and nobody is kept alive

mac_metric() { metric "$TEXTFILE" "ctnet_$1_total" "owner=$LAB-mac" interface=mv0 "${@:2}"; }
agent_start --attach auto
if ! in_lab "$BUILD/ctnet-top" -b -n 1 -d 0.2 --json | grep -q '"traffic":"tcx"'; then
	skip "programs inside other namespaces" "no TCX in this kernel (Linux 6.6)"
else
	is "our programs stand inside, where links lead from here" "$(hooks_in "$LAB-mac")" "mv0 egress ctnet_inner_tx mv0 ingress ctnet_inner_rx "
	is "and where they lead from there" "$(hooks_in "$LAB-nested")" "eth0 egress ctnet_inner_tx eth0 ingress ctnet_inner_rx "
	is "but not where nothing is counted" "$(hooks_in "$LAB-outer")$(hooks_in "$LAB-overlay")" ""
	is "nor where no link leads" "$(hooks_in "$LAB-left")" ""
	agent_next
	pings=$(mac_metric protocol_transmit_packets family=ipv4 protocol=icmp)
	talk mac 10.8.0.254
	holds "mac: the metrics are the device's own counters" wait_for 20 metrics_agree mac mv0
	is "mac: the split counts what is sent" "$(($(mac_metric protocol_transmit_packets family=ipv4 protocol=icmp) - ${pings:-0}))" 5
	is "mac: small packets are one segment each" "$(mac_metric transmit_segments)" "$(mac_metric transmit_packets)"
fi
in_lab ip link add life0 type veth peer name life1 netns "$LAB-macmoved" # an end of it goes when the namespace does
in_lab ip link set life0 up
agent_next
is "macmoved: our programs stand in it as well" "$(hooks_in "$LAB-macmoved")" "$(hooks_in "$LAB-mac" | sed 's/mv0/mv1/g')"
gone() { ! in_lab ip link show life0; }
ip netns del "$LAB-macmoved"
holds "a namespace dies while it is counted in" wait_for 20 gone
agent_stop KILL
is "nothing is left in a namespace after a kill" "$(hooks_in "$LAB-mac")" ""
agent_start --attach auto
agent_stop
is "nothing is left in a namespace after the end" "$(hooks_in "$LAB-mac")$(our_filters)" ""

in_lab "$BUILD/ctnet-top" -b -n 1 -d 0.2 --json --attach clsact >"$TMP/top.json" 2>"$TMP/top.err"
like "with clsact there are totals only inside, and the reason is told" "$(jq -r .source_details.traffic.detail "$TMP/top.json")" \
	'^totals only for ([0-9]+) of [0-9]+ interfaces counted inside their namespace: .* TCX'
is "mac: they are the totals" "$(jq -c --arg name "$LAB-mac" '.namespaces[] | select(.name == $name) | .interfaces[0] | [.counted, (.receive | has("segments"))]' "$TMP/top.json")" '["inside",false]'
