# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A real Podman in the lab: storage, networks and cgroups of its own, in the lab's network namespace. Source it after lib.sh and agent.sh.
. "$(dirname "${BASH_SOURCE[0]}")/busybox-image.sh"

PODMAN_DIR=$TMP/podman
PODMAN_CGROUP=ctnet-test-$$

need_podman() {
	local program
	for program in podman conmon catatonit busybox; do
		command -v "$program" >/dev/null || skip_all "needs $program"
	done
}

# podman, on the lab's own storage; its talk is in $TMP/podman.err. The limits that it sets by itself need CAP_SYS_RESOURCE.
lab_podman() {
	CONTAINERS_CONF=$PODMAN_DIR/containers.conf in_lab podman --root "$PODMAN_DIR/root" --runroot "$PODMAN_DIR/run" \
		--tmpdir "$PODMAN_DIR/tmp" --network-config-dir "$PODMAN_DIR/networks" --cgroup-manager cgroupfs --events-backend file \
		"$@" 2>"$TMP/podman.err"
}

# podman_start: returns when there is an image "busybox".
podman_start() {
	mkdir -p "$PODMAN_DIR/networks"
	printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n' >"$PODMAN_DIR/containers.conf"
	at_exit podman_sweep
	busybox_tree "$TMP/image"
	tar -C "$TMP/image" -cf "$PODMAN_DIR/image.tar" .
	rm -rf "$TMP/image"
	lab_podman import "$PODMAN_DIR/image.tar" localhost/busybox:latest >/dev/null || {
		not_ok "the image is imported" "$(tail -n 3 "$TMP/podman.err")"
		exit 1
	}
	at_exit podman_remove_all
}

podman_remove_all() {
	lab_podman pod rm -fa -t 0
	lab_podman rm -fa -t 0 --depend
}

podman_sweep() {
	kill_users_of "$PODMAN_DIR/"
	unmount_below "$PODMAN_DIR"
	remove_cgroups "$PODMAN_CGROUP"
}

# A Podman of an ordinary user, in a mount namespace that gives him what a machine set up for it has: ids of his own and a /dev/net/tun
# that he may open.
PODMAN_USER=games
USER_DIR=$TMP/user
user_podman() {
	env -i PATH="$PATH" HOME="$USER_DIR/home" XDG_RUNTIME_DIR="$USER_DIR/run" CONTAINERS_CONF="$USER_DIR/containers.conf" \
		nsenter --net="/run/netns/$LAB" --mount="/proc/$user_mounts/ns/mnt" --wd="$USER_DIR" \
		setpriv --reuid="$PODMAN_USER" --regid="$PODMAN_USER" --clear-groups \
		podman --cgroup-manager cgroupfs --storage-driver vfs --events-backend file "$@" 2>"$TMP/podman.err"
}

# user_podman_start: fails where users may not do this here; why is in $TMP/podman.err.
user_podman_start() {
	local program
	for program in newuidmap slirp4netns; do
		command -v "$program" >/dev/null || { echo "needs $program" >"$TMP/podman.err"; return 1; }
	done
	getent passwd "$PODMAN_USER" >/dev/null || { echo "needs a user $PODMAN_USER" >"$TMP/podman.err"; return 1; }
	mkdir -p "$USER_DIR/home" "$USER_DIR/run"
	cp "$PODMAN_DIR/containers.conf" "$PODMAN_DIR/image.tar" "$USER_DIR/"
	chown -R "$PODMAN_USER:" "$USER_DIR"
	chmod 0700 "$USER_DIR/run"
	echo "$PODMAN_USER:300000:65536" >"$TMP/subids"
	mknod -m 0666 "$TMP/tun" c 10 200
	# shellcheck disable=SC2016 # for the inner shell
	start_bg "$TMP/mounts.log" unshare --mount --propagation private sh -c 'mount --bind "$0/subids" /etc/subuid &&
		mount --bind "$0/subids" /etc/subgid && mount --bind "$0/tun" /dev/net/tun && echo ready && exec sleep 1000' "$TMP"
	# shellcheck disable=SC2154 # of start_bg
	user_mounts=$bg
	wait_for 10 grep -q ready "$TMP/mounts.log" || { cp "$TMP/mounts.log" "$TMP/podman.err"; return 1; }
	at_exit user_podman_sweep
	user_podman import image.tar localhost/busybox:latest >/dev/null
}

user_podman_sweep() {
	local pause
	user_podman pod rm -fa -t 0
	user_podman rm -fa -t 0 --depend
	# the process that keeps the user's namespaces
	pause=$(cat "$USER_DIR/run/libpod/tmp/pause.pid")
	grep -q '^catatonit$' "/proc/$pause/comm" && kill "$pause"
	kill_users_of "$USER_DIR/"
	unmount_below "$USER_DIR"
}
