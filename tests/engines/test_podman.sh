#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2119 # what takes options needs none here
# A real Podman: containers, a pod, a shared and a host network, and a user's own. podman inspect, /proc and ip are the authority.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/podman-lab.sh"
. "$(dirname "$0")/compare.sh"

need_root
need_programs
need_podman
lab_make
podman_start

run() {
	lab_podman run -d --cgroup-parent "/$PODMAN_CGROUP" --name "$@" >/dev/null || not_ok "podman run --name $1" "$(tail -n 3 "$TMP/podman.err")"
}
inspect() { lab_podman inspect -f "$2" "$1"; }
pid_of() { inspect "$1" '{{.State.Pid}}'; }
ids_told() { jq -r '.namespaces[].owners[].id' "$TMP/ls.json" | sort; }

run box localhost/busybox:latest sleep 1000
# the one that joins comes first in the alphabet
run aside --network container:box localhost/busybox:latest sleep 1000
run alone --network none localhost/busybox:latest sleep 1000
run brief --rm localhost/busybox:latest sleep 1000
run at-home --network host localhost/busybox:latest sleep 1000
# the name of a pod is no host's name
lab_podman pod create --cgroup-parent "/$PODMAN_CGROUP" --name shop --hostname elsewhere >/dev/null ||
	not_ok "podman pod create" "$(tail -n 3 "$TMP/podman.err")"
for name in web db; do
	lab_podman run -d --pod shop --name "$name" localhost/busybox:latest sleep 1000 >/dev/null ||
		not_ok "podman run --pod shop --name $name" "$(tail -n 3 "$TMP/podman.err")"
done
infra=$(lab_podman pod inspect shop | jq -r 'if type == "array" then .[0] else . end | .InfraContainerID')

list
is "ctnet ls --json: nothing on stderr" "$(cat "$TMP/ls.err")" ""
is "podman is a source that is up" "$(jq -r .sources.podman "$TMP/ls.json")" ok
list --engine-root "podman=$PODMAN_DIR/root:$PODMAN_DIR/run" --engine-root "docker=$TMP/none"
is "where it is told where the state is, it is looked at there" "$(of box '[.kind, .name]')" '["podman","box"]'
list --engine-root "podman=$PODMAN_DIR:$PODMAN_DIR/run"
is "and nowhere else" "$(jq -r .sources.podman "$TMP/ls.json") $(told "$(inspect box '{{.Id}}')")" "failed 0"
list
is "cri-o is none" "$(jq -r .sources.crio "$TMP/ls.json")" null

for name in box alone brief; do
	is "$name: its namespace is of kind podman and has its name" "$(of "$name" '[.kind, .name]')" "[\"podman\",\"$name\"]"
done
for name in box aside alone brief web db; do
	is "$name: pid, id and image as podman inspect has them" \
		"$(of "$name" '.owners[] | select(.name == "'"$name"'") | { pid, id, image }')" \
		"$(lab_podman inspect "$name" | jq -cS '.[0] | { pid: .State.Pid, id: .Id, image: .ImageName }')"
done
for name in box brief web; do
	same_network "$name"
done
same_ports
inside web ping -q -c 3 -i 0.01 "$(inspect box '{{.NetworkSettings.IPAddress}}')" >/dev/null || not_ok "web pings box"
for name in box web; do same_counters "$name"; done
is "box: MAC and address as podman inspect has them" "$(of box '.interfaces[0] | { mac, address: .addresses[0] }')" \
	"$(lab_podman inspect box | jq -cS '.[0].NetworkSettings.Networks[] | { mac: .MacAddress, address: "\(.IPAddress)/\(.IPPrefixLen)" }')"
is "alone has a name and no interface" "$(of alone '[.name, (.interfaces | length)]')" '["alone",0]'

# One namespace, several containers.
is "aside lives in box's namespace" "$(netns_of aside)" "$(netns_of box)"
is "the shared namespace has the name of the one it was made for, and both" \
	"$(of box '[.name, [.owners[] | select(.kind == "podman") | .name]]')" '["box",["box","aside"]]'
is "and is told once" "$(jq --argjson netns "$(netns_of box)" '[.namespaces[] | select(.netns == $netns)] | length' "$TMP/ls.json")" 1
is "a pod is one namespace" "$(netns_of web) $(netns_of db)" "$(netns_of "$infra") $(netns_of "$infra")"
is "the pod's namespace has the pod's name" "$(of web '[.kind, .name]')" '["pod","shop"]'
is "the pod is its infra container" "$(of web '.owners[] | select(.kind == "pod") | { id, pid }')" \
	"$(lab_podman inspect "$infra" | jq -cS '.[0] | { pid: .State.Pid, id: .Id }')"
