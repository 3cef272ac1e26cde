#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Inode, index and name are handed out again at once: whoever has them next begins at zero, and its packets are never its predecessor's.
# Alone: an inode is handed out again only where nobody else takes it.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/../lives.sh"

need_root
need_programs
lives_lab
agent_start --interval 200ms
start_in_lab "$TMP/events" "$BUILD/ctnet" events --json
wait_for 10 test -d "/proc/$bg"
bridge_mac=$(in_lab cat /sys/class/net/lab0/address 2>/dev/null)
[ -n "$bridge_mac" ] || bridge_mac=$(in_lab ip -j link show lab0 | jq -r '.[0].address')

inode_of() { stat -L -c %i "/run/netns/$1"; }

# wire NAME HOST_END INDEX: eth0, which is always index 2, with one neighbour.
wire() {
	ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
	in_lab ip link add "$2" index "$3" type veth peer name eth0 netns "$1"
	in_lab ip link set "$2" master lab0 up
	ip -n "$1" link set eth0 up
	ip -n "$1" addr add 192.0.2.2/24 dev eth0
	ip -n "$1" neigh replace 192.0.2.1 lladdr "$bridge_mac" dev eth0 nud permanent
}
# say NAME COUNT SIZE: datagrams that nobody answers.
say() { nsenter --net="/run/netns/$1" "$BUILD/tests/netns/traffic" udp-send 192.0.2.1 9 "$2" "$3" || not_ok "datagrams from $1"; }

# told OWNER: packets and bytes of its eth0 in the textfile.
told() { echo "$(metric "$TEXTFILE" ctnet_transmit_packets_total "owner=$1" interface=eth0) $(metric "$TEXTFILE" ctnet_transmit_bytes_total "owner=$1" interface=eth0)"; }
tells() { [ "$(told "$1")" = "$2" ]; }

keeper_start
rounds=${CTNET_REUSES:-5}
reused=0
inode=
inodes=()
for ((i = 1; i <= rounds; i++)); do
	ns=$LAB-l$i
	if [ -z "$inode" ]; then
		ip netns add "$ns"
		inode=$(inode_of "$ns")
	elif "$BUILD/tests/netns/lives" again "$ns" "$inode" 2>"$TMP/again"; then
		reused=$((reused + 1))
	else # another namespace of this machine has it: with another one, then
		ip netns add "$ns"
		inode=$(inode_of "$ns")
	fi
	inodes[i]=$inode
	wire "$ns" lreused 777
	say "$ns" "$i" $((100 * i))
	# its frames are 42 bytes longer than what they carry
	wait_for 30 tells "$ns" "$i $((i * (100 * i + 42)))" || break
	# the next one comes at once: no tick in between
	in_lab ip link del lreused
	ip netns del "$ns"
done
name="index 777 and the name lreused were had by $rounds one after the other, the inode by $reused again"
if [ "$reused" -gt 0 ]; then ok "$name"; else skip "$name" "others on this machine took the inode each time"; fi
agent_next
keeper_stop
wanted='' got=''
for ((i = 1; i <= rounds; i++)); do
	wanted+="$LAB-l$i $i $((i * (100 * i + 42))) "
	got+="$LAB-l$i $(metric "$kept" ctnet_transmit_packets_total "netns=${inodes[i]}" "owner=$LAB-l$i" interface=eth0)"
	got+=" $(metric "$kept" ctnet_transmit_bytes_total "netns=${inodes[i]}" "owner=$LAB-l$i" interface=eth0) "
done
is "each has its own packets and bytes, none its predecessor's" "$got" "$wanted"

# the machine's other namespaces may have had these inodes before and after
agent_next
for inode in $(printf '%s\n' "${inodes[@]}" | sort -u); do
	# a series without a name yet is nobody's
	others=0
	# shellcheck disable=SC2013 # numbers
	for i in $(grep "netns=\"$inode\"" "$kept" | grep -oE "$LAB-l[0-9]+" | sed 's/.*-l//' | sort -u); do
		[ "${inodes[i]}" = "$inode" ] || others=$((others + 1))
	done
	is "$inode: no series has the name of one that did not have it" "$others" 0
	jq -r --argjson inode "$inode" 'select(.netns == $inode) | "\(.event) \(.owner // "")"' "$TMP/events" >"$TMP/of"
	had=$(printf '%s\n' "${inodes[@]}" | grep -c "^$inode\$")
	holds "$inode: each of the $had births and deaths was told" test "$(grep -cE '^(created|destroyed) ' "$TMP/of")" -ge $((2 * had))
	is "$inode: by turns" "$(grep -oE '^(created|destroyed) ' "$TMP/of" | uniq -d)" ""
	# the owners come in the order of their births
	is "$inode: no event is told of a predecessor" "$(grep -oE "$LAB-l[0-9]+" "$TMP/of" | sed 's/.*-l//' | sort -nc 2>&1)" ""
done
agent_stop TERM
is "the agent ends well" "$agent_status" 0
