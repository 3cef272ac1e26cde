# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What every test container runs: busybox with a link for each applet that is wanted, from this machine and no registry.

# busybox_tree DIR: a root file system.
busybox_tree() {
	local applet
	mkdir -p "$1"/{bin,usr/bin,usr/lib,etc,proc,sys,dev/pts,run,tmp}
	cp "$(command -v busybox)" "$1/bin/busybox"
	for applet in sh sleep ping ip cat; do
		ln -s busybox "$1/bin/$applet"
	done
	# systemd-nspawn wants to see an operating system
	echo 'ID=ctnet-test' >"$1/usr/lib/os-release"
}

# unmount_below DIR: what an engine left mounted there.
unmount_below() {
	local mount
	awk -v dir="$1/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r mount; do
		umount "$mount" || umount -l "$mount"
	done
}

# remove_cgroups NAME: those an engine made below it, in every hierarchy, with whatever still runs in them.
remove_cgroups() {
	local round
	for round in 1 2; do
		find /sys/fs/cgroup -path "*/$1*" -name cgroup.procs -exec cat {} + | sort -u | xargs -r kill -KILL
		find /sys/fs/cgroup -depth -type d -path "*/$1*" -exec rmdir {} \;
		[ "$round" = 2 ] || sleep 0.2
	done
}

# kill_users_of TEXT: processes of ours that an engine left and whose command line has the text: only a path of this test's own will do.
kill_users_of() {
	local pid
	for pid in /proc/[0-9]*; do
		grep -aqF "$1" "$pid/cmdline" 2>/dev/null && [ "${pid#/proc/}" != $$ ] && kill -KILL "${pid#/proc/}"
	done
}
