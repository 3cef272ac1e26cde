# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# containerd with its CRI plugin, asked as a kubelet asks it. Source it after lib.sh and agent.sh.
. "$(dirname "${BASH_SOURCE[0]}")/containerd-lab.sh"

CRI_IMAGE=localhost/ctnet-test:1
# shellcheck disable=SC2034 # for the tests: NamespaceMode
POD=0 NODE=2

need_cri() {
	need_containerd
	/usr/bin/python3 -c 'import grpc' 2>/dev/null || skip_all "needs python3-grpcio"
	[ -x "$CNI_BIN/loopback" ] || skip_all "needs the CNI plugin loopback"
}

# cri SERVICE/METHOD REQUEST
cri() {
	"$TOP/tests/engines/cri.py" "$CONTAINERD_DIR/sock" "$@" 2>"$TMP/cri.err" || {
		not_ok "$1" "$(tail -n 3 "$TMP/cri.err")"
		return 1
	}
}

# cri_start CONFLIST: containerd, its pods wired as the CNI configuration says, and the image.
cri_start() {
	mkdir -p "$TMP/net.d"
	echo "$1" >"$TMP/net.d/10-lab.conflist"
	# the score is the machine's, where there is no CAP_SYS_RESOURCE
	containerd_start "[plugins.\"io.containerd.grpc.v1.cri\"]
		  sandbox_image = \"$CRI_IMAGE\"
		  restrict_oom_score_adj = true
		  disable_apparmor = true
		  disable_tcp_service = true
		  [plugins.\"io.containerd.grpc.v1.cri\".cni]
		    bin_dir = \"$CNI_BIN\"
		    conf_dir = \"$TMP/net.d\""
	cri_image
	at_exit cri_remove_all
}

# An image as `docker save` writes one: what runs in it sleeps, as Kubernetes' pause does.
cri_image() {
	local dir=$TMP/cri-image digest
	mkdir -p "$dir"
	tar -C "$CONTAINERD_DIR/image" -cf "$dir/layer.tar" .
	digest=$(sha256sum "$dir/layer.tar" | cut -d ' ' -f 1)
	jq -nc --arg digest "sha256:$digest" '{ architecture: "amd64", os: "linux", config: { Cmd: ["/bin/sleep", "1000"] },
		rootfs: { type: "layers", diff_ids: [$digest] } }' >"$dir/config.json"
	jq -nc --arg name "$CRI_IMAGE" '[{ Config: "config.json", RepoTags: [$name], Layers: ["layer.tar"] }]' >"$dir/manifest.json"
	tar -C "$dir" -cf "$TMP/cri-image.tar" manifest.json config.json layer.tar
	lab_ctr k8s.io images import "$TMP/cri-image.tar" >"$TMP/import.log" 2>&1 || not_ok "the image is imported" "$(tail -n 3 "$TMP/import.log")"
	rm -rf "$dir"
	wait_for 20 cri_has_image || not_ok "the CRI plugin has the image"
}
# the plugin hears of the import by an event
cri_has_image() { cri ImageService/ImageStatus "$(jq -nc --arg image "$CRI_IMAGE" '{ image: { image: $image } }')" | jq -e .image.id; }

# pod_config NAME NAMESPACE MODE: what a kubelet would ask for.
pod_config() {
	jq -nc --arg name "$1" --arg namespace "$2" --argjson mode "$3" --arg parent "/$CONTAINERD_CGROUP" '{
		metadata: { name: $name, uid: "uid-\($name)", namespace: $namespace, attempt: 1 },
		labels: { "io.kubernetes.pod.name": $name, "io.kubernetes.pod.namespace": $namespace },
		linux: { cgroup_parent: $parent, security_context: { namespace_options: { network: $mode } } } }'
}

# run_pod NAME NAMESPACE MODE: its id.
run_pod() {
	cri RuntimeService/RunPodSandbox "$(pod_config "$@" | jq -c '{ config: . }')" | jq -r .pod_sandbox_id
}

# run_container POD_ID POD_CONFIG NAME: its id.
run_container() {
	local id
	id=$(cri RuntimeService/CreateContainer "$(jq -nc --arg pod "$1" --argjson sandbox "$2" --arg name "$3" --arg image "$CRI_IMAGE" '{
		pod_sandbox_id: $pod, sandbox_config: $sandbox,
		config: { metadata: { name: $name }, image: { image: $image }, command: ["/bin/sleep", "1000"],
			labels: { "io.kubernetes.container.name": $name },
			linux: { security_context: { namespace_options: $sandbox.linux.security_context.namespace_options } } } }')" |
		jq -r .container_id)
	[ -n "$id" ] && cri RuntimeService/StartContainer "{ \"container_id\": \"$id\" }" >/dev/null
	echo "$id"
}

# pod_status ID, container_status ID: what the CRI says of it; what it adds for people is in .details.
pod_status() {
	cri RuntimeService/PodSandboxStatus "{ \"pod_sandbox_id\": \"$1\", \"verbose\": 1 }" | jq -c '.status + { details: .info.info | fromjson }'
}
container_status() {
	cri RuntimeService/ContainerStatus "{ \"container_id\": \"$1\", \"verbose\": 1 }" | jq -c '.status + { details: .info.info | fromjson }'
}

remove_pod() {
	cri RuntimeService/StopPodSandbox "{ \"pod_sandbox_id\": \"$1\" }" >/dev/null &&
		cri RuntimeService/RemovePodSandbox "{ \"pod_sandbox_id\": \"$1\" }" >/dev/null
}

cri_remove_all() {
	local pod
	for pod in $(cri RuntimeService/ListPodSandbox '{}' | jq -r '.items[]?.id'); do
		remove_pod "$pod"
	done
}
