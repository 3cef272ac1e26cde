#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Containers of a real Docker that live 200 ms, one after the other (docker run --rm): each sends one echo request of a size of its own.
# What every version of the textfile told together: each has its name with its own id, and nobody another's id or packets, though process ids
# and inodes are used again. CTNET_LIVES says how many; make soak-engines takes 500.
# Alone: who else uses the CPUs makes a short life too short.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/docker-lab.sh"

need_root
need_programs
need_docker
[ -x "$BUILD/tests/netns/keeper" ] || { not_ok "keeper is built" "no $BUILD/tests/netns/keeper"; exit 1; }
lives=${CTNET_LIVES:-40}
lab_make
docker_start
# the bridge is there, and answers, before the first is counted
lab_docker run --rm busybox ping -c 1 172.17.0.1 >/dev/null || not_ok "a container pings its gateway"
# ten times as long as they live: only what happens in between can tell
agent_start --interval 2s

start_bg "$TMP/kept" "$BUILD/tests/netns/keeper" "$TEXTFILE_DIR" ctnet.prom ctnet_netns_info ctnet_protocol_transmit_bytes_total
keeper=$bg
wait_for 10 grep -q ready "$TMP/kept"

# live FIRST STEP: every STEP-th from FIRST; its name and id into $TMP/lived. Each fifth has no network, so that no link tells of it.
live() {
	local i network
	for ((i = $1; i <= lives; i += $2)); do
		network=bridge
		[ $((i % 5)) -ne 0 ] || network=none
		lab_docker run --rm --name "life$i" --cidfile "$TMP/cid$i" --network "$network" busybox \
			sh -c "ping -c 1 -s $i 172.17.0.1 >/dev/null 2>&1; sleep 0.2" >/dev/null 2>"$TMP/run$i.err" ||
			[ ! -s "$TMP/run$i.err" ] || cat "$TMP/run$i.err" >>"$TMP/failed"
		echo "life$i $(cat "$TMP/cid$i")" >>"$TMP/lived"
	done
}
live 1 2 &
other=$!
live 2 2
wait "$other"
is "all containers ran" "$(cat "$TMP/failed" 2>/dev/null)" ""
over() { ! grep -q 'container_name="life' "$TEXTFILE"; }
holds "when all are over, none is told any more" wait_for 30 over
end_process "$keeper"
agent_stop TERM
is "the agent ends well" "$agent_status" 0

# what was told, as "NAME ID" and as "NAME BYTES" of echo requests
sed -nE 's/^ctnet_netns_info\{.*container_name="(life[0-9]+)",container_id="([0-9a-f]*)".*/\1 \2/p' "$TMP/kept" | sort -u >"$TMP/told"
sed -nE '/family="ipv4".*protocol="icmp"/s/^ctnet_protocol_transmit_bytes_total\{.*owner="(life[0-9]+)".* ([0-9]+)$/\1 \2/p' "$TMP/kept" |
	sort -u >"$TMP/sent"
sort "$TMP/lived" >"$TMP/lived.sorted"
is "$lives lives: each name was told with the id of its container" "$(comm -13 "$TMP/told" "$TMP/lived.sorted")" ""
is "and with no other id" "$(comm -23 "$TMP/told" "$TMP/lived.sorted")" ""
# Ethernet, IPv4 and ICMP headers are 42 bytes; whose request went out before the programs were attached has none
is "nobody has another's packets" "$(awk '{ i = $1; sub("life", "", i); if ($2 != 0 && $2 != i + 42) print }' "$TMP/sent")" ""
echo "# measured: $(awk '$2 > 0' "$TMP/sent" | wc -l) of $((lives - lives / 5)) echo requests under their own names; $(sed -n 's/^versions //p' "$TMP/kept") versions"
