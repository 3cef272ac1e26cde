#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# ctnet path and ctnet which: every hop as ip and bridge have it, the way between two, and which thing a handle is.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs

# plain NAME: a namespace $LAB-NAME without IPv6 of its own accord.
plain() {
	ip netns add "$LAB-$1" || exit 1
	at_exit ip netns del "$LAB-$1"
	ip netns exec "$LAB-$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
}

# Networks of this run alone: other labs may be up at the same time, and an address that several have is several things.
net=10.$(($$ >> 8 & 255)).$(($$ & 255))
net6=fd09:$(printf %x $(($$ & 65535)))

lab_make
in_lab sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.disable_ipv6=1
lab_bridge lab0 "$net.62/26"
lab_bridge lab1 "$net.126/26"
lab_guest a va lab0 "$net.1/26" "$net6::1/64"
lab_guest b vb lab0 "$net.2/26"
lab_guest c vc lab1 "$net.66/26"
# as Calico wires a pod: a /32, no bridge, a route to the host end
plain routed
in_lab ip link add cali1 type veth peer name eth0 netns "$LAB-routed"
in_lab ip link set cali1 up
ip -n "$LAB-routed" link set eth0 up
ip -n "$LAB-routed" addr add "$net.130/32" dev eth0
in_lab ip route add "$net.130" dev cali1
# a pair of this host between lab1 and a bridge without an address
lab_bridge lab2
in_lab ip link add patch1 type veth peer name patch2
in_lab ip link set patch1 master lab1 up
in_lab ip link set patch2 master lab2 up
lab_guest d vd lab2 "$net.67/26"
# the world behind the uplink
plain world
in_lab ip link add up0 type veth peer name world0 netns "$LAB-world"
in_lab ip link set up0 up
in_lab ip addr add "$net.226/27" dev up0
in_lab ip route add default via "$net.225" metric 7
ip -n "$LAB-world" link set world0 up
# two on one bridge with a pair of their own, which has no end here, and one with nothing
lab_guest left vl lab1 "$net.70/26"
lab_guest right vr lab1 "$net.71/26"
ip -n "$LAB-left" link add l0 type veth peer name r0 netns "$LAB-right"
ip -n "$LAB-left" link set l0 up
ip -n "$LAB-right" link set r0 up
ip -n "$LAB-left" addr add "$net.193/30" dev l0
ip -n "$LAB-right" addr add "$net.194/30" dev r0
plain alone
for guest in mac1 mac2; do
	plain "$guest"
	in_lab ip link add link up0 "t$guest" type macvlan mode bridge
	in_lab ip link set "t$guest" netns "$LAB-$guest" name mv0
	ip -n "$LAB-$guest" link set mv0 up
done
in_guest a ping -q -c 5 -i 0.01 "$net.2" >/dev/null

ctnet() { in_lab "$BUILD/ctnet" "$@"; }

# told NAMESPACE INTERFACE: what ip and bridge say of it, as one hop.
told() {
	local ns=$1 name=$2
	nsenter --net="/run/netns/$ns" ip -j -d -s addr show dev "$name" |
		jq -cS --argjson port "$(nsenter --net="/run/netns/$ns" bridge -j link show dev "$name" 2>/dev/null | jq -c '.[0].state // null')" \
			'.[0] | { name: .ifname, index: .ifindex, mac: .address, mtu, kind: .linkinfo.info_kind, master: (.master // null),
				up: ((.flags | index("UP")) != null and (.flags | index("LOWER_UP")) != null), port_state: $port,
				addresses: ([.addr_info[] | "\(.local)/\(.prefixlen)"] | sort),
				rx: (.stats64.rx | { packets, bytes }), tx: (.stats64.tx | { packets, bytes }) }'
}

# hops of the answer in $TMP/path.json that are devices, in the same form
ours() {
	jq -cS '.paths[0].hops[] | select(.index != null) |
		{ name, index, mac, mtu, kind, master, up, port_state, addresses: (.addresses | sort), rx, tx }' "$TMP/path.json"
}

# same_as_ip NAME "CTNET ARGUMENTS" NAMESPACE/INTERFACE...: each hop that is a device, in order, while no counter moves.
same_as_ip() {
	local name=$1 arguments=$2 before after i hop
	shift 2
	for ((i = 0; i < 40; i++)); do
		before=$(for hop; do told "${hop%%/*}" "${hop#*/}"; done)
		# shellcheck disable=SC2086 # several arguments
		ctnet path $arguments --json >"$TMP/path.json" 2>"$TMP/err" || break
		after=$(for hop; do told "${hop%%/*}" "${hop#*/}"; done)
		[ "$before" != "$after" ] || break
	done
	is "$name" "$(ours)" "$after"
}
hops() { jq -r '[.paths[].hops[] | .name // .hop] | join(" ")' "$TMP/path.json"; }
way() {
	ctnet path "$@" --json >"$TMP/path.json" 2>"$TMP/err"
	jq -r .way "$TMP/path.json"
}

