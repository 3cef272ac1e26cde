#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Namespaces come and go while the agent runs: counted from their first packet, their last counters told once, then gone.
# Alone: who else uses the CPUs makes a short life too short.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/../lives.sh"

need_root
need_programs
lab_make
lab_bridge lab0
lab_guest hub vhub lab0 10.9.0.1/16

address=1 # the last byte of the last one given

# What every version of the textfile told of packets sent.
agent_start --attach auto --interval 500ms
keeper_start ctnet_transmit_packets_total ctnet_protocol_transmit_packets_total

# arrives NAME ADDRESS: a namespace made while the agent runs.
arrives() {
	lab_guest "$1" "v$1" lab0 "$2/16"
	in_guest "$1" ping -q -c 20 -i 0.01 10.9.0.1 >/dev/null || not_ok "ping from the namespace that came late ($1)"
	settle
	as_the_kernel "$1: a namespace made while the agent runs is counted from its first packet" "$LAB-$1" eth0 "v$1"
	last=$(metric "$SETTLED" ctnet_transmit_packets_total "owner=$LAB-$1")
}

# sends_and_ends NAME: the kernel's count just before the end is what is to be told ($sent), whatever ping did.
sends_and_ends() {
	in_guest "$1" ping -q -c 30 -i 0.002 10.9.0.1 >"$TMP/ping"
	sent=$(in_lab ip -s -j link show "v$1" | jq '.[0].stats64.rx.packets')
	in_lab ip link del "v$1"
	ip netns del "$LAB-$1"
}
no_series_of() { [ -z "$(metric "$TEXTFILE" "$1" "owner=$LAB-$2")" ]; }

# told NAME: after keeper_stop.
told() {
	local final
	final=$(metric "$kept" ctnet_transmit_packets_total "owner=$LAB-$1" | tail -n 1)
	if [ "$sent" -gt "$last" ] && [ "${final:-0}" -ge "$sent" ]; then
		ok "$1: its last packets were told before, under its name"
	else
		not_ok "$1: its last packets were told before, under its name" \
			"told ${final:-nothing}, the kernel had counted $sent, before the last ping $last" "$(tail -n 3 "$TMP/ping")" \
			"$(grep -E "owner=\"(|$LAB-$1)\"|interface=\"v$1\"|^versions" "$kept")" "$(grep '^ctnet_lost_total' "$TEXTFILE")"
	fi
}

# Its end: the last totals are told once or twice more, then there is no series of it. Also where more processes than there are CPUs do
# not let the agent have its turn: when it looks, the name is gone, and the namespace may not be.
for name in late busy1 busy2; do
	arrives "$name" 10.9.0.$((++address))
	loops=()
	while [[ $name == busy* ]] && [ ${#loops[@]} -lt 4 ]; do
		start_bg /dev/null bash -c 'while :; do :; done'
		loops+=("$bg")
	done
	sends_and_ends "$name"
	for loop in "${loops[@]}"; do
		end_process "$loop"
	done
	holds "$name: a namespace that is gone is dropped from the textfile" wait_for 20 no_series_of ctnet_transmit_packets_total "$name"
	keeper_stop
	told "$name"
	keeper_start ctnet_transmit_packets_total ctnet_protocol_transmit_packets_total
done

# A descriptor of somebody outlives name and interface.
arrives kept 10.9.0.$((++address))
exec {descriptor}<"/run/netns/$LAB-kept"
kill -STOP "$agent"
sends_and_ends kept
kill -CONT "$agent"
agent_next
agent_next
keeper_stop
told kept
if [ "$(metric "$TEXTFILE" ctnet_lifecycle_source_info source=kprobe)" = 1 ]; then # who only looks loses sight of it
	holds "a namespace that outlives its name keeps it" test -n "$(metric "$TEXTFILE" ctnet_netns_info "owner=$LAB-kept")"
fi
exec {descriptor}<&-
holds "until it is gone" wait_for 20 no_series_of ctnet_netns_info kept

keeper_start ctnet_protocol_transmit_packets_total
# Short lives: each sends 5 datagrams as soon as it is counted and is gone. How late that may be on a busy machine is no fact to test.
short_lives=${CTNET_SHORT_LIVES:-50}
sink hub udp-sink 10.9.0.1 7009 $((short_lives * 5))
for ((i = 1; i <= short_lives; i++)); do
	ns=$LAB-s$i
	ip netns add "$ns" || exit 1
	in_lab ip link add "vs$i" type veth peer name eth0 netns "$ns"
	in_lab ip link set "vs$i" master lab0 up
	ip -n "$ns" link set eth0 up
	ip -n "$ns" addr add "10.9.1.$i/16" dev eth0
	ip -n "$ns" neigh replace 10.9.0.1 lladdr "$(mac_of hub)" dev eth0 nud permanent
	wait_for 20 is_up "vs$i" || not_ok "vs$i comes up"
	wait_for 20 is_counted "vs$i" || not_ok "vs$i is counted"
	nsenter --net="/run/netns/$ns" "$BUILD/tests/netns/traffic" udp-send 10.9.0.1 7009 5 100 || not_ok "datagrams from $ns"
	in_lab ip link del "vs$i"
	ip netns del "$ns"
done
wait "$bg"
agent_next
agent_next
short_gone() { ! grep -q "owner=\"$LAB-s" "$TEXTFILE"; }
holds "short-lived namespaces are dropped from the textfile" wait_for 20 short_gone
keeper_stop
# The highest that was told of each: under its name; or, where it was over before the agent had learned that, under its host end alone.
read -r own nameless < <(grep '^ctnet_protocol_' "$kept" | grep 'family="ipv4"' | grep 'protocol="udp"' |
	awk -v lab="$LAB-" '{
		split($1, label, "\"") # netns, owner, interface
		named = index(label[4], lab "s") == 1
		who = named ? substr(label[4], length(lab) + 1) : label[4] == "" ? substr(label[6], 2) : ""
		if (who ~ /^s[0-9]+$/ && $2 > most[named, who])
			most[named, who] = $2
		if (who ~ /^s[0-9]+$/)
			lives[who] = 1
	} END {
		for (who in lives)
			if (most[1, who] == 5) own++
			else if (most[0, who] == 5) nameless++
		print own + 0, nameless + 0
	}')
is "$short_lives short-lived namespaces were all told before, with all their datagrams" "$((own + nameless))" "$short_lives"
echo "# measured: $own of $short_lives under their own names"
holds "nearly all of them under their own names" [ "$own" -ge $((short_lives * 9 / 10)) ]
holds "the agent is alive" kill -0 "$agent"
agent_stop TERM
is "the agent ends well" "$agent_status" 0
is "nothing of ours stays attached" "$(our_filters)" ""
