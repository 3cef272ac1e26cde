#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# A pod as CRI-O keeps one: a real conmon and a real runc run it from the places where CRI-O has its files, with the command line that CRI-O
# gives conmon. What is not real is CRI-O itself, which is in no Debian: the annotations in config.json are written here.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/busybox-image.sh"
. "$(dirname "$0")/compare.sh"

need_root
need_programs
for program in conmon runc busybox; do
	command -v "$program" >/dev/null || skip_all "needs $program"
done
lab_make
lab_bridge lab0 10.98.0.254/24

RUNROOT=$TMP/crio CGROUP=ctnet-test-$$
busybox_tree "$TMP/root"
crio_sweep() {
	kill_users_of "$RUNROOT/"
	unmount_below "$TMP"
	remove_cgroups "$CGROUP"
}
at_exit crio_sweep

declare -A ids
id_of() { printf '%s' "$1-$$" | sha256sum | cut -d ' ' -f 1; }
pid_of() { cat "$RUNROOT/overlay-containers/${ids[$1]}/userdata/pidfile"; }
runs() { [ -e "/proc/$(pid_of "$1")/ns/net" ]; }
# run TYPE NAME NETWORK: a container of the pod shop/web-0; NETWORK is the path of its namespace.
run() {
	local id dir
	id=$(id_of "$2")
	ids[$2]=$id
	dir=$RUNROOT/overlay-containers/$id/userdata
	mkdir -p "$dir"
	(cd "$dir" && runc spec)
	jq -c --arg id "$id" --arg type "$1" --arg name "$2" --arg pod "$(id_of POD)" --arg network "$3" --arg root "$TMP/root" --arg cgroup "/$CGROUP/$id" '
		.annotations = { "io.container.manager": "cri-o", "io.kubernetes.cri-o.ContainerType": $type, "io.kubernetes.cri-o.ContainerID": $id,
			"io.kubernetes.cri-o.SandboxID": $pod, "io.kubernetes.cri-o.SandboxName": "k8s_web-0_shop_3a4b_0",
			"io.kubernetes.cri-o.Metadata": ({ name: $name } | tojson), "io.kubernetes.cri-o.ImageName": "registry.test/nginx:1" }
		| .process.args = ["/bin/sleep", "1000"] | .process.terminal = false | del(.process.rlimits)
		| .root.path = $root | .linux.cgroupsPath = $cgroup
		| .linux.namespaces |= map(if .type == "network" then .path = $network else . end)' "$dir/config.json" >"$TMP/config.json" &&
		mv "$TMP/config.json" "$dir/config.json"
	in_lab conmon -b "$dir" -c "$id" -u "$id" -n "k8s_${2}_web-0_shop_3a4b_0" -r "$(command -v runc)" --runtime-arg "--root=$TMP/runc" -p "$dir/pidfile" \
		-P "$dir/conmon-pidfile" -l "$TMP/$2.log" --exit-dir "$TMP/exits" --socket-dir-path "$TMP/sockets" >"$TMP/conmon.log" 2>&1
	wait_for 20 test -s "$dir/pidfile" || skip_all "no conmon here: $(tail -n 1 "$TMP/conmon.log" "$TMP/$2.log" 2>/dev/null | tail -n 1)"
	runc --root="$TMP/runc" start "$id" || not_ok "runc start $2"
}
mkdir -p "$TMP/exits" "$TMP/sockets"
lab_guest pod vpod lab0 10.98.0.1/24
run sandbox POD "/run/netns/$LAB-pod"
run container nginx "/run/netns/$LAB-pod"
run container side "/run/netns/$LAB-pod"
in_guest pod ping -q -c 3 -i 0.01 10.98.0.254 >/dev/null || not_ok "the pod pings its gateway"

list
is "ctnet ls --json: nothing on stderr" "$(cat "$TMP/ls.err")" ""
is "crio is a source that is up, found by its conmon" "$(jq -r .sources.crio "$TMP/ls.json")" ok
is "the pod: kind, name, id and pid as conmon has it" "$(of POD '[.kind, .name, (.owners[] | select(.kind == "pod") | .id, .pid)]')" \
	"[\"pod\",\"shop/web-0\",\"${ids[POD]}\",$(pid_of POD)]"
for name in nginx side; do
	is "$name: name, id, pid, image and pod" "$(of POD ".owners[] | select(.name == \"$name\") | [.kind, .id, .pid, .image, .pod_namespace, .pod_name]")" \
		"[\"crio\",\"${ids[$name]}\",$(pid_of "$name"),\"registry.test/nginx:1\",\"shop\",\"web-0\"]"
done
same_network POD
same_counters POD
is "podman takes it for none of its own" "$(jq '[.namespaces[].owners[] | select(.kind == "podman" and .pod_name == "web-0")] | length' "$TMP/ls.json")" 0

there() { [ -n "$(metric "$TEXTFILE" ctnet_netns_info "$@")" ]; }
gone() { ! there "$@"; }
# shellcheck disable=SC2119 # it has no options to be given
agent_start
holds "a container is told" there owner=shop/web-0 container_name=side "container_id=${ids[side]}"
runc --root="$TMP/runc" delete -f "${ids[side]}"
holds "one that ended is gone" wait_for 20 gone "container_id=${ids[side]}"
holds "its pod is not" there owner=shop/web-0 "container_id=${ids[POD]}"
agent_stop TERM
is "the agent ends well" "$agent_status" 0
