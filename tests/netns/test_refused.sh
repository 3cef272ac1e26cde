#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# A namespace that may not be looked into: ctnet runs as root of a user namespace of its own, with a network of its own, and a veth leads
# from there to a namespace of the machine's. It is listed as far as it can be seen, and what cannot is said; nothing fails for it.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
unshare -U true 2>/dev/null || skip_all "no user namespaces here"

# The machine's namespace, with a name and a process; both ends of the pair have addresses that only this one's own network knows.
ip netns add "$LAB-beyond" || exit 1
at_exit ip netns del "$LAB-beyond"
start_bg "$TMP/beyond.log" nsenter --net="/run/netns/$LAB-beyond" sleep 1000
start_bg "$TMP/apart.log" unshare --user --map-root-user --net sleep 1000
apart=$bg
is_apart() { [ "$(readlink "/proc/$apart/ns/net")" != "$(readlink /proc/self/ns/net)" ] && grep -q ' 0 ' "/proc/$apart/uid_map"; }
wait_for 10 is_apart || { not_ok "a user namespace with a network of its own"; exit 1; }
in_apart() { nsenter --target "$apart" --user --net --preserve-credentials timeout -k 1 60 "$@"; }

ip -n "$LAB-beyond" link add eth0 type veth peer name out netns "$apart" || exit 1
ip -n "$LAB-beyond" addr add 192.0.2.2/24 dev eth0
ip -n "$LAB-beyond" link set eth0 up
in_apart ip addr add 192.0.2.1/24 dev out
in_apart ip link set out up
is "the kernel refuses to enter" "$(in_apart nsenter --net="/run/netns/$LAB-beyond" true 2>&1 | grep -c 'not permitted')" 1
in_apart ping -c 3 -i 0.2 -W 2 192.0.2.2 >/dev/null || not_ok "the pair carries packets"

inode=$(stat -Lc %i "/run/netns/$LAB-beyond")
sent() { in_apart ip -j -s link show out | jq '.[0].stats64.rx.packets'; } # by the other end, as this one counts it
before=$(sent)
in_apart "$BUILD/ctnet" ls --json >"$TMP/ls.json" 2>"$TMP/ls.err"
is "ls: exit code" "$?" 0
after=$(sent)
row() { jq -r --argjson inode "$inode" ".namespaces[] | select(.netns == \$inode) | $1" "$TMP/ls.json"; }
is "its row is there, once" "$(row .netns)" "$inode"
is "with its name and its host end, and no name and address that nobody could see" \
	"$(row '[.owners[0].kind, .name, .interfaces[].peer.name, .interfaces[].name, (.interfaces[].addresses | length)] | @csv')" \
	"\"netns\",\"$LAB-beyond\",\"out\",\"\",0"
told=$(row '.interfaces[0].transmit.packets')
is "its packets are those of the host end" "$((told >= before && before >= 3 && told <= after))" 1
why='netlink: incomplete: namespaces that cannot be looked into: [1-9][0-9]* \(of user namespaces in which CAP_NET_ADMIN'
is "what is missing is told to who reads JSON" "$(jq -r '.sources.netlink' "$TMP/ls.json")" incomplete
in_apart "$BUILD/ctnet" ls >"$TMP/ls.out" 2>"$TMP/ls.err"
like "and to who reads the table" "$(cat "$TMP/ls.err")" "$why"
like "show tells what it knows" "$(in_apart "$BUILD/ctnet" show "$LAB-beyond" 2>&1)" "out"
like "path draws the hop that is not known" "$(in_apart "$BUILD/ctnet" path out 2>&1)" "\?  .*veth pair.*out "
in_apart "$BUILD/ctnet" exec "$LAB-beyond" -- true >"$TMP/out" 2>"$TMP/err"
is "exec: not permitted" "$?" 3
like "exec: says what it would need" "$(cat "$TMP/err")" '^ctnet: .*CAP_SYS_ADMIN'
is "nothing was left in the namespace" "$(ip -n "$LAB-beyond" -o link 2>/dev/null | wc -l)" 2
