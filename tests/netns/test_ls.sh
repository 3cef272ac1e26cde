#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# ctnet ls: the table and the JSON, from the kernel's own counters; it attaches nothing.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge lab0 10.9.0.254/24
lab_guest a va lab0 10.9.0.1/24 fd09::1/64
lab_guest b vb lab0 10.9.0.2/24
in_guest a ping -q -c 10 -i 0.01 10.9.0.2 >/dev/null

# The counters did not move between two looks.
for ((i = 0; i < 40; i++)); do
	before=$(device_counters)
	in_lab "$BUILD/ctnet" ls --json >"$TMP/ls.json" 2>"$TMP/ls.err"
	status=$?
	device=$(device_counters)
	[ "$before" != "$device" ] || break
done
is "ctnet ls --json: exit code" "$status" 0
is "ctnet ls --json: nothing on stderr" "$(cat "$TMP/ls.err")" ""
is "ctnet ls attaches nothing" "$(our_filters)" ""
of_a() { jq -cS --arg name "$LAB-a" ".namespaces[] | select(.name == \$name) | $1" "$TMP/ls.json"; }

is "the JSON says its version" "$(jq .version "$TMP/ls.json")" 1
is "the JSON says where it stands" "$(jq .observing_netns "$TMP/ls.json")" "$(stat -L -c %i "/run/netns/$LAB")"
is "a named namespace is one of kind netns" "$(of_a '[.kind, .held]')" '["netns",true]'
is "its owner" "$(of_a '.owners | map([.kind, .name])')" "[[\"netns\",\"$LAB-a\"]]"
is "its one interface, without loopback" "$(of_a '[.interfaces[].name]')" '["eth0"]'
is "its address as ip has it" "$(of_a '.interfaces[0].addresses | sort')" \
	"$(ip -n "$LAB-a" -j addr show eth0 | jq -c '[.[0].addr_info[] | "\(.local)/\(.prefixlen)"] | sort')"
is "its MAC, MTU and state as ip has them" "$(of_a '.interfaces[0] | { mac, mtu, up, kind }')" \
	"$(ip -n "$LAB-a" -j -d link show eth0 | jq -cS '.[0] | { mac: .address, mtu, up: (.operstate == "UP"), kind: .linkinfo.info_kind }')"
is "transmit is what its host end received" "$(of_a '.interfaces[0].transmit | { packets, bytes }')" \
	"$(jq -cS '.[] | select(.ifname == "va") | .rx | { packets, bytes }' <<<"$device")"
is "receive is what its host end sent" "$(of_a '.interfaces[0].receive | { packets, bytes }')" \
	"$(jq -cS '.[] | select(.ifname == "va") | .tx | { packets, bytes }' <<<"$device")"
is "the bridge's counters are the bridge device's" \
	"$(jq -cS '.bridges[] | select(.name == "lab0") | [.receive, .transmit] | map({ packets, bytes })' "$TMP/ls.json")" \
	"$(jq -cS '.[] | select(.ifname == "lab0") | [.rx, .tx] | map({ packets, bytes })' <<<"$device")"
is "the lab itself is no row" "$(jq --argjson lab "$(stat -L -c %i "/run/netns/$LAB")" '[.namespaces[] | select(.netns == $lab)] | length' "$TMP/ls.json")" 0

in_lab "$BUILD/ctnet" ls >"$TMP/ls.txt" 2>"$TMP/ls.err"
is "ctnet ls: exit code" "$?" 0
like "the table has its header" "$(head -n 1 "$TMP/ls.txt")" '^NETNS +OWNER +KIND +INTERFACE +HOST END +BRIDGE +ADDRESS +RX +TX$'
like "the table has the namespace's line" "$(grep -F "$LAB-a" "$TMP/ls.txt")" "^[0-9]+ +$LAB-a +netns +eth0 .* va .* lab0 +10\\.9\\.0\\.1/24"
is "no line ends in white space" "$(grep -cE '[[:space:]]$' "$TMP/ls.txt")" 0
is "no colour without a terminal" "$(grep -c $'\033' "$TMP/ls.txt")" 0

# A reader that goes away is no fault to tell.
in_lab bash -c "set -o pipefail; '$BUILD/ctnet' ls --json | head -c 1" >/dev/null 2>"$TMP/ls.err"
is "a closed pipe is not complained about" "$(cat "$TMP/ls.err")" ""
in_lab "$BUILD/ctnet" ls --json >/dev/full 2>"$TMP/ls.err"
is "a full disk for the output: exit code" "$?" 1
like "a full disk for the output is said" "$(cat "$TMP/ls.err")" 'No space left'

in_lab "$BUILD/ctnet" ls --nonsense >"$TMP/out" 2>"$TMP/err"
is "unknown option: exit code" "$?" 2
like "unknown option is named" "$(cat "$TMP/err")" '^ctnet.*: .*--nonsense'
like "unknown option: the remedy is the second of two lines" "$(sed -n '2,$p' "$TMP/err")" "^Try [^"$'\n'"]*--help[^"$'\n'"]*\$"
in_lab "$BUILD/ctnet" lsx >"$TMP/out" 2>"$TMP/err"
is "unknown command: exit code" "$?" 2
like "unknown command is named" "$(cat "$TMP/err")" '^ctnet: .*lsx'
in_lab "$BUILD/ctnet" >"$TMP/out" 2>"$TMP/err"
is "no command: exit code" "$?" 2

cp "$BUILD/ctnet" "$TMP/"
in_lab setpriv --reuid=65534 --regid=65534 --clear-groups "$TMP/ctnet" ls >"$TMP/out" 2>"$TMP/err"
is "not root: exit code" "$?" 3
like "not root: the missing capability" "$(cat "$TMP/err")" 'ctnet: .*CAP_'
is "not root: one line" "$(wc -l <"$TMP/err")" 1

# ctnet-top's batch screen and its JSON.
COLUMNS=80 in_lab "$BUILD/ctnet-top" -b -n 1 -d 1 >"$TMP/top.txt" 2>"$TMP/err"
is "ctnet-top -b: exit code" "$?" 0
like "ctnet-top -b shows the namespace" "$(cat "$TMP/top.txt")" "$LAB-a"
is "ctnet-top -b stays within 80 columns" "$(($(LC_ALL=C.UTF-8 wc -L <"$TMP/top.txt") <= 80))" 1
in_lab "$BUILD/ctnet-top" -b -n 2 -d 0.3 --json >"$TMP/top.json" 2>"$TMP/err"
is "ctnet-top --json: one object a tick, one line each" "$(jq -c .version "$TMP/top.json" | tr '\n' ' ')" "1 1 "
is "ctnet-top leaves nothing attached" "$(our_filters)" ""
