#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Counts to the packet: two namespaces on a bridge, made while the agent runs, TCP over IPv4 and IPv6, UDP, ICMP and ARP between
# them; the authorities are the kernel's device counters, its protocol counters, and the known number of packets sent.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs

# guest_counter GUEST FILE NAME: from /proc/net/snmp6 or the "Tcp:" and "Udp:" pairs of lines of /proc/net/snmp.
guest_counter6() { in_guest "$1" cat /proc/net/snmp6 | awk -v name="$2" '$1 == name { print $2 }'; }
guest_counter() {
	in_guest "$1" cat /proc/net/snmp | awk -v proto="$2:" -v name="$3" '
		$1 == proto && !seen { for (i = 2; i <= NF; i++) column[$i] = i; seen = 1; next }
		$1 == proto { print $column[name] }'
}

# One mix of traffic with known numbers. 3 MB of TCP each way make super-packets.
mixed_traffic() {
	sink b udp-sink 10.9.0.2 7001 200
	send_from a udp-send 10.9.0.2 7001 200 300
	wait "$bg"
	sink b udp-sink fd09::2 7002 100
	send_from a udp-send fd09::2 7002 100 1200
	wait "$bg"
	sink b tcp-sink 10.9.0.2 7003
	send_from a tcp-send 10.9.0.2 7003 3000000
	wait "$bg"
	sink a tcp-sink fd09::1 7004
	send_from b tcp-send fd09::1 7004 3000000
	wait "$bg"
	in_guest a ping -q -c 25 -i 0.01 10.9.0.2 >/dev/null || not_ok "ping over IPv4"
	in_guest a ping -q -c 15 -i 0.01 fd09::2 >/dev/null || not_ok "ping over IPv6"
	send_from a arp-send eth0 12
}

# settle, and of the same moment the number of ICMPv6 messages that a sent, in $sent6: it tells its multicast groups when it likes.
settle_with_icmp6() {
	local before round
	for ((round = 0; round < 10; round++)); do
		before=$(guest_counter6 a Icmp6OutMsgs)
		settle || return 1
		sent6=$(guest_counter6 a Icmp6OutMsgs)
		[ "$before" != "$sent6" ] || return 0
	done
	not_ok "a sends no more ICMPv6 of its own"
	return 1
}

# What the kernel says that a guest sent: TCP segments (new, again).
tcp_segments_sent() { echo $(($(guest_counter "$1" Tcp OutSegs) + $(guest_counter "$1" Tcp RetransSegs))); }

# The segments of everything but TCP are its packets (no UDP segmentation offload is used here).
tcp_segments_counted() {
	local segments packets tcp
	segments=$(metric "$SETTLED" ctnet_transmit_segments_total "owner=$LAB-$1" interface=eth0)
	packets=$(metric "$SETTLED" ctnet_transmit_packets_total "owner=$LAB-$1" interface=eth0)
	tcp=$(($(protocol_count transmit "$LAB-$1" ipv4 tcp) + $(protocol_count transmit "$LAB-$1" ipv6 tcp)))
	echo $((segments - packets + tcp))
}

