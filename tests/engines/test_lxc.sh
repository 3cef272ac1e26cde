#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2119 # what takes options needs none here
# Real LXC containers, one in the background and one in the foreground. lxc-info, /proc and ip are the authority.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/busybox-image.sh"
. "$(dirname "$0")/compare.sh"

need_root
need_programs
for program in lxc-start lxc-execute lxc-info busybox; do
	command -v "$program" >/dev/null || skip_all "needs $program"
done
lab_make
lab_bridge lab0 10.94.0.254/24

LXC_DIR=$TMP/lxc
# names are in the cgroups too, beside those of others
BACK=back$$ FRONT=front$$
busybox_tree "$LXC_DIR/root"
lxc() { in_lab "lxc-$1" -P "$LXC_DIR/containers" -n "$2" "${@:3}"; }

# configure NAME ADDRESS: LXC looks for its bridge in the machine's /sys; the lab gives it one instead.
configure() {
	mkdir -p "$LXC_DIR/containers/$1"
	cat >"$LXC_DIR/containers/$1/config" <<-END
		lxc.uts.name = $1
		lxc.rootfs.path = dir:$LXC_DIR/root
		lxc.net.0.type = veth
		lxc.net.0.veth.pair = v$1
		lxc.net.0.flags = up
		lxc.net.0.ipv4.address = $2
		lxc.init.cmd = /bin/sleep 1000
	END
}
sweep() {
	local name
	kill_users_of "$LXC_DIR/"
	for name in "$BACK" "$FRONT"; do
		remove_cgroups "lxc.payload.$name"
		remove_cgroups "lxc.monitor.$name"
	done
	# left behind by every LXC container that ends; it stays while another is in it
	find /sys/fs/cgroup -maxdepth 2 -type d -name lxc.pivot -exec rmdir {} \;
	unmount_below "$LXC_DIR"
}
at_exit sweep
configure "$BACK" 10.94.0.1/24
configure "$FRONT" 10.94.0.2/24
lxc start "$BACK" -d >"$TMP/lxc.log" 2>&1 || skip_all "no LXC containers here: $(tail -n 1 "$TMP/lxc.log")"
at_exit lxc stop "$BACK" -k
start_in_lab "$TMP/front.log" lxc-start -F -P "$LXC_DIR/containers" -n "$FRONT"
front=$bg
pid_of() { lxc info "$1" -pH; }
runs() { [ -n "$(pid_of "$1")" ] && [ -e "/proc/$(pid_of "$1")" ]; }
wait_for 20 runs "$FRONT" || not_ok "lxc-start -F" "$(cat "$TMP/front.log")"
for name in "$BACK" "$FRONT"; do
	in_lab ip link set "v$name" master lab0 up
done

list
is "ctnet ls --json: nothing on stderr" "$(cat "$TMP/ls.err")" ""
is "lxc is a source that is up" "$(jq -r .sources.lxc "$TMP/ls.json")" ok
for name in "$BACK" "$FRONT"; do
	is "$name: its namespace is of kind lxc and has its name" "$(of "$name" '[.kind, .name]')" "[\"lxc\",\"$name\"]"
	is "$name: pid as lxc-info has it" "$(of "$name" '.owners[0].pid')" "$(pid_of "$name")"
	same_network "$name"
	is "$name: its host end is the one it was configured with" "$(of "$name" '.interfaces[0].peer.name')" "\"v$name\""
done
same_ports
inside "$BACK" ping -q -c 3 -i 0.01 10.94.0.2 >/dev/null || not_ok "$BACK pings $FRONT"
same_counters "$BACK"

# A process that only looks like a container's: nobody is named by a path.
sleeper() { exec unshare -n sleep 1000; }
sleeper &
liar=$!
at_exit kill "$liar"
for hierarchy in /sys/fs/cgroup/unified /sys/fs/cgroup/pids /sys/fs/cgroup; do
	[ -e "$hierarchy/cgroup.procs" ] || continue
	mkdir -p "$hierarchy/lxc.payload.$BACK/liar" && echo "$liar" >"$hierarchy/lxc.payload.$BACK/liar/cgroup.procs"
done
wait_for 10 grep -q "lxc.payload.$BACK" "/proc/$liar/cgroup"
list
is "a cgroup like a container's gives nobody a name" \
	"$(jq -r --argjson netns "$(readlink "/proc/$liar/ns/net" | tr -dc 0-9)" '.namespaces[] | select(.netns == $netns) | .kind' "$TMP/ls.json")" process
kill "$liar"

# While the agent runs.
there() { [ -n "$(metric "$TEXTFILE" ctnet_netns_info "$@")" ]; }
gone() { ! there "$@"; }
agent_start
holds "a container is told" there "owner=$FRONT" kind=lxc
lxc stop "$BACK" -k
holds "a stopped container is gone" wait_for 20 gone "owner=$BACK"
lxc start "$BACK" -d
holds "a started one is back" wait_for 20 there "owner=$BACK" kind=lxc
lxc stop "$FRONT" -k
wait "$front" 2>/dev/null
holds "the one in the foreground is gone when it ends" wait_for 20 gone "owner=$FRONT"
agent_stop TERM
is "the agent ends well" "$agent_status" 0