same_as_ip "a bridged guest, hop by hop as ip has them" "$LAB-a" "$LAB-a/eth0" "$LAB/va" "$LAB/lab0" "$LAB/up0"
is "its hops" "$(hops)" "eth0 va lab0 this host up0"
is "what joins them" "$(jq -c '[.paths[0].hops[].via]' "$TMP/path.json")" '[null,"pair","port","route","route"]'
is "whose they are" "$(jq -c '[.paths[0].hops[].netns]' "$TMP/path.json")" \
	"$(jq -nc --argjson a "$(stat -L -c %i "/run/netns/$LAB-a")" --argjson lab "$(stat -L -c %i "/run/netns/$LAB")" '[$a, $lab, $lab, $lab, $lab]')"
is "the uplink has the default route as ip has it" "$(jq -c '[.paths[0].hops[-1].default_routes[] | [.via, .metric]]' "$TMP/path.json")" \
	"$(in_lab ip -j route show default | jq -c '[.[] | [.gateway, .metric]]')"
is "the ports of the bridge are counted" "$(jq '.paths[0].hops[2].ports' "$TMP/path.json")" "$(in_lab bridge -j link | jq '[.[] | select(.master == "lab0")] | length')"
is "forwarding is the kernel's" "$(jq -c '.forwarding.ipv4' "$TMP/path.json")" true
same_as_ip "a routed guest, likewise" "$LAB-routed" "$LAB-routed/eth0" "$LAB/cali1" "$LAB/up0"
is "it has no bridge" "$(hops)" "eth0 cali1 this host up0"

same_as_ip "two on one bridge, there and back" "$LAB-a $LAB-b" "$LAB-a/eth0" "$LAB/va" "$LAB/lab0" "$LAB/vb" "$LAB-b/eth0"
is "they are on one bridge and in one network" "$(jq -c '[.way, .one_network]' "$TMP/path.json")" '["bridge",true]'
same_as_ip "two bridges, through this host" "$LAB-a $LAB-c" "$LAB-a/eth0" "$LAB/va" "$LAB/lab0" "$LAB/lab1" "$LAB/vc" "$LAB-c/eth0"
is "that is routed" "$(jq -r .way "$TMP/path.json") $(hops)" "routed eth0 va lab0 this host lab1 vc eth0"
is "a bridge and a routed pair" "$(way "$LAB-routed" "$LAB-b") $(hops)" "routed eth0 cali1 this host lab0 vb eth0"
is "one namespace, by its name and by its address" "$(way "$LAB-a" "$net.1")" "same namespace"
is "one without a way to the other" "$(way "$LAB-alone" "$LAB-a") $(jq '.paths | length' "$TMP/path.json")" "no way known 0"

same_as_ip "over a pair between two bridges" "$LAB-c $LAB-d" "$LAB-c/eth0" "$LAB/vc" "$LAB/lab1" "$LAB/patch1" "$LAB/patch2" "$LAB/lab2" "$LAB/vd" "$LAB-d/eth0"
is "they are bridged, in one network" "$(jq -c '[.way, .one_network]' "$TMP/path.json")" '["bridge",true]'
is "the guest of a bridge without an address goes by the other" "$(ctnet path "$LAB-d" --json >"$TMP/path.json" && hops)" \
	"eth0 vd lab2 patch2 patch1 lab1 this host up0"

in_lab sysctl -qw net.ipv4.ip_forward=0
like "forwarding that is off is said" "$(ctnet path "$LAB-a")" 'this host \(forwarding off\)'
like "and that the way needs it" "$(ctnet path "$LAB-a" "$LAB-c" | head -n 1)" 'routed, but this host does not forward'
in_lab ip route del default
like "no default route is said" "$(ctnet path "$LAB-a" | tail -n 1)" 'without a default route$'
in_lab ip route add default via "$net.225" metric 7

# their counters are read only where namespaces are looked into for them
ctnet path "$LAB-left" "$LAB-right" --json >"$TMP/path.json"
is "a pair between two namespaces, as ip has both ends" "$(ours | jq -c 'del(.rx, .tx)')" \
	"$({ told "$LAB-left" l0 && told "$LAB-right" r0; } | jq -c 'del(.rx, .tx)')"
