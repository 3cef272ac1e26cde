#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Which host end belongs to which inner end, where indexes lead astray; the authority is `ip -j -d link` on both sides.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge lab0

# pair GUEST HOST_END HOST_INDEX INNER_INDEX: a named namespace with eth0 of that index and its host end of that one.
pair() {
	local ns=$LAB-$1
	ip netns add "$ns" || exit 1
	at_exit ip netns del "$ns"
	in_lab ip link add "$2" index "$3" type veth peer name eth0 index "$4" netns "$ns" || exit 1
	in_lab ip link set "$2" master lab0 up
	ip -n "$ns" link set eth0 up
}

# Unrelated indexes; two inner ends of the same index; an inner index that is the host index of another pair, crosswise; and
# one that is next to its own, as the scripts on the web have it.
pair far vfar 700 12
pair twin1 vtwin1 21 5
pair twin2 vtwin2 23 5
pair cross1 vcross1 31 33
pair cross2 vcross2 33 31
pair next vnext 41 40

in_lab "$BUILD/ctnet" ls --json >"$TMP/ls.json" 2>"$TMP/ls.err" || not_ok "ctnet ls --json" "$(cat "$TMP/ls.err")"

# The host end's index as told by the inner end, its name looked up in the lab, and that it points back to this namespace.
for guest in far twin1 twin2 cross1 cross2 next; do
	inner=$(ip -n "$LAB-$guest" -j -d link show eth0 | jq -c '.[0] | { index: .ifindex, link: .link_index, mac: .address }')
	host=$(in_lab ip -j -d link show | jq -c --argjson index "$(jq .link <<<"$inner")" '.[] | select(.ifindex == $index) | { name: .ifname, index: .ifindex, back: .link_index }')
	is "$guest: the two ends point at each other" "$(jq .back <<<"$host")" "$(jq .index <<<"$inner")"
	is "$guest: ctnet ls has the pair as ip has it" \
		"$(jq -cS --arg name "$LAB-$guest" '.namespaces[] | select(.name == $name) | .interfaces[] | select(.name == "eth0") |
			{ index, mac, host: .peer.name, host_index: .peer.index, bridge }' "$TMP/ls.json")" \
		"$(jq -cSn --argjson inner "$inner" --argjson host "$host" \
			'{ index: $inner.index, mac: $inner.mac, host: $host.name, host_index: $host.index, bridge: "lab0" }')"
	is "$guest: its inode is that of its mount" \
		"$(jq --arg name "$LAB-$guest" '.namespaces[] | select(.name == $name) | .netns' "$TMP/ls.json")" \
		"$(stat -L -c %i "/run/netns/$LAB-$guest")"
done
is "the host end is in the namespace that ctnet runs in" \
	"$(jq --arg name "$LAB-far" '.namespaces[] | select(.name == $name) | .interfaces[0].peer.netns' "$TMP/ls.json")" \
	"$(stat -L -c %i "/run/netns/$LAB")"
is "the bridge has its ports" \
	"$(jq -c '.bridges[] | select(.name == "lab0") | .ports | sort' "$TMP/ls.json")" \
	"$(in_lab ip -j link show master lab0 | jq -c '[.[].ifname] | sort')"

# A pair with both ends in one guest leads nowhere else.
ip -n "$LAB-far" link add in0 type veth peer name in1
# A pair between two guests: the lab sees neither end.
ip -n "$LAB-twin1" link add side0 type veth peer name side1 netns "$LAB-twin2"
in_lab "$BUILD/ctnet" ls --json >"$TMP/ls.json" 2>/dev/null
is "a pair that lies in one namespace has no host end here" \
	"$(jq -c --arg name "$LAB-far" --argjson lab "$(stat -L -c %i "/run/netns/$LAB")" '[.namespaces[] | select(.name == $name) |
		.interfaces[] | select(.name | startswith("in")) | select(.peer.netns == $lab)]' "$TMP/ls.json")" "[]"
is "a pair between two namespaces has no host end here" \
	"$(jq -c --arg lab "$LAB-twin" --argjson here "$(stat -L -c %i "/run/netns/$LAB")" '[.namespaces[] | select(.name | startswith($lab)) |
		.interfaces[] | select(.name | startswith("side")) | select(.peer.netns == $here)]' "$TMP/ls.json")" "[]"
