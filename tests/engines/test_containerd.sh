#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2119 # what takes options needs none here
# A real containerd with CNI networks: a bridge, a routed pair without one, a macvlan; a Kubernetes pod as its annotations tell of it; a
# shared and a host network. ctr, /proc and ip are the authority.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/containerd-lab.sh"
. "$(dirname "$0")/compare.sh"

need_root
need_programs
need_containerd
lab_make
containerd_start

# a container is told of by NAMESPACE/ID
pid_of() { lab_ctr "${1%%/*}" task ls | awk -v id="${1#*/}" '$1 == id { print $2 }'; }
# ids are anybody's here ("c1"): a container is told if it is in its own namespace
told_at_home() { of "$1" "[.owners[] | select(.id == \"${1#*/}\")] | length"; }

lab_bridge lab0
cni_add bridged bridge 10.91.0.0/24 '{ "bridge": "cni0", "isGateway": true }'
cni_add routed ptp 10.92.0.0/24 '{}'
cni_add mac macvlan 10.93.0.0/24 '{ "master": "lab0" }'
for name in bridged routed mac; do
	run_task default "$name-1" --with-ns "network:/run/netns/$LAB-$name"
done
run_task default alone
run_task default at-home --net-host
run_task default a-sidecar --with-ns "network:/proc/$(pid_of default/alone)/ns/net"
# nerdctl has labels for its containers, and copies them all into the annotations (propagateContainerdLabelsToOCIAnnotations())
nerdctl=()
for label in nerdctl/name=nice nerdctl/namespace=other nerdctl/hostname=0a1b2c 'nerdctl/networks=["bridge"]'; do
	nerdctl+=(--label "$label") # ctr does the same with its own
done
run_task other alone-too "${nerdctl[@]}"
run_task moby dockers
# A pod, as containerd's CRI plugin annotates it.
pod=(--annotation io.kubernetes.cri.sandbox-id=sandbox-1 --annotation io.kubernetes.cri.sandbox-name=web-0
	--annotation io.kubernetes.cri.sandbox-namespace=shop)
run_task k8s.io sandbox-1 "${pod[@]}" --annotation io.kubernetes.cri.container-type=sandbox
run_task k8s.io nginx-1 "${pod[@]}" --annotation io.kubernetes.cri.container-type=container \
	--annotation io.kubernetes.cri.container-name=nginx --annotation io.kubernetes.cri.image-name=docker.io/library/nginx:1 \
	--with-ns "network:/proc/$(pid_of k8s.io/sandbox-1)/ns/net"

list
is "ctnet ls --json: nothing on stderr" "$(cat "$TMP/ls.err")" ""
is "containerd is a source that is up" "$(jq -r .sources.containerd "$TMP/ls.json")" ok

list --engine-root "containerd=$CONTAINERD_DIR/state"
is "where it is told where the state is, it is looked at there" "$(told_at_home default/bridged-1)" 1
list --engine-root "containerd=$CONTAINERD_DIR"
is "and nowhere else" "$(jq -r .sources.containerd "$TMP/ls.json") $(told_at_home default/bridged-1)" "failed 0"
list
for name in bridged routed mac; do
	is "$name: its namespace is of kind containerd and has its id for a name" "$(of "default/$name-1" '[.kind, .name]')" \
		"[\"containerd\",\"$name-1\"]"
	is "$name: pid as ctr has it" "$(of "default/$name-1" '.owners[0].pid')" "$(pid_of "default/$name-1")"
done
inside default/bridged-1 ping -q -c 3 -i 0.01 10.91.0.1 >/dev/null || not_ok "bridged pings its gateway"
inside default/routed-1 ping -q -c 2 -i 0.01 10.92.0.1 >/dev/null || not_ok "routed pings its gateway"
for name in bridged routed; do
	same_network "default/$name-1"
	same_counters "default/$name-1"
done
list
same_ports
is "bridged is on cni0" "$(of default/bridged-1 '.interfaces[0].bridge')" '"cni0"'
is "routed has a host end on no bridge" "$(of default/routed-1 '.interfaces[0] | [.peer.name != null, .bridge]')" '[true,null]'
is "mac has eth0 as ip has it inside, and no host end" \
	"$(of default/mac-1 '[.interfaces[] | { name, index, kind, mac, addresses: (.addresses | sort), host_end: (.peer.name // "") }]')" \
	"$(ip_inside default/mac-1 | jq -cS 'map(del(.mtu, .up) + { host_end: "" })')"
is "alone has a name and no interface" "$(of default/alone '[.name, (.interfaces | length)]')" '["alone",0]'
is "a container of nerdctl has the name of its label" "$(of other/alone-too '[.kind, .name, .owners[0].id]')" \
	"$(lab_ctr other c info alone-too | jq -cS '["containerd", .Labels["nerdctl/name"], .ID]')"

