#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2119 # what takes options needs none here
# Kubernetes pods of containerd's real CRI plugin, asked for as a kubelet does: two containers in one, one in the host's network. The CRI's own
# answers (PodSandboxStatus, ContainerStatus), /proc and ip are the authority.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/cri-lab.sh"
. "$(dirname "$0")/compare.sh"

need_root
need_programs
need_cri
lab_make
cri_start "$(jq -nc --arg dir "$TMP/ipam" '{ cniVersion: "0.4.0", name: "lab", plugins: [{ type: "bridge", bridge: "cni0", isGateway: true,
	ipam: { type: "host-local", subnet: "10.96.0.0/24", dataDir: $dir } }] }')"

declare -A status # by the name in this test
pid_of() { jq -r .details.pid <<<"${status[$1]}"; }
said() { jq -cS "$2" <<<"${status[$1]}"; }
# start_pod NAME NAMESPACE MODE CONTAINER...: what the CRI says of each into status.
start_pod() {
	local config pod name
	config=$(pod_config "$1" "$2" "$3")
	pod=$(run_pod "$1" "$2" "$3")
	status[$1]=$(pod_status "$pod")
	for name in "${@:4}"; do
		status[$name]=$(container_status "$(run_container "$pod" "$config" "$name")")
	done
}
start_pod web-0 shop "$POD" nginx side
start_pod web-1 shop "$POD"
start_pod proxy kube-system "$NODE" kube-proxy

list
is "ctnet ls --json: nothing on stderr" "$(cat "$TMP/ls.err")" ""
is "containerd is a source that is up" "$(jq -r .sources.containerd "$TMP/ls.json")" ok
for name in web-0 web-1; do
	is "$name: kind, namespace/name, id and pid as PodSandboxStatus has them" \
		"$(of "$name" '.owners[] | select(.kind == "pod") | [.name, .id, .pid, .pod_namespace, .pod_name]')" \
		"$(said "$name" '[.metadata.namespace + "/" + .metadata.name, .id, .details.pid, .metadata.namespace, .metadata.name]')"
	is "$name: its namespace is the pod's" "$(of "$name" '[.kind, .name]')" "[\"pod\",\"shop/$name\"]"
	is "$name: its address as PodSandboxStatus has it" "$(of "$name" '[.interfaces[].addresses[] | split("/")[0] | select(contains(":") | not)]')" \
		"$(said "$name" '[.network.ip]')"
	is "$name: eth0, its MAC and its host end as the CRI had them made" \
		"$(of "$name" '[.interfaces[] | [.name, .mac, .peer.name, .bridge]]')" \
		"$(said "$name" '.details.cniResult.Interfaces | [["eth0", .eth0.Mac, (keys[] | select(startswith("veth"))), "cni0"]]')"
	same_network "$name"
done
for name in nginx side; do
	is "$name: name, id, pid and image as ContainerStatus has them, and whose pod" \
		"$(of "$name" '.owners[] | select(.name == "'"$name"'") | [.kind, .id, .pid, .image, .pod_namespace, .pod_name]')" \
		"$(said "$name" '["containerd", .id, .details.pid, .image.image, "shop", "web-0"]')"
done
is "a pod and its containers are one namespace, told once" \
	"$(netns_of nginx) $(netns_of side) $(jq --argjson netns "$(netns_of web-0)" '[.namespaces[] | select(.netns == $netns)] | length' "$TMP/ls.json")" \
	"$(netns_of web-0) $(netns_of web-0) 1"
is "it is led by the pod; the CRI's mount is told last" "$(of web-0 '[.owners[].kind]')" '["pod","containerd","containerd","netns"]'
is "a pod without containers is told" "$(of web-1 '[.owners[].kind]')" '["pod","netns"]'
is "the host's pod lives in the lab" "$(netns_of proxy) $(netns_of kube-proxy)" "$(in_lab readlink /proc/self/ns/net | tr -dc '0-9\n' | sed 's/.*/& &/')"
is "and is nobody's namespace" "$(told "$(said proxy .id | jq -r .)")$(told "$(said kube-proxy .id | jq -r .)")" 00
inside web-0 ping -q -c 3 -i 0.01 "$(said web-1 .network.ip | jq -r .)" >/dev/null || not_ok "web-0 pings web-1"
same_counters web-0
same_ports
like "ctnet which ADDRESS names the pod" "$(in_lab "$BUILD/ctnet" which "$(said web-0 .network.ip | jq -r .)")" ' of shop/web-0 \(pod '

# While the agent runs: a container of a pod is removed, then the pod; another of its name is another pod.
there() { [ -n "$(metric "$TEXTFILE" ctnet_netns_info "$@")" ]; }
gone() { ! there "$@"; }
agent_start
pod=$(said web-0 .id | jq -r .) side=$(said side .id | jq -r .)
holds "a container of a pod is told with it" there owner=shop/web-0 container_name=side "container_id=$side" pod_name=web-0 pod_namespace=shop
cri RuntimeService/StopContainer "{ \"container_id\": \"$side\" }" >/dev/null
holds "one that is stopped is gone" wait_for 20 gone "container_id=$side"
holds "its pod is not" there owner=shop/web-0 "container_id=$pod"
remove_pod "$pod"
holds "a removed pod is gone" wait_for 20 gone "container_id=$pod"
start_pod web-0 shop "$POD"
holds "another of its name is told by its own id" wait_for 20 there owner=shop/web-0 "container_id=$(said web-0 .id | jq -r .)" \
	"netns=$(netns_of web-0)"
agent_stop TERM
is "the agent ends well" "$agent_status" 0