is "it is nearer than the bridge both are on" "$(jq -c '[.way, .one_network]' "$TMP/path.json") $(hops)" '["pair",true] l0 r0'
ctnet path "$LAB-left" --json >"$TMP/path.json"
is "a namespace has a path for each way out" "$(jq -c '[.paths[] | [.interface, .hops[1].name]]' "$TMP/path.json")" '[["eth0","vl"],["l0","r0"]]'
is "the other end is the other's" "$(jq -r '.paths[1].hops[1].owner.name' "$TMP/path.json")" "$LAB-right"

# Where the lower device of what stands in another namespace is told.
ctnet path "$LAB-mac1" --json >"$TMP/path.json"
if [ "$(jq -r '.paths[0].hops[1].hop' "$TMP/path.json")" = lower ]; then
	is "a macvlan stands on the uplink" "$(hops)" "mv0 up0"
	is "its lower device is as ip has it" "$(jq -cS '.paths[0].hops[1] | { name, index, mac, mtu }' "$TMP/path.json")" \
		"$(told "$LAB" up0 | jq -cS '{ name, index, mac, mtu }')"
	is "two macvlans on it are siblings" "$(way "$LAB-mac1" "$LAB-mac2") $(hops)" "siblings mv0 up0 mv0"
	is "a macvlan and a bridged guest meet outside only" "$(way "$LAB-mac1" "$LAB-a")" "outside"
else
	like "what a macvlan stands on is not guessed" "$(ctnet path "$LAB-mac1")" 'mv0 .*what it stands on is not known$'
	skip "a macvlan stands on its lower device" "the lower device is not told"
fi

# As text, as a graph, cut off, to nowhere.
ctnet path "$LAB-a" >"$TMP/path.txt" 2>"$TMP/err"
is "path: exit code" "$?" 0
is "path: nothing on stderr" "$(cat "$TMP/err")" ""
like "the text has a line for each hop" "$(tr '\n' '~' <"$TMP/path.txt")" \
	"^$LAB-a .*~ \\|  eth0 .*${net//./\\.}\\.1/26 .*mtu 1500  up .*~ =  veth pair~ \\|  va .*port of lab0, forwarding.*~ \\|  lab0 .*2 ports.*~ \\+- this host .*~ \\|  up0 .*default route via ${net//./\\.}\\.225~\$"
is "it is ASCII" "$(LC_ALL=C grep -c '[^ -~]' "$TMP/path.txt")" 0
is "no line ends in white space" "$(grep -cE '[[:space:]]$' "$TMP/path.txt")" 0
is "show draws the same" "$(ctnet show "$LAB-a" | grep -E '^ [|=+]' | sed 's/  rx .*//')" "$(grep -E '^ [|=+]' "$TMP/path.txt" | sed 's/  rx .*//')"
in_lab bash -c "set -o pipefail; '$BUILD/ctnet' path '$LAB-a' --json | head -c 1" >/dev/null 2>"$TMP/err"
is "a closed pipe is not complained about" "$(cat "$TMP/err")" ""
ctnet path "$LAB-a" >/dev/full 2>"$TMP/err"
is "a full disk for the output: exit code" "$?" 1
is "path attaches nothing" "$(our_filters)" ""

# Names that would end a string, begin an escape or colour the terminal.
evil=$'v\e[31m"\\N<&'
plain evil
in_lab ip link add "$evil" type veth peer name $'e"\\\x7f' netns "$LAB-evil"
in_lab ip link set "$evil" master lab1 up
ip -n "$LAB-evil" link set $'e"\\\x7f' up
is "hostile names: no control character in the text" "$(ctnet path "$LAB-evil" | LC_ALL=C grep -c $'[\x01-\x09\x0b-\x1f\x7f]')" 0
is "hostile names: the JSON has them, cleaned" "$(ctnet path "$LAB-evil" --json | jq -r '.paths[0].hops[1].name')" 'v?[31m"\N<&'
is "hostile names: which finds the cleaned name" "$(ctnet which 'v?[31m"\N<&' --json | jq -r .owner.name)" "$LAB-evil"
if command -v dot >/dev/null; then
	for target in "$LAB-a" "$LAB-evil" "$LAB-a $LAB-evil" "$LAB-a $LAB-alone"; do
		# shellcheck disable=SC2086 # several arguments
		ctnet path $target --dot >"$TMP/path.dot"
		holds "Graphviz draws $target" dot -Tsvg -o "$TMP/path.svg" "$TMP/path.dot"
	done
	like "the graph has the hostile name as it is" "$(cat "$TMP/path.dot" && ctnet path "$LAB-evil" --dot | dot -Tsvg)" 'v\?\[31m&quot;\\N&lt;&amp;'
else
	skip "Graphviz draws the graphs" "needs dot"
fi

