#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# ctnetd is killed under load, in the middle of births and deaths, and started again, twenty times: everything that lives is attached to once,
# no packet is lost and no counter begins anew. What else the next agent takes over or not: test_adopt.sh.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/../lives.sh"

need_root
need_programs
rounds=${CTNET_ROUNDS:-10} # in each mode
lives_lab
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24
know_each_other a b 10.9.0.1 10.9.0.2
private_bpffs
only=$TMP/wanted
printf '%s egress\n%s ingress\n' lab0 lab0 va va vb vb | sort >"$only"

started() { metric "$TEXTFILE" ctnet_start_timestamp_seconds; }

# our_places: each hook that a program of ours is attached to, as often as one is; the living interfaces are a, b and the bridge.
our_places() { our_filters | awk '{ print $1, $2 }' | sort; }

# The load: pings from a to b that nobody counts but ping, which says at its end how many there were.
load_start() {
	start_in_guest a "$TMP/load" ping -q -i 0.002 10.9.0.2
	load=$bg
}
load_stop() {
	end_process "$load" INT
	sent=$(sed -n 's/^\([0-9]*\) packets transmitted.*/\1/p' "$TMP/load")
}

for mode in tcx clsact; do
	in_lab "$BUILD/ctnetd" --once --attach "$mode" --textfile-dir "$TEXTFILE_DIR" >/dev/null 2>&1 || {
		skip "$mode: killed and restarted" "this kernel has no $mode"
		continue
	}
	rm -f "$TEXTFILE"
	agent_pinned --attach "$mode"
	load_start
	# more lives than any machine makes in these rounds; stopped after them
	start_in_lab "$TMP/churn" "$BUILD/tests/netns/lives" veth "$LAB-l" 1 20000 5 300 lab0
	churn=$bg
	restarts=0
	last=$(started)
	for ((round = 1; round <= rounds; round++)); do
		agent_stop KILL
		agent_pinned --attach "$mode"
		now=$(started)
		awk -v a="$last" -v b="$now" 'BEGIN { exit !(b > a) }' && restarts=$((restarts + 1))
		last=$now
	done
	is "$mode: each start has a later start time" "$restarts" "$rounds"
	holds "$mode: the churn went on all the time" kill -0 "$churn"
	holds "$mode: so did the load" kill -0 "$load"
	end_process "$churn"
	load_stop
	remove_names
	wait_for 60 churn_over || not_ok "$mode: the kernel takes the churn down"
	settle || break
	is "$mode: after $rounds kills all that lives is attached to once at each hook" "$(our_places)" "$(cat "$only")"
	as_the_kernel "$mode: a's totals are the kernel's" "$LAB-a" eth0 va
	as_the_kernel "$mode: b's totals are the kernel's" "$LAB-b" eth0 vb
	holds "$mode: there was a load" test "$sent" -ge "$((rounds * 20))"
	is "$mode: each packet of it was counted once, whether an agent ran or not" \
		"$(protocol_count transmit "$LAB-a" ipv4 icmp) $(protocol_count receive "$LAB-b" ipv4 icmp)" "$sent $sent"
	is "$mode: no packet was lost for want of a row" "$(settled ctnet_lost_total what=no_row)" 0
	agent_stop TERM
	is "$mode: the agent ends well" "$agent_status" 0
	is "$mode: nothing of ours stays attached" "$(our_filters)" ""
	is "$mode: nor pinned" "$(pins)" ""
done
