#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2119 # what takes options needs none here
# Every way in which a real Docker wires a container: several networks, an internal one, none, another's, the host's, and what Compose makes.
# docker inspect, /proc, ip and bridge are the authority.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/docker-lab.sh"
. "$(dirname "$0")/compare.sh"

need_root
need_programs
need_docker
lab_make
docker_start

run() {
	lab_docker run -d --name "$@" >/dev/null 2>"$TMP/run.err" || not_ok "docker run --name $1" "$(cat "$TMP/run.err")"
}
inspect() { lab_docker inspect -f "$2" "$1"; }
pid_of() { inspect "$1" '{{.State.Pid}}'; }

lab_docker network create --subnet 10.88.1.0/24 front >/dev/null
lab_docker network create --subnet 10.88.2.0/24 back >/dev/null
lab_docker network create --internal --subnet 10.88.3.0/24 sealed >/dev/null
# more than one network, one of them from the start
lab_docker create --name web --network front busybox sleep 1000 >/dev/null
lab_docker network connect back web
lab_docker start web >/dev/null
lab_docker network connect sealed web
run vault --network sealed busybox sleep 1000
run nowhere --network none busybox sleep 1000
run at-home --network host busybox sleep 1000
# sidecars that come first in the alphabet
run agent --network container:web busybox sleep 1000
run logs --network container:agent busybox sleep 1000
# as docker compose names and labels it
compose=(--label com.docker.compose.project=shop --label com.docker.compose.oneoff=False --label com.docker.compose.container-number=1)
lab_docker network create --subnet 10.88.4.0/24 --label com.docker.compose.project=shop --label com.docker.compose.network=default shop_default >/dev/null
run shop-db-1 "${compose[@]}" --label com.docker.compose.service=db --network shop_default busybox sleep 1000
run shop-tail-1 "${compose[@]}" --label com.docker.compose.service=tail --network container:shop-db-1 busybox sleep 1000

inside web ping -q -c 3 -i 0.01 10.88.2.1 >/dev/null || not_ok "web pings its second network"
inside vault ping -q -c 2 -i 0.01 "$(inspect web '{{.NetworkSettings.Networks.sealed.IPAddress}}')" >/dev/null || not_ok "vault pings web"

list
is "ctnet ls --json: nothing on stderr" "$(cat "$TMP/ls.err")" ""
for name in web vault shop-db-1; do
	same_network "$name"
	is "$name: every MAC and address as docker inspect has them" \
		"$(of "$name" '[.interfaces[] | { mac, address: (.addresses[] | select(contains(":") | not)) }] | sort')" \
		"$(lab_docker inspect "$name" | jq -cS '[.[0].NetworkSettings.Networks[] | { mac: .MacAddress, address: "\(.IPAddress)/\(.IPPrefixLen)" }] | sort')"
done
is "web has an interface in each of its networks" "$(of web '.interfaces | length')" 3
is "and each is on the bridge of its network" "$(of web '[.interfaces[].bridge] | sort')" \
	"$(for network in front back sealed; do lab_docker network inspect -f '{{slice .Id 0 12}}' "$network"; done | jq -Rcs 'split("\n")[:-1] | map("br-" + .) | sort')"
is "nowhere has a name and no interface" "$(of nowhere '[.kind, .name, (.interfaces | length)]')" '["docker","nowhere",0]'
same_ports
for name in web vault; do same_counters "$name"; done

# Whose namespace it is.
is "three live in one namespace" "$(netns_of agent) $(netns_of logs)" "$(netns_of web) $(netns_of web)"
is "it has the name of the one it was made for, and all of them" "$(of web '[.name, [.owners[].name]]')" '["web",["web","agent","logs"]]'
is "what Compose made has the name it gave" "$(of shop-db-1 '[.name, [.owners[].name]]')" '["shop-db-1",["shop-db-1","shop-tail-1"]]'
is "at-home lives in the lab" "$(netns_of at-home)" "$(in_lab readlink /proc/self/ns/net | tr -dc 0-9)"
is "a container in the lab's own network is nobody's namespace" "$(told "$(inspect at-home '{{.Id}}')")" 0
is "and the lab's namespace is no row" "$(jq --argjson netns "$(netns_of at-home)" '[.namespaces[] | select(.netns == $netns)] | length' "$TMP/ls.json")" 0