# One namespace, several containers.
is "a shared namespace has the name of the one it was made for" "$(of default/alone '[.name, [.owners[].name]]')" '["alone",["alone","a-sidecar"]]'
is "a pod is one namespace" "$(netns_of k8s.io/nginx-1)" "$(netns_of k8s.io/sandbox-1)"
is "the pod's namespace has the pod's name" "$(of k8s.io/sandbox-1 '[.kind, .name]')" '["pod","shop/web-0"]'
is "the pod is its sandbox" "$(of k8s.io/sandbox-1 '.owners[] | select(.kind == "pod") | [.id, .pid]')" \
	"[\"sandbox-1\",$(pid_of k8s.io/sandbox-1)]"
is "its container has its name, image and pod" \
	"$(of k8s.io/sandbox-1 '.owners[] | select(.kind == "containerd") | [.name, .id, .pid, .image, .pod_name, .pod_namespace]')" \
	"[\"nginx\",\"nginx-1\",$(pid_of k8s.io/nginx-1),\"docker.io/library/nginx:1\",\"web-0\",\"shop\"]"
is "and the namespace is told once" \
	"$(jq --argjson netns "$(netns_of k8s.io/sandbox-1)" '[.namespaces[] | select(.netns == $netns)] | length' "$TMP/ls.json")" 1
is "at-home lives in the lab" "$(netns_of default/at-home)" "$(in_lab readlink /proc/self/ns/net | tr -dc 0-9)"
is "a container in the lab's own network is nobody's namespace" \
	"$(jq '[.namespaces[].owners[] | select(.id == "at-home")] | length' "$TMP/ls.json")" 0
is "what runs in Docker's namespace is left to Docker" "$(of moby/dockers '[.owners[] | select(.kind == "containerd")] | length')" 0
missing=
for name in bridged-1 routed-1 mac-1 alone; do
	[ "$(told_at_home "default/$name")" = 1 ] || missing+=" $name"
done
is "no container with a network of its own is missing" "$missing" ""

# A process that only looks like a container's: nobody is named by a path.
sleeper() { exec unshare -n sleep 1000; }
sleeper &
liar=$!
at_exit kill "$liar"
for hierarchy in /sys/fs/cgroup/unified /sys/fs/cgroup/pids /sys/fs/cgroup; do
	[ -e "$hierarchy/cgroup.procs" ] || continue
	mkdir -p "$hierarchy/$CONTAINERD_CGROUP/default/liar" && echo "$liar" >"$hierarchy/$CONTAINERD_CGROUP/default/liar/cgroup.procs"
done
wait_for 10 grep -q "$CONTAINERD_CGROUP/default/liar" "/proc/$liar/cgroup"
list
is "a cgroup like a container's gives nobody a name" \
	"$(jq -r --argjson netns "$(readlink "/proc/$liar/ns/net" | tr -dc 0-9)" '.namespaces[] | select(.netns == $netns) | .kind' "$TMP/ls.json")" process

# While the agent runs: removed, and the same id used again.
there() { [ -n "$(metric "$TEXTFILE" ctnet_netns_info "$@")" ]; }
gone() { ! there "$@"; }
agent_start
netns=$(netns_of default/alone)
holds "a container is told" there owner=alone "netns=$netns"
remove_task default alone
lab_ctr default c rm alone
holds "a removed container is gone" wait_for 20 gone owner=alone "netns=$netns"
run_task default alone --annotation nerdctl/name=again
holds "its id means another container now" wait_for 20 there owner=again "netns=$(netns_of default/alone)" container_id=alone
netns=$(netns_of k8s.io/sandbox-1)
remove_task k8s.io nginx-1
remove_task k8s.io sandbox-1
holds "a removed pod is gone" wait_for 20 gone "netns=$netns"
agent_stop TERM
is "the agent ends well" "$agent_status" 0

# A state file that is damaged: a container less, never the program.
config=$CONTAINERD_DIR/state/io.containerd.runtime.v2.task/default/mac-1/config.json
cp "$config" "$TMP/config"
damage() {
	list
	is "$1: bridged is still told" "$(told_at_home default/bridged-1)" 1
	is "$1: mac is not" "$(told_at_home default/mac-1)" 0
}
head -c 300 "$TMP/config" >"$config"
damage "a truncated config.json"
{ head -c 40000000 /dev/zero | tr '\0' '['; } >"$config"
damage "a huge and nested config.json"
rm -f "$config"
ln -s "$TMP/config" "$config"
damage "a config.json that is a symlink"
rm -f "$config"
cp "$TMP/config" "$config"
