#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Mixed traffic while interfaces come, go, are renamed and moved, and offloads are switched on and off: at the end every interface has
# the kernel's counters, 0 packets and 0 bytes apart, those that went had all their packets, and at no tick was there a difference.
#
# Offloads are switched where they change nothing between our hook and the device. Not so with segmentation off at a host end (super-packets
# become many behind our hook), nor with GRO on at one end and segmentation off at the other (many become one before it, and the
# kernel counts them without their Ethernet headers): README, Limits. So inner ends switch all of theirs at guest a, host ends their GRO at b.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/../lives.sh"

need_root
need_programs
command -v ethtool >/dev/null || skip_all "needs ethtool"
seconds=${CTNET_SOAK_SECONDS:-5} # in each mode
modes=${CTNET_SOAK_MODES:-}

# one round of each kind; what is said about a port where nobody listens is traffic as well
traffic_round() {
	local port=$((20000 + $1 % 10000)) size=$((1 + $1 * 97 % 1400)) sinks=()
	sink b udp-sink 10.9.0.2 "$port" 100000
	sinks+=("$bg")
	sink a udp-sink fd09::1 "$port" 100000
	sinks+=("$bg")
	in_guest a "$traffic" udp-send 10.9.0.2 "$port" 50 "$size"
	in_guest b "$traffic" udp-send fd09::1 "$port" 50 "$size"
	in_guest a "$traffic" udp-send 10.9.0.2 9 3 "$size"
	sink b tcp-sink 10.9.0.2 "$port"
	in_guest a "$traffic" tcp-send 10.9.0.2 "$port" $((1 + $1 * 77777 % 3000000))
	sinks+=("$bg")
	sink a tcp-sink fd09::1 "$port"
	in_guest b "$traffic" tcp-send fd09::1 "$port" $((1 + $1 * 55555 % 3000000))
	sinks+=("$bg")
	in_guest a ping -q -c 10 -i 0.01 -s $((1 + $1 * 131 % 8000)) 10.9.0.2
	in_guest b ping -q -c 5 -i 0.01 fd09::1
	kill "${sinks[@]}"
	wait "${sinks[@]}"
}
traffic_until_told() {
	local round
	for ((round = 1; round < 10000; round++)); do
		[ ! -e "$TMP/over" ] || return
		traffic_round "$round" >/dev/null 2>&1
		echo "$round" >"$TMP/rounds"
	done
}

# switch ROUND GUEST|host DEVICE FEATURE...: the one feature of them that is this round's, off in one turn and on in the next. Some cannot
# be on while another that they need is off.
switch() {
	local round=$1 where=$2 device=$3 features=("${@:4}") state=off
	local feature=${features[round % ${#features[@]}]}
	[ $((round / ${#features[@]} % 2)) = 0 ] || state=on
	if [ "$where" = host ]; then
		in_lab ethtool -K "$device" "$feature" "$state"
	else
		in_guest "$where" ethtool -K "$device" "$feature" "$state"
	fi >/dev/null 2>&1 && switched=$((switched + 1))
}
# c's eth0 into d and back, with what it says when it comes up
move() {
	local from=$1 to=$2
	ip -n "$LAB-$from" link set eth0 netns "$LAB-$to"
	ip -n "$LAB-$to" addr add 10.9.0.3/24 dev eth0
	ip -n "$LAB-$to" link set eth0 up
	in_guest "$to" ping -q -c 3 -i 0.01 -W 1 10.9.0.1 >/dev/null
}
change_until() {
	local round
	for ((round = 0; SECONDS < $1; round++)); do
		switch "$round" a eth0 tso gso tx rx gro sg
		switch "$round" host vb gro gso rx
		in_lab ip link set "va$((round % 2))" name "va$(((round + 1) % 2))"
		if [ $((round % 2)) = 0 ]; then move c d; else move d c; fi
		changes=$((changes + 1))
		sleep 0.1
	done
	[ $((round % 2)) = 0 ] || in_lab ip link set va1 name va0
	[ $((round % 2)) = 0 ] || move d c
}

told_differences() { grep -E '^ctnet_accuracy_difference_' "$1" | sort | xargs; }
none="ctnet_accuracy_difference_bytes 0 ctnet_accuracy_difference_packets 0"

soak() {
	local mode=$1 traffic_pid lives_pid short untold lost
	rm -f "$TMP/over" "$TMP"/lives.*
	agent_start --attach "$mode"
	lab_guest a va0 lab0 10.9.0.1/24 fd09::1/64
	lab_guest b vb lab0 10.9.0.2/24 fd09::2/64
	lab_guest c vc lab0 10.9.0.3/24
	ip netns add "$LAB-d"
	keeper_start ctnet_transmit_packets_total ctnet_transmit_bytes_total ctnet_accuracy_difference_packets \
		ctnet_accuracy_difference_bytes
	traffic_until_told &
	traffic_pid=$!
	live "$mode" 1 $((8 * seconds)) 8 1500 &
	lives_pid=$!
	changes=0 switched=0
	change_until $((SECONDS + seconds))
	touch "$TMP/over"
	wait "$traffic_pid" "$lives_pid"
	wait_for 60 only_guests_left || not_ok "$mode: the kernel takes the short lives down"
	settle || return
	agent_next

	as_the_kernel "$mode: a, with offloads switched and its host end renamed" "$LAB-a" eth0 va0
	as_the_kernel "$mode: b, with GRO switched at its host end" "$LAB-b" eth0 vb
	as_the_kernel "$mode: c, with its interface moved away and back" "$LAB-c" eth0 vc
	if [ "$switched" -gt 0 ]; then ok "$mode: $switched times an offload was switched"; else not_ok "$mode: an offload was switched"; fi
	is "$mode: all are compared with the kernel, with the bridge" "$(metric "$TEXTFILE" ctnet_accuracy_compared_interfaces)" 4
	is "$mode: 0 packets and 0 bytes apart" "$(told_differences "$TEXTFILE")" "$none"
	keeper_stop
	is "$mode: and at no tick before" "$(told_differences "$kept")" "$none"
	read -r _ _ _ short _ foreign _ _ _ untold <<<"$(judge "$mode")"
	lost=$(metric "$TEXTFILE" ctnet_lost_total what=last_counters)
	is "$mode: of those that went, nobody has another's packets" "$foreign" 0
	if [ $((short + untold)) -le "$lost" ]; then
		ok "$mode: those that went had all their packets, or are counted as lost"
	else
		not_ok "$mode: those that went had all their packets, or are counted as lost" "$(judge "$mode")" "lost $lost"
	fi
	echo "# measured: $mode: $(cat "$TMP/rounds") rounds of traffic, $changes of changes, lives: $(judge "$mode"), lost $lost"
	agent_stop TERM
	is "$mode: the agent ends well" "$agent_status" 0
	in_lab ip link del va0
	in_lab ip link del vb
	in_lab ip link del vc
	for guest in a b c d; do ip netns del "$LAB-$guest"; done
}
only_guests_left() { [ "$(in_lab ip -o link show type veth | wc -l)" = 3 ]; }

traffic=$BUILD/tests/netns/traffic
lives_lab
at_exit ip netns del "$LAB-d"
if in_lab "$BUILD/ctnetd" --once --attach tcx --textfile-dir "$TEXTFILE_DIR" >/dev/null 2>&1; then
	[ -n "$modes" ] || modes=tcx
else
	modes=clsact
fi
for mode in $modes; do soak "$mode"; done
