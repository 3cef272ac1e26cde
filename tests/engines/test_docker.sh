#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# A real Docker engine: run a container, find its namespace, its eth0, its veth and its docker0. What people do by hand with docker
# inspect, /proc and ip is here the authority for what ctnet says.
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

agent_start --docker-root "$DOCKER_ROOT"
run box busybox sleep 1000
run side --network container:box busybox sleep 1000
run alone --network none busybox sleep 1000
lab_docker network create --subnet 10.88.0.0/24 other >/dev/null
run far --network other busybox sleep 1000
# a name that is as long as can be and an image with a tag
run "long_$(printf 'x%.0s' {1..80}).1-2" busybox:latest sleep 1000

list --engine-root "docker=$DOCKER_ROOT"
is "ctnet ls --json: nothing on stderr" "$(cat "$TMP/ls.err")" ""

# The seed scenario, for each container with an eth0.
for name in box far; do
	is "$name: its namespace is of kind docker and has its name" "$(of "$name" '[.kind, .name]')" "[\"docker\",\"$name\"]"
	is "$name: pid, id and image as docker inspect has them" \
		"$(of "$name" '.owners[] | select(.name == "'"$name"'") | { pid, id, image }')" \
		"$(lab_docker inspect "$name" | jq -cS '.[0] | { pid: .State.Pid, id: .Id, image: .Config.Image }')"
	same_network "$name"
	is "$name: MAC and address as docker inspect has them" "$(of "$name" '.interfaces[0] | { mac, address: .addresses[0] }')" \
		"$(lab_docker inspect "$name" | jq -cS '.[0].NetworkSettings.Networks[] | { mac: .MacAddress, address: "\(.IPAddress)/\(.IPPrefixLen)" }')"
done
is "box is on docker0" "$(of box '.interfaces[0].bridge')" '"docker0"'
like "far is on a bridge of its own" "$(of far '.interfaces[0].bridge')" '"br-[0-9a-f]{12}"'
same_ports

# One namespace, two containers.
is "side lives in box's namespace" "$(netns_of side)" "$(netns_of box)"
is "the shared namespace is one row with two owners" "$(of box '[.owners[] | [.kind, .name]] | sort')" '[["docker","box"],["docker","side"]]'
is "and is told once" "$(jq --argjson netns "$(netns_of box)" '[.namespaces[] | select(.netns == $netns)] | length' "$TMP/ls.json")" 1
is "alone has a name and no interface" "$(of alone '[.name, (.interfaces | length)]')" '["alone",0]'
like "a long name is whole" "$(jq -r '.namespaces[].name' "$TMP/ls.json")" "long_x{80}\.1-2"
is "docker is a source that is up" "$(jq -r '.sources.docker' "$TMP/ls.json")" ok
is "no container is missing" \
	"$(jq -r '[.namespaces[].owners[] | select(.kind == "docker") | .id] | sort | .[]' "$TMP/ls.json")" \
	"$(lab_docker ps -q --no-trunc | sort)"

# Counts, from the first packet of the container.
inside box ping -q -c 20 -i 0.01 "$(inspect far '{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}')" >/dev/null || not_ok "box pings the other bridge"
lab_docker exec box ping -q -c 10 172.17.0.1 >/dev/null 2>&1 &
exec_ping=$!
inside far ping -q -c 15 -i 0.01 "$(inspect box '{{.NetworkSettings.IPAddress}}')" >/dev/null || not_ok "far pings box through the lab's router"
wait "$exec_ping"
settle
as_the_kernel "box: totals as the kernel has them, from the first packet" box eth0 "$(of box '.interfaces[0].peer.name' | tr -d '"')"
as_the_kernel "far: totals as the kernel has them, from the first packet" far eth0 "$(of far '.interfaces[0].peer.name' | tr -d '"')"
is "box: echoes sent (20 + 10) and answered (15)" "$(protocol_count transmit box ipv4 icmp)" 45
is "far: echoes sent" "$(protocol_count transmit far ipv4 icmp)" 15
is "the info metric has id and image" \
	"$(metric "$SETTLED" ctnet_netns_info container_name=box "container_id=$(inspect box '{{.Id}}')" image=busybox kind=docker)" 1
is "the info metric has host end, bridge and address" \
	"$(metric "$SETTLED" ctnet_interface_info owner=box interface=eth0 bridge=docker0 "host_interface=$(of box '.interfaces[0].peer.name' | tr -d '"')" \
		"mac=$(inspect box '{{.NetworkSettings.MacAddress}}')")" 1

# Stopped, restarted, renamed, removed.
lab_docker stop -t 0 far >/dev/null
far_gone() { [ -z "$(metric "$TEXTFILE" ctnet_receive_packets_total owner=far)" ]; }
holds "a stopped container is dropped" wait_for 20 far_gone
lab_docker start far >/dev/null
far_back() { [ -n "$(metric "$TEXTFILE" ctnet_receive_packets_total owner=far)" ]; }
holds "a started one is back" wait_for 20 far_back
lab_docker rename far near >/dev/null
near_there() { [ -n "$(metric "$TEXTFILE" ctnet_receive_packets_total owner=near)" ] && far_gone; }
holds "a renamed one has its new name" wait_for 20 near_there

# A state file that is damaged: one container less, never the agent.
config=$DOCKER_ROOT/containers/$(inspect near '{{.Id}}')/config.v2.json
cp "$config" "$TMP/config"
damage() {
	local name=$1
	holds "state file $name: the agent lives" kill -0 "$agent"
	agent_next
	is "state file $name: box is still told" "$(metric "$TEXTFILE" ctnet_netns_info container_name=box)" 1
	is "state file $name: ctnet ls answers" \
		"$(in_lab timeout 20 "$BUILD/ctnet" ls --json --docker-root "$DOCKER_ROOT" 2>/dev/null | jq '.namespaces | length > 3')" true
}
head -c 300 "$TMP/config" >"$config"
damage truncated
: >"$config"
damage empty
{ head -c 40000000 /dev/zero | tr '\0' '['; } >"$config"
damage "huge and nested"
jq -c '.Name = "/a\"b\nc\u202e\u0007\\" | .Config.Image = "im\"age\n"' "$TMP/config" | sed 's/im/\xff\xfeim/' >"$config"
damage hostile
if command -v promtool >/dev/null; then
	cp "$TEXTFILE" "$TMP/hostile.prom"
	is "hostile names do not spoil the textfile" "$(promtool check metrics <"$TMP/hostile.prom" 2>&1)" ""
fi
rm -f "$config"
damage missing
cp "$TMP/config" "$config"

agent_stop TERM
is "the agent ends well" "$agent_status" 0
is "nothing of ours stays attached" "$(our_filters)" ""

in_lab "$BUILD/ctnet" ls --docker-root "$TMP/nowhere" >/dev/null 2>"$TMP/err"
is "a data root that is not there is no failure of ls" "$?" 0
in_lab "$BUILD/ctnet" ls --json --docker-root "$TMP/nowhere" 2>/dev/null | jq -r .sources.docker >"$TMP/source"
like "but its source says so" "$(cat "$TMP/source")" 'absent|failed'
