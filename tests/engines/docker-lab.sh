# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A real Docker engine in the lab: its own containerd and dockerd, with data, sockets and cgroups of their own, in the lab's network
# namespace. Nothing of the machine's own engine is used or touched. Source it after lib.sh.

. "$(dirname "${BASH_SOURCE[0]}")/busybox-image.sh"

DOCKER_DIR=$TMP/docker
DOCKER_ROOT=$DOCKER_DIR/root
DOCKER_CGROUP=ctnet-test-$$

need_docker() {
	local program
	for program in dockerd containerd docker busybox; do
		command -v "$program" >/dev/null || skip_all "needs $program"
	done
}

# docker, asked at the lab's own socket.
lab_docker() { DOCKER_CONFIG=$DOCKER_DIR command docker -H "unix://$DOCKER_DIR/docker.sock" "$@"; }

# docker_start: containerd and dockerd; returns when they answer and the image "busybox" is there.
docker_start() {
	mkdir -p "$DOCKER_DIR"
	echo '{}' >"$DOCKER_DIR/daemon.json"
	cat >"$DOCKER_DIR/containerd.toml" <<-END
		version = 2
		disabled_plugins = ["io.containerd.grpc.v1.cri"]
	END
	# last of all, when both are gone
	at_exit docker_sweep
	start_in_lab "$TMP/containerd.log" containerd --config "$DOCKER_DIR/containerd.toml" --address "$DOCKER_DIR/containerd.sock" \
		--root "$DOCKER_DIR/containerd" --state "$DOCKER_DIR/containerd-run"
	wait_for 30 test -S "$DOCKER_DIR/containerd.sock" || {
		not_ok "containerd starts" "$(tail -n 5 "$TMP/containerd.log")"
		exit 1
	}
	start_in_lab "$TMP/dockerd.log" dockerd --config-file "$DOCKER_DIR/daemon.json" --containerd "$DOCKER_DIR/containerd.sock" \
		--data-root "$DOCKER_ROOT" --exec-root "$DOCKER_DIR/run" -H "unix://$DOCKER_DIR/docker.sock" \
		--pidfile "$DOCKER_DIR/docker.pid" --cgroup-parent "/$DOCKER_CGROUP" --iptables=false --ip6tables=false
	at_exit docker_remove_containers
	wait_for 60 lab_docker version || {
		not_ok "dockerd starts" "$(tail -n 5 "$TMP/dockerd.log")"
		exit 1
	}
	docker_image
}

docker_image() {
	busybox_tree "$TMP/image"
	tar -C "$TMP/image" -c . | lab_docker import - busybox:latest >/dev/null || {
		not_ok "the image is imported"
		exit 1
	}
	rm -rf "$TMP/image"
}

docker_remove_containers() {
	local containers
	mapfile -t containers < <(lab_docker ps -aq)
	[ "${#containers[@]}" -eq 0 ] || lab_docker rm -f "${containers[@]}"
}

# What the engine may have left: shims of its own, mounts under its directory, its cgroups.
docker_sweep() {
	kill_users_of "$DOCKER_DIR/containerd.sock"
	unmount_below "$DOCKER_DIR"
	remove_cgroups "$DOCKER_CGROUP"
}
