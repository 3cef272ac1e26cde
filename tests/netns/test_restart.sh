#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# ctnetd is killed in the middle of births and deaths, and started again: everything that lives is attached to once, totals go on
# with the kernel's, and what begins anew says so.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/../lives.sh"

need_root
need_programs
rounds=${CTNET_ROUNDS:-5}
lives_lab
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24
know_each_other a b 10.9.0.1 10.9.0.2
only=$TMP/wanted
printf '%s egress\n%s ingress\n' lab0 lab0 va va vb vb | sort >"$only"

started() { metric "$TEXTFILE" ctnet_start_timestamp_seconds; }

# our_places: each hook that a program of ours is attached to, as often as one is; the living interfaces are a, b and the bridge.
our_places() { our_filters | awk '{ print $1, $2 }' | sort; }

# send ROUND: known traffic from a to b while the agent runs, or while it does not.
sent=0
send() {
	sink b udp-sink 10.9.0.2 7001 20
	send_from a udp-send 10.9.0.2 7001 20 200
	wait "$bg"
	sent=$((sent + 20))
}

for mode in tcx clsact; do
	in_lab "$BUILD/ctnetd" --once --attach "$mode" --textfile-dir "$TEXTFILE_DIR" >/dev/null 2>&1 || {
		skip "$mode: killed and restarted" "this kernel has no $mode"
		continue
	}
	rm -f "$TEXTFILE"
	# more lives than any machine makes in these rounds; stopped after them
	start_in_lab "$TMP/churn" "$BUILD/tests/netns/lives" veth "$LAB-l" 1 20000 5 300 lab0
	churn=$bg
	restarts=0
	last=0
	for ((round = 1; round <= rounds; round++)); do
		agent_start --attach "$mode"
		now=$(started)
		awk -v a="$last" -v b="$now" 'BEGIN { exit !(b > a) }' && restarts=$((restarts + 1))
		last=$now
		send
		agent_next
		agent_stop KILL
		send
	done
	is "$mode: each start has a later start time" "$restarts" "$rounds"
	agent_start --attach "$mode"
	agent_next
	holds "$mode: the churn went on all the time" kill -0 "$churn"
	end_process "$churn"
	remove_names
	wait_for 60 churn_over || not_ok "$mode: the kernel takes the churn down"
	send
	settle || break
	is "$mode: after $rounds kills all that lives is attached to once at each hook" "$(our_places)" "$(cat "$only")"
	as_the_kernel "$mode: a's totals are the kernel's" "$LAB-a" eth0 va
	as_the_kernel "$mode: b's totals are the kernel's" "$LAB-b" eth0 vb
	holds "$mode: with what was sent to b in all lives of the agent and between" \
		test "$(settled ctnet_receive_packets_total "owner=$LAB-b")" -ge "$sent"
	is "$mode: the split began with this agent" "$(protocol_count receive "$LAB-b" ipv4 udp)" 20
	json=$(in_lab "$BUILD/ctnet-top" --json -n 1 -b 2>/dev/null)
	is "$mode: ctnet-top says of b that it had traffic before" \
		"$(jq -r --arg name "$LAB-b" '.namespaces[] | select(.name == $name).interfaces[0].midlife' <<<"$json")" true
	agent_stop TERM
	is "$mode: the agent ends well" "$agent_status" 0
	is "$mode: nothing of ours stays attached" "$(our_filters)" ""
done
