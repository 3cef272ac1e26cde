# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# How what ctnet says of a container is compared with what /proc, ip and bridge say of it. Source it after lib.sh; the test has a function
# pid_of NAME that asks the engine.

netns_of() { readlink "/proc/$(pid_of "$1")/ns/net" | tr -dc 0-9; }
inside() { nsenter --net="/proc/$(pid_of "$1")/ns/net" "${@:2}"; }

# list [OPTION...]: ctnet ls, into $TMP/ls.json.
# shellcheck disable=SC2120 # most need no option
list() {
	in_lab "$BUILD/ctnet" ls --json "$@" >"$TMP/ls.json" 2>"$TMP/ls.err"
	is "ctnet ls --json: exit code" "$?" 0
}

# of NAME FILTER: out of the row of the namespace that the container lives in.
of() { jq -cS --argjson netns "$(netns_of "$1")" ".namespaces[] | select(.netns == \$netns) | $2" "$TMP/ls.json"; }

# told ID: how often a container is told of; others' containers may be on this machine too.
told() { jq -r --arg id "$1" '[.namespaces[].owners[] | select(.id == $id)] | length' "$TMP/ls.json"; }

# What ip says of all interfaces inside and of their host ends: those links of the lab that lead there.
# shellcheck disable=SC2016 # for jq
ip_inside() {
	inside "$1" ip -j -d addr show | jq -cS '[.[] | select(.link_type != "loopback") | {
		name: .ifname, index: .ifindex, mac: .address, mtu, up: (.flags | contains(["UP", "LOWER_UP"])),
		kind: .linkinfo.info_kind, addresses: ([.addr_info[] | "\(.local)/\(.prefixlen)"] | sort) }]'
}
# shellcheck disable=SC2016 # for jq
ip_host_ends() {
	in_lab ip -j -d link show | jq -cS --argjson inner "$(inside "$1" ip -j link show)" --argjson lab "$(in_lab readlink /proc/self/ns/net | tr -dc 0-9)" '
		. as $links | [$inner[] | select(.link_type != "loopback") | . as $one | $links[]
			| select(.ifindex == $one.link_index and .link_index == $one.ifindex)
			| { inner: $one.ifname, netns: $lab, name: .ifname, index: .ifindex, bridge: (.master // "") }]'
}

# same_network NAME: every interface of the container as ip has it inside, and every host end as ip has it in the lab.
# shellcheck disable=SC2016 # for jq
same_network() {
	is "$1: every interface as ip has it inside" \
		"$(of "$1" '[.interfaces[] | { name, index, mac, mtu, up, kind, addresses: (.addresses | sort) }]')" "$(ip_inside "$1")"
	is "$1: every host end as ip has it in the lab" \
		"$(of "$1" '[.interfaces[] | select(.peer) | . as $one | .peer | { inner: $one.name, netns, name, index, bridge: ($one.bridge // "") }]')" \
		"$(ip_host_ends "$1")"
}

# proc_counters NAME: receive and transmit of every interface, as /proc/PID/net/dev has them inside.
proc_counters() {
	sed -n 's/^ *\([^:]*\): */\1 /p' "/proc/$(pid_of "$1")/net/dev" |
		awk '$1 != "lo" { printf "%s receive %s %s transmit %s %s\n", $1, $3, $2, $11, $10 }' | sort
}
ls_counters() {
	of "$1" '.interfaces[] | [.name, .receive.packets, .receive.bytes, .transmit.packets, .transmit.bytes]' |
		jq -r '"\(.[0]) receive \(.[1]) \(.[2]) transmit \(.[3]) \(.[4])"' | sort
}

# same_counters NAME [OPTION...]: the totals of ctnet ls are those of /proc/PID/net/dev, at a moment when these stand still.
same_counters() {
	local name=$1 before round
	shift
	for ((round = 0; round < 40; round++)); do
		before=$(proc_counters "$name")
		in_lab "$BUILD/ctnet" ls --json "$@" >"$TMP/ls.json" 2>"$TMP/ls.err"
		[ "$before" != "$(proc_counters "$name")" ] || break
	done
	is "$name: totals as /proc/PID/net/dev has them inside" "$(ls_counters "$name")" "$before"
}

# same_ports: every bridge of the lab has the ports that bridge(8) says.
same_ports() {
	is "every bridge has the ports that bridge(8) says" \
		"$(jq -cS '[.bridges[] | { key: .name, value: (.ports | sort) } | select(.value != [])] | from_entries' "$TMP/ls.json")" \
		"$(in_lab bridge -j link show | jq -cS 'group_by(.master) | map({ key: .[0].master, value: ([.[].ifname] | sort) }) | from_entries')"
}