is "the pod's containers know their pod" \
	"$(of web '[.owners[] | select(.kind == "podman") | [.name, .pod_name]] | sort')" '[["db","shop"],["web","shop"]]'
is "at-home lives in the lab" "$(netns_of at-home)" "$(in_lab readlink /proc/self/ns/net | tr -dc 0-9)"
is "a container in the lab's own network is nobody's namespace" "$(told "$(inspect at-home '{{.Id}}')")" 0
mapfile -t running < <(lab_podman ps -q --no-trunc | grep -vx "$(inspect at-home '{{.Id}}')")
is "no container with a network of its own is missing" "$(comm -13 <(ids_told) <(printf '%s\n' "${running[@]}" | sort))" ""
like "there were some" "${#running[@]}" '^[1-9]'

# A user's own containers, behind slirp4netns, are found by the conmon that watches over them.
if user_podman_start && user_podman run -d --name mine --network slirp4netns localhost/busybox:latest sleep 1000 >/dev/null; then
	# joins, and comes first in the alphabet
	user_podman run -d --name also --network container:mine localhost/busybox:latest sleep 1000 >/dev/null
	user_podman run -d --name unwired --network none localhost/busybox:latest sleep 1000 >/dev/null
	user_podman pod create --name stall >/dev/null
	user_podman run -d --pod stall --name till localhost/busybox:latest sleep 1000 >/dev/null || not_ok "a pod of a user" "$(tail -n 3 "$TMP/podman.err")"
	list
	user_row() {
		jq -cS --argjson netns "$(readlink "/proc/$(user_podman inspect -f '{{.State.Pid}}' "$1")/ns/net" | tr -dc 0-9)" \
			'.namespaces[] | select(.netns == $netns) | [.kind, .name, [.owners[] | [.name, .id, .pid, .image]]]' "$TMP/ls.json"
	}
	user_owners() { for name in "$@"; do user_podman inspect "$name" | jq -c '.[0] | [.Name, .Id, .State.Pid, .ImageName]'; done | jq -cs .; }
	is "a user's container: name, id, pid and image as his podman inspect has them, and who shares it" \
		"$(user_row mine)" "[\"podman\",\"mine\",$(user_owners mine also)]"
	is "one without a network" "$(user_row unwired)" "[\"podman\",\"unwired\",$(user_owners unwired)]"
	like "a user's pod has its name" "$(user_row till)" '^\["pod","stall",'
	id=$(user_podman inspect -f '{{.Id}}' mine)
	user_podman rm -f -t 0 --depend mine >/dev/null
	list
	is "when it is gone its name is gone" "$(told "$id")" 0
else
	skip "a user's own Podman" "no rootless containers here: $(tail -n 1 "$TMP/podman.err")"
fi

# While the agent runs: made, renamed, joined, removed.
there() { [ -n "$(metric "$TEXTFILE" ctnet_netns_info "$@")" ]; }
gone() { ! there "$@"; }
agent_start
holds "a pod is told with its name" there owner=shop kind=pod "container_id=$infra"
run late localhost/busybox:latest sleep 1000
late=$(inspect late '{{.Id}}')
holds "a new container is named" wait_for 20 there owner=late kind=podman "container_id=$late"
lab_podman rename late later
holds "a renamed one has its new name" wait_for 20 there owner=later "container_id=$late"
lab_podman pod rm -f -t 0 shop >/dev/null
holds "a removed pod is gone" wait_for 20 gone "container_id=$infra"
lab_podman rm -f -t 0 later >/dev/null
holds "a removed container is gone" wait_for 20 gone "container_id=$late"
box=$(inspect box '{{.Id}}')
lab_podman rm -f -t 0 --depend box >/dev/null
holds "two that shared a namespace are gone with it" wait_for 20 gone "container_id=$box"
agent_stop TERM
is "the agent ends well" "$agent_status" 0

# State files that are damaged: a container less, never the program.
kept=$PODMAN_DIR/root/overlay-containers
config=$kept/$(inspect alone '{{.Id}}')/userdata/config.json
cp "$config" "$TMP/config"
brief=$(inspect brief '{{.Id}}')
damage() {
	list
	is "$1: brief is still told" "$(told "$brief")" 1
}
head -c 300 "$TMP/config" >"$config"
damage "a truncated config.json"
{ head -c 40000000 /dev/zero | tr '\0' '['; } >"$config"
damage "a huge and nested config.json"
rm -f "$config"
ln -s /etc/passwd "$config"
damage "a config.json that leads elsewhere"
rm -f "$config"
cp "$TMP/config" "$config"
list
is "whole again, alone is told again" "$(told "$(inspect alone '{{.Id}}')")" 1
