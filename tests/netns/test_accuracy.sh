#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What ctnet counts is compared with the kernel's own counters at every tick: 0 where they agree, and where they do not (here a queue drops
# behind our hook) the difference to the packet and the byte, with the place named.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs

accuracy() { metric "$TEXTFILE" "ctnet_accuracy_$1"; }
differences() { echo "$(accuracy difference_packets) packets $(accuracy difference_bytes) bytes"; }
compares() { [ "$(accuracy compared_interfaces)" = "$1" ]; }
differs_by() { [ "$(differences)" = "$1" ]; }
# what the queue at an interface did, from `tc -s`
queue_of() { in_lab tc -s -j qdisc show dev "$1" root | jq -r ".[0].$2"; }
queue_empty() { [ "$(queue_of vb backlog)" = 0 ]; }

lab_make
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24
know_each_other a b 10.9.0.1 10.9.0.2
agent_start
holds "both host ends and the bridge are compared" wait_for 20 compares 3

sink b udp-sink 10.9.0.2 7001 100
send_from a udp-send 10.9.0.2 7001 100 500
wait "$bg"
# the pair drops what is longer than the inner end takes; of these the kernel counts no bytes
ip -n "$LAB-b" link set eth0 mtu 1280
send_from a udp-send 10.9.0.2 7002 30 1400
settle || exit 1
is "the pair dropped some" "$(device_of vb tx.dropped)" 30
is "no difference" "$(settled ctnet_accuracy_difference_packets) packets $(settled ctnet_accuracy_difference_bytes) bytes" "0 packets 0 bytes"
is "the last comparison is of the last collection" "$(settled ctnet_accuracy_last_comparison_timestamp_seconds)" \
	"$(settled ctnet_last_collection_timestamp_seconds)"
is "and none is said" "$(grep 'counted otherwise' "$TMP/agent.err")" ""

# 80 kbit/s and room for two: most of 20 datagrams at once are dropped, by the queue, which no counter of the device tells
in_lab tc qdisc add dev vb root tbf rate 80kbit burst 1600 limit 2200
sink b udp-sink 10.9.0.2 7003 20
send_from a udp-send 10.9.0.2 7003 20 1000
holds "the queue has sent what it had" wait_for 20 queue_empty
dropped=$(queue_of vb drops)
if [ "$dropped" -gt 0 ]; then ok "the queue dropped $dropped"; else not_ok "the queue dropped some"; fi
holds "the difference is what the queue dropped" wait_for 20 differs_by "$dropped packets $((dropped * 1042)) bytes"
like "it is said where" "$(cat "$TMP/agent.err")" "counted otherwise than the kernel's device counters: eth0 of $LAB-b: receive \+[0-9]+ packets"
agent_stop TERM

# what was counted before it came a new agent takes from the kernel
in_lab tc qdisc del dev vb root
agent_start
holds "a new agent compares all" wait_for 20 compares 3
is "and agrees" "$(differences)" "0 packets 0 bytes"
agent_stop TERM
