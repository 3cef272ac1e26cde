# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A real LXD or Incus in the lab, which is its fork and told apart by names alone: a daemon with a directory of its own. Source it after
# lib.sh and agent.sh.
. "$(dirname "${BASH_SOURCE[0]}")/busybox-image.sh"

# lxd_use ENGINE: lxd or incus from here on; fails where it is not here.
lxd_use() {
	ENGINE=$1 ENGINE_DIR=$TMP/$1
	export HOME=$TMP # of the clients' own configuration
	case $1 in
	lxd) ENGINE_DAEMON=$(command -v lxd) ENGINE_CLIENT=$(command -v lxc) ;;
	incus) ENGINE_DAEMON=$(command -v incusd || ls /usr/libexec/incus/incusd) ENGINE_CLIENT=$(command -v incus) ;;
	esac 2>/dev/null
	export LXD_DIR=$ENGINE_DIR/state INCUS_DIR=$ENGINE_DIR/state
	[ -n "$ENGINE_DAEMON" ] && [ -n "$ENGINE_CLIENT" ]
}

# lab_lxc ARGUMENT...: its client, of which it is told nothing about progress.
lab_lxc() { "$ENGINE_CLIENT" "$@" --quiet </dev/null 2>"$TMP/lxc.err" || { not_ok "$ENGINE: $1 $2" "$(tail -n 3 "$TMP/lxc.err")"; return 1; }; }
lxd_answers() { timeout 10 "$ENGINE_CLIENT" query /1.0; }

# lxd_start: returns when it answers, has the image "busybox" and a place for its containers. It looks for its bridges in /sys, which has to
# be the lab's.
lxd_start() {
	local dir=$ENGINE_DIR
	mkdir -p "$dir"/{state,cgroup}
	at_exit lxd_sweep "$dir"
	# shellcheck disable=SC2016 # for the inner shell
	start_in_lab "$TMP/$ENGINE.log" unshare --mount --propagation private sh -c 'mount --rbind /sys/fs/cgroup "$0/cgroup" &&
		mount -t sysfs sysfs /sys && mount --rbind "$0/cgroup" /sys/fs/cgroup && exec "$1" --group root' "$dir" "$ENGINE_DAEMON"
	wait_for 30 lxd_answers || return 1
	busybox_tree "$dir/image/rootfs"
	mkdir "$dir/image/rootfs/sbin"
	printf '#!/bin/sh\nexec /bin/sleep 1000\n' >"$dir/image/rootfs/sbin/init"
	chmod 0755 "$dir/image/rootfs/sbin/init"
	printf 'architecture: x86_64\ncreation_date: 1\n' >"$dir/image/metadata.yaml"
	tar -C "$dir/image" -cf "$dir/image.tar" metadata.yaml rootfs
	lab_lxc image import "$dir/image.tar" --alias busybox && lab_lxc storage create pool dir
}

# lxd_run NAME [OPTION...]: a container that sleeps, at the lab's bridge lab0.
lxd_run() {
	lab_lxc init busybox "$1" -s pool -n lab0 "${@:2}" && lab_lxc start "$1" "${@:2}"
}
# lxd_state NAME [PROJECT]: what it says of a container itself, as JSON.
lxd_state() { "$ENGINE_CLIENT" query "/1.0/instances/$1/state?project=${2:-default}"; }

lxd_sweep() {
	local hierarchy
	kill_users_of "$1/"
	unmount_below "$1"
	# left behind by every LXC container that ends; it stays while another is in it
	for hierarchy in /sys/fs/cgroup/*/lxc.pivot /sys/fs/cgroup/lxc.pivot; do
		[ ! -d "$hierarchy" ] || rmdir "$hierarchy"
	done
}