# While the agent runs: connected, disconnected, restarted; the first owner leaves the others behind.
info() { metric "$TEXTFILE" ctnet_interface_info "$@"; }
there() { [ -n "$(info "$@")" ]; }
gone() { ! there "$@"; }
agent_start
holds "each interface is told" there owner=web interface=eth2
lab_docker network disconnect sealed web
holds "an interface that was taken away is gone" wait_for 20 gone owner=web interface=eth2
lab_docker network connect front vault
holds "one that was added is told" wait_for 20 there owner=vault interface=eth1
before=$(netns_of vault)
lab_docker restart -t 0 vault >/dev/null
restarted() { there owner=vault "netns=$(netns_of vault)"; }
holds "a restarted container is told in its new namespace" wait_for 20 restarted
[ "$before" = "$(netns_of vault)" ] || holds "and no longer in the one before" wait_for 20 gone owner=vault "netns=$before"
lab_docker rm -f web >/dev/null
left() { [ -n "$(metric "$TEXTFILE" ctnet_netns_info owner=agent container_name=agent)" ] && gone owner=web; }
holds "when the one it was made for is gone, the oldest that is left names it" wait_for 20 left
agent_stop TERM
is "the agent ends well" "$agent_status" 0

# Where nothing happens nothing is asked: an agent apart from what others mount here, traced for some ticks.
ticks() { grep -c 'rename.*ctnet\.prom' "$TMP/trace"; }
traced() { [ "$(ticks)" -ge 15 ]; }
if command -v strace >/dev/null; then
	rm -f "$TEXTFILE"
	# shellcheck disable=SC2016 # for the inner shell
	start_in_lab "$TMP/agent.err" unshare --mount --propagation private sh -c 'mount -t tmpfs none /run/netns && exec "$@"' sh \
		"$BUILD/ctnetd" --textfile-dir "$TEXTFILE_DIR" --interval 200ms --docker-root "$DOCKER_ROOT"
	agent=$bg
	wait_for 20 agent_wrote_or_ended
	is "the quiet agent knows the containers" "$(metric "$TEXTFILE" ctnet_netns_info container_name=vault)" 1
	for _ in 1 2 3 4; do agent_next; done
	# whoever else makes namespaces on this machine gives the agent something to look at: then once more
	for _ in 1 2 3; do
		start_bg "$TMP/strace.err" strace -f -q -s 256 -y -e trace=%file,getdents64 -o "$TMP/trace" -p "$agent"
		tracer=$bg
		wait_for 60 traced || not_ok "the agent ticks while it is traced"
		end_process "$tracer"
		# but for the one look in ten seconds that finds what no event tells
		asked=$(awk '/rename.*ctnet\.prom/ { asked += seen; seen = 0 } /\/docker\/root|getdents64\([0-9]+<\/proc>/ { seen = 1 } END { print asked + 0 }' "$TMP/trace")
		[ "$asked" -gt 2 ] || break
	done
	is "no state file was read" "$(grep -c 'open.*config\.v2\.json' "$TMP/trace")" 0
	like "of $(ticks) ticks at most one or two looked at the engine or went through /proc" "$asked" '^[012]$'
	lab_docker rename vault safe >/dev/null
	renamed() { [ -n "$(metric "$TEXTFILE" ctnet_netns_info container_name=safe)" ]; }
	holds "what changes is told all the same" wait_for 20 renamed
	agent_stop TERM
else
	skip "a quiet tick asks no engine" "needs strace"
fi
