#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Real containers of systemd-nspawn that are not registered with systemd-machined (those are in test_machined.sh). /proc and ip are the authority.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/nspawn-lab.sh"

need_root
need_programs
need_nspawn
lab_make

NAME=m$$
busybox_tree "$NSPAWN_DIR/plain"
cp -a "$NSPAWN_DIR/plain" "$NSPAWN_DIR/other"
list() {
	in_lab "$BUILD/ctnet" ls --json >"$TMP/ls.json" 2>"$TMP/ls.err"
	is "ctnet ls --json: exit code" "$?" 0
}
netns_of() { readlink "/proc/$1/ns/net" | tr -dc 0-9; }
of() { jq -cS --argjson netns "$(netns_of "$1")" ".namespaces[] | select(.netns == \$netns) | $2" "$TMP/ls.json"; }

nspawn plain --register=no --machine="$NAME" --network-veth
named=$leader named_nspawn=$bg
nspawn other --register=no --private-network
plain=$leader plain_nspawn=$bg

list
is "ctnet ls --json: nothing on stderr" "$(cat "$TMP/ls.err")" ""
is "nspawn is a source that is up" "$(jq -r .sources.nspawn "$TMP/ls.json")" ok
is "a machine has the name it was given" "$(of "$named" '[.kind, .name, .owners[0].pid]')" "[\"nspawn\",\"$NAME\",$named]"
is "or that of its directory" "$(of "$plain" '[.kind, .name, .owners[0].pid]')" "[\"nspawn\",\"other\",$plain]"
inner=$(nsenter --net="/proc/$named/ns/net" ip -j -d link show host0 | jq -c '.[0]')
is "its host0 as ip has it inside" "$(of "$named" '.interfaces[0] | { name, index, mac, mtu }')" \
	"$(jq -cS '{ name: .ifname, index: .ifindex, mac: .address, mtu }' <<<"$inner")"
is "its host end as ip has it in the lab" "$(of "$named" '.interfaces[0].peer | { name, index }')" \
	"$(in_lab ip -j link show "ve-$NAME" | jq -cS '.[0] | { name: .ifname, index: .ifindex }')"

# While the agent runs.
there() { [ -n "$(metric "$TEXTFILE" ctnet_netns_info "$@")" ]; }
gone() { ! there "$@"; }
# shellcheck disable=SC2119 # it has no options to be given
agent_start
netns=$(netns_of "$named")
holds "a machine is told" there "owner=$NAME" kind=nspawn "netns=$netns"
end_process "$named_nspawn" KILL
kill -KILL "$named" 2>/dev/null
holds "when it is gone its name is gone" wait_for 20 gone "owner=$NAME" "netns=$netns"
holds "the other one is still told" there owner=other kind=nspawn "netns=$(netns_of "$plain")"
nspawn plain --register=no --machine="$NAME-2" --private-network
holds "a new one is named" wait_for 20 there "owner=$NAME-2" kind=nspawn "netns=$(netns_of "$leader")"
kill -KILL "$leader"
end_process "$plain_nspawn" KILL
kill -KILL "$plain" 2>/dev/null
agent_stop TERM
is "the agent ends well" "$agent_status" 0