# which: one line for each kind of handle.
which_is() { is "which $1" "$(ctnet which "$1" 2>&1)" "$2"; }
mac=$(ip -n "$LAB-a" -j link show eth0 | jq -r '.[0].address')
eth0="veth of $LAB-a (netns), host end va, port of lab0"
a_inode=$(stat -L -c %i "/run/netns/$LAB-a")
which_is va "va: host end of eth0 of $LAB-a (netns), port of lab0"
which_is cali1 "cali1: host end of eth0 of $LAB-routed (netns)"
which_is lab0 "lab0: bridge of this host, 2 ports of 2 owners ($(ctnet which lab0 --json | jq -r '[.owners[].name] | join(", ")')), $net.62/26"
which_is "$net.226" "$net.226/27: address of up0, host end of world0 of $LAB-world (netns), default route via $net.225"
which_is "$LAB-a:eth0" "eth0: $eth0"
which_is "$net.1/26" "$net.1/26: address of eth0, $eth0"
which_is "$net6::1%eth0" "$net6::1/64: address of eth0, $eth0"
which_is "${mac^^}" "$mac: MAC address of eth0, $eth0"
which_is "${mac//:/-}" "$mac: MAC address of eth0, $eth0"
for handle in "$LAB-a" "$a_inode" "/run/netns/$LAB-a"; do
	which_is "$handle" "$LAB-a (netns): network namespace $a_inode, eth0 $net.1/26"
done
start_in_guest a "$TMP/sleep" sleep 60
wait_for 10 test "/proc/$bg/ns/net" -ef "/run/netns/$LAB-a"
for handle in "$bg" "/proc/$bg/ns/net"; do
	like "which $handle, a process in it" "$(ctnet which "$handle" 2>&1)" "^$LAB-a \\(netns\\): network namespace $a_inode,"
done
is "path takes the same handles" "$(ctnet path "/proc/$bg/ns/net" | head -n 1)" "$(ctnet path "${mac//:/-}" | head -n 1)"
like "which of this host's own namespace" "$(ctnet which "/run/netns/$LAB")" '^this host: network namespace [0-9]+'
is "which --json names the owner and both ends" "$(ctnet which va --json | jq -c '[.thing, .owner.name, .interface, .host_end, .bridge]')" \
	"[\"host end\",\"$LAB-a\",\"eth0\",\"va\",\"lab0\"]"

# fails NAME CODE REGEX ARGUMENT...: nothing on stdout, one line on stderr.
fails() {
	local name=$1 code=$2 regex=$3
	shift 3
	ctnet "$@" >"$TMP/out" 2>"$TMP/err"
	is "$name: exit code" "$?" "$code"
	like "$name: says so" "$(cat "$TMP/err")" "$regex"
	is "$name: nothing on stdout, one line on stderr" "$(wc -c <"$TMP/out") $(wc -l <"$TMP/err")" "0 1"
}
fails "which of several things" 5 '^ctnet: "eth0" is [0-9]+ things: eth0 of .*say which \(NAME:INTERFACE\)$' which eth0
fails "which of nothing" 5 '^ctnet: nosuch: no such .*\(see ctnet ls\)$' which nosuch
fails "which of a path that is none" 5 "^ctnet: $TMP: not a network namespace" which "$TMP"
fails "which of a path that is not there" 5 "^ctnet: $TMP/none: No such file" which "$TMP/none"
fails "which of nothing at all" 2 '^ctnet: which: of what' which
fails "which of two" 2 '^ctnet: which: vb: one HANDLE at a time$' which va vb
fails "path of nothing" 5 '^ctnet: nosuch: no such' path nosuch
fails "path to nothing" 5 '^ctnet: nosuch: no such' path "$LAB-a" nosuch
fails "path of this host" 5 "own network namespace, no container's" path "/run/netns/$LAB"
fails "path of nothing at all" 2 '^ctnet: path: of which' path
fails "path of three" 2 '^ctnet: path: c: one NAME' path a b c
fails "path in two forms" 2 '^ctnet: path: --json or --dot' path a --json --dot
for command in ls show which path events bridge exec expose unexpose; do
	# argp wraps what is longer than 79 columns, and a command line with it
	is "$command --help: no example is broken" "$(ctnet "$command" --help | sed '1,/^Examples:/d; /^  ctnet /d')" ""
done
for command in path which; do
	like "$command --help has examples" "$(ctnet "$command" --help)" "Examples:.*ctnet $command "
	like "ctnet --help names $command" "$(ctnet --help)" "  $command "
done
cp "$BUILD/ctnet" "$TMP/"
in_lab setpriv --reuid=65534 --regid=65534 --clear-groups "$TMP/ctnet" path "$LAB-a" >"$TMP/out" 2>"$TMP/err"
is "not root: exit code" "$?" 3
