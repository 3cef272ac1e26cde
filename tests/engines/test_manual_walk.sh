#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The walk that the README says ctnet replaces, done by hand for a real Docker container: inspect, the symlink in /run/netns, ip netns exec,
# matching eth0@if numbers, the ports of the bridge, its forwarding database. Each answer is ctnet's as well.
# Alone: a "box" of another test would make the name ambiguous.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/docker-lab.sh"

need_root
need_programs
need_docker
lab_make
docker_start

ctnet() { in_lab "$BUILD/ctnet" "$1" --docker-root "$DOCKER_ROOT" "${@:2}" 2>"$TMP/err"; }
run() {
	lab_docker run -d --name "$@" >/dev/null 2>"$TMP/run.err" || not_ok "docker run --name $1" "$(cat "$TMP/run.err")"
}
lab_docker network create --subnet 10.88.0.0/24 other >/dev/null
run box --dns 10.9.0.53 --dns-search example.test busybox sleep 1000
run web --network other busybox sleep 1000
run db --network other busybox sleep 1000
run with --network container:web busybox sleep 1000
lab_docker exec box ping -q -c 3 -i 0.1 172.17.0.1 >/dev/null 2>&1
lab_docker exec web ping -q -c 3 -i 0.1 10.88.0.1 >/dev/null 2>&1

for name in box web; do
	# docker inspect for the process
	pid=$(lab_docker inspect -f '{{.State.Pid}}' "$name")
	is "$name: the process" "$(ctnet show "$name" --json | jq ".namespaces[0].owners[] | select(.name == \"$name\").pid")" "$pid"

	# the symlink, and ip netns exec
	ln -s "/proc/$pid/ns/net" "/run/netns/$LAB-$name"
	at_exit rm -f "/run/netns/$LAB-$name"
	by_hand() { ip netns exec "$LAB-$name" "$@"; }
	is "$name: addresses inside" "$(ctnet exec "$name" -- ip -j addr)" "$(by_hand ip -j addr)"
	is "$name: routes inside" "$(ctnet exec "$name" -- ip -j route)" "$(by_hand ip -j route)"
	is "$name: sockets inside" "$(ctnet exec "$name" -- ss -Hlnu)" "$(by_hand ss -Hlnu)"
	rm "/run/netns/$LAB-$name"

	# eth0@if7 inside is number 7 outside
	index=$(nsenter --net="/proc/$pid/ns/net" ip -j link show eth0 | jq '.[0].link_index')
	host=$(in_lab ip -j link | jq -r --argjson index "$index" '.[] | select(.ifindex == $index).ifname')
	is "$name: its host end" "$(ctnet show "$name" --json | jq -c '.namespaces[0].interfaces[0].peer | [.index, .name]')" "[$index,\"$host\"]"

	# the bridge, its ports
	br=$(in_lab ip -j link show "$host" | jq -r '.[0].master')
	ctnet bridge "$br" --json >"$TMP/bridge.json"
	is "$name: the ports of its bridge" "$(jq -c '[.bridges[0].ports[] | [.name, .state]] | sort' "$TMP/bridge.json")" \
		"$(in_lab bridge -j link | jq -c --arg br "$br" '[.[] | select(.master == $br) | [.ifname, .state]] | sort')"
	is "$name: whose port it is" "$(jq -r --arg host "$host" '.bridges[0].ports[] | select(.name == $host).container | [.kind, .name, .interface] | @tsv' "$TMP/bridge.json")" \
		"$(printf 'docker\t%s\teth0' "$name")"

	# where the bridge has learned its address
	mac=$(lab_docker inspect -f '{{range .NetworkSettings.Networks}}{{.MacAddress}}{{end}}' "$name")
	is "$name: behind which port its address was learned" \
		"$(jq -c --arg mac "$mac" '[.bridges[0].fdb[] | select(.mac == $mac) | [.port, .container.name]]' "$TMP/bridge.json")" \
		"$(in_lab bridge -j fdb show br "$br" | jq -c --arg mac "$mac" --arg name "$name" '[.[] | select(.mac == $mac and .master) | [.ifname, $name]]')"

	# names are looked up as in the container
	is "$name: its resolv.conf" "$(ctnet exec "$name" -- cat /etc/resolv.conf)" "$(lab_docker exec "$name" cat /etc/resolv.conf)"
done
like "which is the one it was given" "$(ctnet exec box -- cat /etc/resolv.conf)" 'nameserver 10\.9\.0\.53'
is "one that shares a namespace" "$(ctnet exec with -- ip -j addr)" "$(ctnet exec web -- ip -j addr)"
id=$(lab_docker inspect -f '{{.Id}}' box)
is "by the beginning of its id" "$(ctnet exec "${id:0:8}" -- cat /etc/resolv.conf)" "$(lab_docker exec box cat /etc/resolv.conf)"
is "the exit status" "$(ctnet exec box -- sh -c 'exit 42'; echo $?)" 42

# Docker's own name server answers inside the namespace alone.
address=$(lab_docker inspect -f '{{.NetworkSettings.Networks.other.IPAddress}}' db)
if [ "$(lab_docker exec web nslookup db 2>/dev/null | grep -c "$address")" -gt 0 ]; then
	is "a name of the container's network" "$(ctnet exec web -- getent ahostsv4 db | awk 'NR == 1 { print $1 }')" "$address"
else
	skip "a name of the container's network" "Docker's own name server does not answer here"
fi

# The name of ip netns outlives the container, and goes.
inode=$(readlink "/proc/$(lab_docker inspect -f '{{.State.Pid}}' box)/ns/net" | tr -dc 0-9)
at_exit ip netns del "$LAB-exposed"
is "expose" "$(ctnet expose box "$LAB-exposed")" "box is /run/netns/$LAB-exposed"
is "ip netns exec there" "$(ip -n "$LAB-exposed" -j addr show eth0 | jq -r '.[0].addr_info[0].local')" "$(lab_docker inspect -f '{{.NetworkSettings.IPAddress}}' box)"
lab_docker rm -f box >/dev/null
is "the container is gone, the namespace not" "$(ip netns exec "$LAB-exposed" readlink /proc/self/ns/net)" "net:[$inode]"
is "unexpose" "$(ctnet unexpose "$LAB-exposed")" "$LAB-exposed is no longer exposed"
holds "nothing of it is left" test ! -e "/run/netns/$LAB-exposed" -a ! -e "/run/ctnet/exposed/$LAB-exposed"
