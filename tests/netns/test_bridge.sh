#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# ctnet bridge, field by field against bridge(8) and ip(8).
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge lab0 10.9.0.254/24
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24
in_lab ip link add lab1 type bridge stp_state 1 priority 4096 ageing_time 12300 forward_delay 400 vlan_default_pvid 0
in_lab ip link set lab1 mtu 1400
lab_guest c vc lab1 10.9.1.1/24
in_lab bridge link set dev va cost 77 priority 9 hairpin on isolated on
in_lab bridge link set dev vb guard on learning off flood off
in_lab bridge fdb add 02:00:00:00:00:01 dev va master static
in_lab bridge fdb add 02:00:00:00:00:02 dev vb master dynamic extern_learn
in_lab ip link add vx0 type vxlan id 5 dstport 4789
in_lab ip link set vx0 master lab0 up
in_lab bridge fdb add 02:00:00:00:00:05 dev vx0 self static dst 10.0.0.9
in_guest a ping -q -c 2 -i 0.01 10.9.0.254 >/dev/null
in_lab ip link set vx0 down # no more of its own traffic

ctnet_bridge() { in_lab "$BUILD/ctnet" bridge "$@" 2>"$TMP/err"; }
# both NAME QUESTION_TO_CTNET AUTHORITY: the same when asked, with nothing learned meanwhile.
both() {
	local name=$1 ours=$2 theirs=$3 before got after round
	for ((round = 0; round < 40; round++)); do
		before=$(eval "$theirs")
		got=$(eval "$ours")
		after=$(eval "$theirs")
		[ "$before" != "$after" ] || break
	done
	is "$name" "$got" "$after"
}
ours() { ctnet_bridge "$1" --json | jq -cS ".bridges[0] | $2"; }
ip_bridge() { in_lab ip -j -d link show dev "$1" | jq -cS ".[0] | $2"; }
# shellcheck disable=SC2016 # jq's variables
FDB='map(select(.master or .dst) | { mac, port: .ifname, vlan: (.vlan // null), remote: (.dst // null), sticky: (.flags | contains(["sticky"])),
	kind: (if .dst then "remote" elif .state == "permanent" then "permanent" elif (.flags | contains(["extern_learn"])) then "extern"
		elif .state == "static" then "static" else "learned" end) }) | sort'
their_fdb() { in_lab bridge -j fdb show br "$1" | jq -cS "$FDB"; }
our_fdb() { ours "$1" '.fdb | map({ mac, port, vlan, remote, sticky, kind }) | sort'; }
PORTS='map({ name, state, priority, cost, flags }) | sort_by(.name)'
# shellcheck disable=SC2016
their_ports() {
	in_lab bridge -d -j link | jq -cS --arg br "$1" 'map(select(.master == $br) | { name: .ifname, state, priority, cost,
		flags: { hairpin, guard, root_block, fastleave, learning, flood, mcast_flood, bcast_flood, mcast_to_unicast, neigh_suppress,
			vlan_tunnel, isolated, locked } }) | sort_by(.name)'
}

for br in lab0 lab1; do
	both "$br: its forwarding database as bridge fdb has it" "our_fdb $br" "their_fdb $br"
	both "$br: its ports as bridge link has them" "ours $br '.ports | $PORTS'" "their_ports $br"
	both "$br: its settings as ip has them" \
		"ours $br '{ mtu, mac, up, stp, ageing, forward_delay, vlan_filtering, multicast_snooping, root_port, root_cost, priority: .id.priority }'" \
		"ip_bridge $br '{ mtu, mac: .address, up: (.operstate == \"UP\"), root_port: .linkinfo.info_data.root_port, root_cost: .linkinfo.info_data.root_path_cost,
			stp: (.linkinfo.info_data.stp_state == 1), ageing: (.linkinfo.info_data.ageing_time / 100), forward_delay: (.linkinfo.info_data.forward_delay / 100),
			vlan_filtering: (.linkinfo.info_data.vlan_filtering == 1), multicast_snooping: (.linkinfo.info_data.mcast_snooping == 1),
			priority: .linkinfo.info_data.priority }'"
	is "$br: its addresses as ip has them" "$(ours "$br" '.addresses | sort')" \
		"$(in_lab ip -j addr show "$br" | jq -c '[.[0].addr_info[] | "\(.local)/\(.prefixlen)"] | sort')"
done
is "all kinds of entries were there" "$(ours lab0 '[.fdb[].kind] | unique')" '["extern","learned","permanent","remote","static"]'
both "the counters of the ports are those of their devices" "ours lab0 '.ports | map([.name, .in.packets, .in.bytes, .out.packets, .out.bytes]) | sort'" \
	"in_lab ip -s -j link show master lab0 | jq -c 'map([.ifname, .stats64.rx.packets, .stats64.rx.bytes, .stats64.tx.packets, .stats64.tx.bytes]) | sort'"
is "the numbers of the ports as ip has them" "$(ours lab0 '.ports | map([.name, .number]) | sort')" \
	"$(in_lab ip -j -d link show master lab0 | jq -c 'map([.ifname, (.linkinfo.info_slave_data.no | ltrimstr("0x") | tonumber)]) | sort')"

# ---- whose

is "a port is the container's whose host end it is" "$(ours lab0 '.ports | map([.name, .container.name, .container.interface]) | sort')" \
	"[[\"va\",\"$LAB-a\",\"eth0\"],[\"vb\",\"$LAB-b\",\"eth0\"],[\"vx0\",null,null]]"
