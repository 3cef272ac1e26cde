# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A real containerd in the lab, alone: its state, containers, networks and cgroups of its own. Source it after lib.sh and agent.sh.
. "$(dirname "${BASH_SOURCE[0]}")/busybox-image.sh"

CONTAINERD_DIR=$TMP/containerd
CONTAINERD_CGROUP=ctnet-test-$$
CNI_BIN=/usr/lib/cni
[ -x "$CNI_BIN/ptp" ] || CNI_BIN=/opt/cni/bin

need_containerd() {
	local program
	for program in containerd ctr runc busybox; do
		command -v "$program" >/dev/null || skip_all "needs $program"
	done
	for program in bridge ptp macvlan host-local; do
		[ -x "$CNI_BIN/$program" ] || skip_all "needs the CNI plugin $program"
	done
}

# lab_ctr NAMESPACE ARGUMENT...: ctr, asked at the lab's own socket, in one of containerd's namespaces.
lab_ctr() { in_lab ctr -a "$CONTAINERD_DIR/sock" -n "$1" "${@:2}"; }

# containerd_start [PLUGINS]: returns when it answers. Where its state is only its configuration says. PLUGINS: more tables of its
# configuration; without them it has no CRI plugin.
containerd_start() {
	local disabled='"io.containerd.grpc.v1.cri"'
	[ $# -eq 0 ] || disabled=
	mkdir -p "$CONTAINERD_DIR"
	cat >"$CONTAINERD_DIR/config.toml" <<-END
		version = 2
		root = "$CONTAINERD_DIR/root"
		state = "$CONTAINERD_DIR/state"
		disabled_plugins = [$disabled]
		[grpc]
		  address = "$CONTAINERD_DIR/sock"
		${1-}
	END
	busybox_tree "$CONTAINERD_DIR/image"
	at_exit containerd_sweep
	start_in_lab "$TMP/containerd.log" containerd --config "$CONTAINERD_DIR/config.toml"
	wait_for 30 lab_ctr default version || {
		not_ok "containerd starts" "$(tail -n 5 "$TMP/containerd.log")"
		exit 1
	}
	at_exit containerd_remove_all
}

containerd_remove_all() {
	local namespace id
	for namespace in $(lab_ctr default namespaces ls -q); do
		for id in $(lab_ctr "$namespace" task ls -q); do
			lab_ctr "$namespace" task rm -f "$id"
		done
	done
}

containerd_sweep() {
	kill_users_of "$CONTAINERD_DIR/sock"
	unmount_below "$CONTAINERD_DIR"
	remove_cgroups "$CONTAINERD_CGROUP"
}

# run_task NAMESPACE ID [OPTION...]: a container that sleeps.
run_task() {
	local namespace=$1 id=$2
	shift 2
	lab_ctr "$namespace" run -d --rootfs --cgroup "/$CONTAINERD_CGROUP/$namespace/$id" "$@" "$CONTAINERD_DIR/image" "$id" /bin/sleep 1000 \
		>/dev/null 2>"$TMP/ctr.err" || not_ok "ctr run $id" "$(cat "$TMP/ctr.err")"
}
remove_task() { lab_ctr "$1" task rm -f "$2" >/dev/null 2>&1; }

# cni_add NAME PLUGIN SUBNET CONFIG: a namespace $LAB-NAME with eth0 by a CNI plugin, as Kubernetes has it made; CONFIG is more of the
# plugin's configuration, as JSON.
cni_add() {
	local name=$1 config
	config=$(jq -nc --arg type "$2" --arg subnet "$3" --arg dir "$TMP/ipam" --argjson more "$4" \
		'{ cniVersion: "0.4.0", name: $type, type: $type, ipam: { type: "host-local", subnet: $subnet, dataDir: $dir } } + $more')
	ip netns add "$LAB-$name" || exit 1
	at_exit ip netns del "$LAB-$name"
	in_lab env CNI_COMMAND=ADD CNI_CONTAINERID="$name" CNI_NETNS="/run/netns/$LAB-$name" CNI_IFNAME=eth0 CNI_PATH="$CNI_BIN" \
		"$CNI_BIN/$2" <<<"$config" >"$TMP/cni.out" 2>&1 || not_ok "CNI plugin $2" "$(cat "$TMP/cni.out")"
}
