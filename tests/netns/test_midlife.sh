#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Interfaces that had traffic before the agent came, and that have some while it comes: totals are the kernel's, the split
# begins at the attach.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24
know_each_other a b 10.9.0.1 10.9.0.2

sink b udp-sink 10.9.0.2 7001 500
send_from a udp-send 10.9.0.2 7001 500 200
wait "$bg"

in_lab "$BUILD/ctnetd" --once --textfile-dir "$TEXTFILE_DIR" >/dev/null 2>"$TMP/once.err"
is "ctnetd --once ends well" "$?" 0
wait_for 10 test -s "$TEXTFILE"
cp "$TEXTFILE" "$SETTLED"
like "ctnetd --once keeps its textfile, with what was there before" \
	"$(metric "$SETTLED" ctnet_transmit_packets_total "owner=$LAB-a" interface=eth0)" '^[5-9][0-9][0-9]$'
is "ctnetd --once leaves nothing attached" "$(our_filters)" ""
rm -f "$TEXTFILE"

for mode in tcx clsact; do
	in_lab "$BUILD/ctnetd" --once --attach "$mode" --textfile-dir "$TEXTFILE_DIR" >/dev/null 2>&1 || {
		skip "$mode: mid-life" "this kernel has no $mode"
		continue
	}
	rm -f "$TEXTFILE"
	# traffic runs while the agent attaches
	start_in_guest a "$TMP/ping" ping -q -f -c 4000 10.9.0.2
	ping=$bg
	agent_start --attach "$mode"
	wait "$ping"
	sink b udp-sink 10.9.0.2 7002 70
	send_from a udp-send 10.9.0.2 7002 70 200
	wait "$bg"
	settle || break
	as_the_kernel "$mode: a's totals are the kernel's, with what was before the agent" "$LAB-a" eth0 va
	as_the_kernel "$mode: b's totals are the kernel's, with what was before the agent" "$LAB-b" eth0 vb
	is "$mode: the split begins at the attach" "$(protocol_count receive "$LAB-b" ipv4 udp)" 70
	agent_stop TERM
done