of_mac() { ours lab0 ".fdb | map(select(.mac == \"$1\") | [.port, .whose, .container.name])"; }
is "an address is the container's that has it" "$(of_mac "$(mac_of a)")" "[[\"va\",\"container\",\"$LAB-a\"]]"
is "that of the port is the port's, or the bridge's that took it on" \
	"$(of_mac "$(in_lab cat /sys/class/net/vb/address 2>/dev/null || in_lab ip -j link show vb | jq -r '.[0].address')" | jq -c '.[0][1] | . == "port" or . == "bridge"')" true
# a kernel with VLANs enters an address that is given without one in each VLAN of the port as well
is "that of nobody is nobody's" "$(of_mac 02:00:00:00:00:01 | jq -c unique)" '[["va","unknown",null]]'

# ---- VLANs

# shellcheck disable=SC2016
their_vlans() {
	in_lab bridge -compressvlans -j vlan show | jq -cS 'map({ key: .ifname, value: (.vlans | map({ first: .vlan, last: (.vlanEnd // .vlan),
		pvid: ((.flags // []) | contains(["PVID"])), untagged: ((.flags // []) | contains(["Egress Untagged"])) })) })
		| map(select(.key | IN("lab0", "va", "vb", "vx0"))) | from_entries'
}
our_vlans() { ours lab0 '[{ key: .name, value: .vlans }, (.ports[] | { key: .name, value: .vlans })] | map(select(.value != [])) | from_entries'; }
if in_lab ip link set lab0 type bridge vlan_filtering 1 2>/dev/null; then
	in_lab bridge vlan add dev va vid 10-20
	in_lab bridge vlan add dev va vid 100 pvid untagged
	in_lab bridge vlan add dev vb vid 4094
	in_lab bridge vlan add dev lab0 vid 10 self
	in_lab bridge fdb add 02:00:00:00:00:07 dev va master static vlan 10
	is "VLANs as bridge vlan has them" "$(our_vlans)" "$(their_vlans)"
	like "one of them as text" "$(ctnet_bridge lab0)" 'va \([0-9]+\).* 1 untagged, 10-20, 100 pvid untagged'
	is "vlan filtering is told" "$(ours lab0 .vlan_filtering)" true
	both "entries with a VLAN" "our_fdb lab0" "their_fdb lab0"
	in_lab ip link set lab0 type bridge vlan_filtering 0
else
	skip "VLANs" "this kernel's bridge has no VLAN filtering"
	is "no VLAN is told where there are none" "$(our_vlans)" "{}"
fi

# ---- a large database

for ((i = 0; i < 1500; i++)); do printf 'fdb add 06:00:00:00:%02x:%02x dev vc master static\n' $((i / 256)) $((i % 256)); done | in_lab bridge -batch -
both "of many entries of a port the first 100 are shown" "ours lab1 '.fdb | map(select(.port == \"vc\")) | length'" "echo 100"
is "and the others are counted" "$(ours lab1 '[.fdb_left_out + 100 == ([.ports[] | select(.name == "vc").fdb_counts[]] | add), .ports[0].fdb_counts.static]')" '[true,1500]'
like "which the text says" "$(ctnet_bridge lab1 | tail -n 1)" '^1[45][0-9][0-9] more entries \(--all shows them\)$'
is "--all shows all" "$(ctnet_bridge --all lab1 --json | jq -c '.bridges[0] | [(.fdb | map(select(.kind == "static")) | length), .fdb_left_out]')" '[1500,0]'

# ---- the table, and what goes wrong

ctnet_bridge >"$TMP/table"
is "ctnet bridge: exit code" "$?" 0
is "nothing is said" "$(cat "$TMP/err")" ""
like "the table has the bridges" "$(head -n 1 "$TMP/table")" '^BRIDGE +ID +STP +VLANS +AGEING +MTU +STATE +ADDRESS +PORTS +LEARNED$'
like "and each" "$(grep '^lab1' "$TMP/table" | head -n 1)" '^lab1 +1000\.[0-9a-f]{12} +on +off +123 s +1400 +'
like "and its ports" "$(cat "$TMP/table")" "lab0 +va \([0-9]+\) +forwarding +$LAB-a +eth0 \([0-9]+\) +[0-9]+ "
is "no line ends in white space" "$(grep -cE '[[:space:]]$' "$TMP/table")" 0
is "ctnet bridges is the same" "$(in_lab "$BUILD/ctnet" bridges | head -n 1)" "$(head -n 1 "$TMP/table")"
is "the JSON of all has no entries" "$(in_lab "$BUILD/ctnet" bridge --json | jq -c '[(.bridges | length), (.bridges | map(has("fdb")) | any)]')" '[2,false]'
like "a port that does otherwise says so" "$(ctnet_bridge lab0)" 'vb .*bpdu guard, no learning, no flood'
ctnet_bridge nosuch
is "no such bridge: 5" "$?" 5
like "no such bridge: those that there are" "$(cat "$TMP/err")" '^ctnet: nosuch: no bridge of that name here; there are: lab0, lab1$'
ctnet_bridge lab0 lab1
is "two bridges: 2" "$?" 2
is "the bridges inside a container" "$(in_guest a "$BUILD/ctnet" bridge --json 2>/dev/null | jq -c .bridges)" "[]"
is "none is no failure" "$(in_guest a "$BUILD/ctnet" bridge 2>&1)" "ctnet: no bridge here"