check_mode() {
	local mode=$1 a=$LAB-a b=$LAB-b guest counted6 sent6 first6
	agent_start --attach "$mode"
	is "$mode: the source says how it counts" "$(metric "$TEXTFILE" ctnet_source_up source=traffic)" 1
	lab_guest a va lab0 10.9.0.1/24 fd09::1/64
	lab_guest b vb lab0 10.9.0.2/24 fd09::2/64
	know_each_other a b 10.9.0.1 10.9.0.2
	know_each_other a b fd09::1 fd09::2
	# what an interface says of itself when it comes up may be sent into a link that is not up yet, or before the attach
	settle_with_icmp6 || return
	counted6=$(protocol_count transmit "$a" ipv6 icmp) first6=$sent6
	mixed_traffic
	settle_with_icmp6 || return

	as_the_kernel "$mode: a's totals are the kernel's" "$a" eth0 va
	as_the_kernel "$mode: b's totals are the kernel's" "$b" eth0 vb

	is "$mode: UDP over IPv4, a sent" "$(protocol_count transmit "$a" ipv4 udp)" 200
	is "$mode: UDP over IPv4, b received" "$(protocol_count receive "$b" ipv4 udp)" 200
	is "$mode: UDP over IPv6, a sent" "$(protocol_count transmit "$a" ipv6 udp)" 100
	is "$mode: UDP over IPv6, b received" "$(protocol_count receive "$b" ipv6 udp)" 100
	is "$mode: ICMP over IPv4, a's echoes" "$(protocol_count transmit "$a" ipv4 icmp)" 25
	is "$mode: ICMP over IPv4, b's replies" "$(protocol_count receive "$a" ipv4 icmp)" 25
	is "$mode: ICMPv6, as the kernel says that a sent" "$(($(protocol_count transmit "$a" ipv6 icmp) - counted6))" \
		"$((sent6 - first6))"
	is "$mode: ARP, b received" "$(protocol_count receive "$b" arp other)" 12
	is "$mode: UDP bytes with the headers of Ethernet, IP and UDP" \
		"$(metric "$SETTLED" ctnet_protocol_receive_bytes_total "owner=$b" family=ipv4 protocol=udp)" $((200 * (300 + 14 + 20 + 8)))
	for guest in a b; do
		is "$mode: TCP segments, as the kernel says that $guest sent" "$(tcp_segments_counted "$guest")" "$(tcp_segments_sent "$guest")"
	done
	is "$mode: nothing was lost" "$(metric "$SETTLED" ctnet_lost_total | awk '{ n += $1 } END { print n + 0 }')" 0

	segments_beyond_packets "$mode"
	split_is_the_total "$mode" "$a"
	split_is_the_total "$mode" "$b"

	drops_on_the_way_in "$mode"

	agent_stop TERM
	is "$mode: the agent ends well" "$agent_status" 0
	is "$mode: nothing of ours stays attached" "$(our_filters)" ""
	in_lab ip link del va
	in_lab ip link del vb
	ip netns del "$a"
	ip netns del "$b"
}

# More segments than packets both ways, and as many wire bytes as the headers of the additional segments are long: 66 over IPv4 (a's TCP
# data), 86 over IPv6 (b's), with Ethernet, IP, TCP and its timestamps.
segments_beyond_packets() {
	local guest header more owner
	for guest in a b; do
		owner=$LAB-$guest
		header=66
		[ "$guest" = a ] || header=86
		more=$(($(metric "$SETTLED" ctnet_transmit_segments_total "owner=$owner") - $(metric "$SETTLED" ctnet_transmit_packets_total "owner=$owner")))
		if [ "$more" -gt 0 ]; then ok "$1: $guest sent super-packets, $more segments more"; else not_ok "$1: $guest sent super-packets"; fi
		is "$1: $guest's wire bytes have the headers of each segment" \
			$(($(metric "$SETTLED" ctnet_transmit_wire_bytes_total "owner=$owner") - $(metric "$SETTLED" ctnet_transmit_bytes_total "owner=$owner"))) \
			$((more * header))
	done
}

# The pair drops what is longer than the inner end's MTU: 30 datagrams of 1400 bytes (1442 with their headers) to an eth0 that takes 1280.
drops_on_the_way_in() {
	ip -n "$LAB-b" link set eth0 mtu 1280
	send_from a udp-send 10.9.0.2 7005 30 1400
	settle || return
	as_the_kernel "$1: b's totals with drops are the kernel's" "$LAB-b" eth0 vb
	is "$1: what the pair dropped is told" "$(settled ctnet_receive_dropped_packets_total "owner=$LAB-b")" 30
	is "$1: its bytes are in receive" "$(settled ctnet_receive_bytes_total "owner=$LAB-b")" $(($(device_of vb tx.bytes) + 30 * 1442))
}

split_is_the_total() {
	local direction
	for direction in receive transmit; do
		is "$1: the split of $2 adds up to its total, $direction" \
			"$(metric "$SETTLED" "ctnet_protocol_${direction}_packets_total" "owner=$2" | awk '{ n += $1 } END { print n + 0 }')" \
			"$(settled "ctnet_${direction}_packets_total" "owner=$2")"
	done
}

lab_make
lab_bridge lab0
check_mode clsact
if in_lab "$BUILD/ctnetd" --once --attach tcx --textfile-dir "$TEXTFILE_DIR" >/dev/null 2>&1; then
	check_mode tcx
else
	skip "tcx: counts" "this kernel has no TCX (6.6 and later)"
fi
