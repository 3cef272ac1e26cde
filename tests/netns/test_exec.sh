#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# ctnet exec: a command of the host in somebody's network, with that one's resolv.conf, and nothing left behind.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge lab0 10.9.0.254/24
lab_guest a va lab0 10.9.0.1/24 fd09::1/64
ctnet_exec() { in_lab "$BUILD/ctnet" exec "$@" 2>"$TMP/err"; }

# Others mount and unmount namespaces meanwhile: only what a mount of ours would be.
mounts() { awk -v lab="$LAB" '$5 ~ "^/sys|^/etc" || index($5, lab)' /proc/self/mountinfo; }
mounts >"$TMP/mounts"
cp -L /etc/resolv.conf "$TMP/host.resolv" 2>/dev/null
host_resolv_as_before() { [ ! -e "$TMP/host.resolv" ] || cmp /etc/resolv.conf "$TMP/host.resolv"; }

# A container: a process with a network namespace and a root of its own, no tools in it.
mkdir -p "$TMP/root/etc" "$TMP/root/run"
cp "$(command -v busybox)" "$TMP/root/busybox"
start_in_lab "$TMP/box.log" unshare --net chroot "$TMP/root" /busybox sleep 1000
box=$bg
box_runs() { [ "$(cat "/proc/$box/comm")" = busybox ]; }
holds "the container runs" wait_for 10 box_runs

# ---- its network

is "the interfaces are those that nsenter shows" "$(ctnet_exec "$LAB-a" -- ip -j addr)" "$(in_guest a ip -j addr)"
is "nothing is said" "$(cat "$TMP/err")" ""
is "routes as well" "$(ctnet_exec "$LAB-a" -- ip -j route)" "$(in_guest a ip -j route)"
is "by an address" "$(ctnet_exec 10.9.0.1 -- readlink /proc/self/ns/net)" "net:[$(stat -L -c %i "/run/netns/$LAB-a")]"
is "by a PID" "$(ctnet_exec "$box" -- readlink /proc/self/ns/net)" "$(readlink "/proc/$box/ns/net")"
like "which is another one" "$(ctnet_exec "$box" -- ip -br link)" '^lo +DOWN'
is "-- may be left out" "$(ctnet_exec "$LAB-a" ip -br -4 addr show eth0 | awk '{ print $3 }')" "10.9.0.1/24"
# the bonding driver has a file of its own among them
interfaces_of() { ctnet_exec "$1" -- ls /sys/class/net | grep -v '^bonding_masters$'; }
is "/sys/class/net has its interfaces" "$(interfaces_of "$LAB-a")" "$(in_guest a ip -j link | jq -r '.[].ifname' | sort)"
is "what is mounted below /sys stays" "$(ctnet_exec "$LAB-a" -- ls /sys/fs/cgroup)" "$(ls /sys/fs/cgroup)"
is "all else is this host's: the files" "$(ctnet_exec "$box" -- stat -c %i "$TMP/root/busybox")" "$(stat -c %i "$TMP/root/busybox")"
for space in pid user uts ipc cgroup; do
	is "all else is this host's: its $space namespace" "$(ctnet_exec "$box" -- readlink "/proc/self/ns/$space")" "$(readlink "/proc/self/ns/$space")"
done

# A rootless container: its network namespace belongs to a user namespace of its own.
if unshare --user true 2>/dev/null; then
	start_in_lab "$TMP/rootless.log" unshare --user --map-root-user --net sleep 1000
	rootless=$bg
	rootless_runs() { [ "$(cat "/proc/$rootless/comm")" = sleep ]; }
	wait_for 10 rootless_runs
	is "a rootless container's: its network" "$(ctnet_exec "$rootless" -- readlink /proc/self/ns/net)" "$(readlink "/proc/$rootless/ns/net")"
	is "a rootless container's: /sys/class/net" "$(interfaces_of "$rootless")" lo
	end_process "$rootless"
else
	skip "a rootless container's network" "this kernel has no user namespaces for us"
fi

# ---- the command is executed in our place

for status in 0 7 255; do
	ctnet_exec "$LAB-a" -- sh -c "exit $status"
	is "its exit status is ours: $status" "$?" "$status"
done
is "stdin is its" "$(printf 'a\nb\n' | ctnet_exec "$LAB-a" -- cat)" "$(printf 'a\nb')"
is "an argument that looks like an option is its" "$(ctnet_exec "$LAB-a" -- printf '%s|' -v --json 'a b' '')" "-v|--json|a b||"
is "so it is without --" "$(ctnet_exec "$LAB-a" printf '%s|' -v --json)" "-v|--json|"
is "it has no descriptor of ours" "$(ctnet_exec "$LAB-a" -- sh -c 'ls /proc/$$/fd' | sort -n | tr '\n' ' ')" "$(sh -c 'ls /proc/$$/fd' 2>/dev/null | sort -n | tr '\n' ' ')"
is "signals and limits are as they were" "$(ctnet_exec "$LAB-a" -- sh -c 'grep SigIgn /proc/self/status; ulimit -Sn')" "$(sh -c 'grep SigIgn /proc/self/status; ulimit -Sn' 2>/dev/null)"
like "the terminal is its" "$(in_lab script -qec "'$BUILD/ctnet' exec '$LAB-a' -- tty" /dev/null </dev/null)" '^/dev/pts/[0-9]+'
start_in_lab "$TMP/sleep.log" "$BUILD/ctnet" exec "$LAB-a" -- sleep 1000
is_sleep() { [ "$(cat "/proc/$bg/comm")" = sleep ]; }
holds "it has our process id" wait_for 20 is_sleep
kill -TERM "$bg"
wait "$bg" 2>/dev/null
is "its death by a signal is ours" "$?" 143

# ---- resolv.conf

of_box() { ctnet_exec -v "$box" -- cat /etc/resolv.conf; }
need_host_resolv() { [ -e "$TMP/host.resolv" ]; }
if need_host_resolv; then
	is "a container without one: this host's" "$(of_box)" "$(cat "$TMP/host.resolv")"
	like "which is said with --verbose" "$(cat "$TMP/err")" 'no resolv.conf of its own'
	is "and only then" "$(in_lab "$BUILD/ctnet" exec "$box" -- true 2>&1)" ""

	echo "nameserver 10.9.0.53" >"$TMP/root/etc/resolv.conf"
	is "the container's" "$(of_box)" "nameserver 10.9.0.53"
	is "this host's stands" "$(cat /etc/resolv.conf)" "$(cat "$TMP/host.resolv")"
	is "its mode lets everybody read it" "$(umask 077 && ctnet_exec "$box" -- stat -L -c %a /etc/resolv.conf)" 644
	ctnet_exec "$box" -- sh -c 'echo spoilt >/etc/resolv.conf'
	is "what is written there is lost: the container's stands" "$(cat "$TMP/root/etc/resolv.conf")" "nameserver 10.9.0.53"
	holds "what is written there is lost: this host's stands" host_resolv_as_before

	mv "$TMP/root/etc/resolv.conf" "$TMP/root/run/resolv.conf"
	ln -s /run/resolv.conf "$TMP/root/etc/resolv.conf"
	is "a symlink leads within the container" "$(of_box)" "nameserver 10.9.0.53"
	: >"$TMP/root/run/resolv.conf"
	is "an empty one is empty" "$(of_box)" ""

	# What a hostile container may put there. "ours": this host's is seen, and why is said.
	hostile() {
		is "$1: this host's is seen" "$(timeout 20 nsenter --net="/run/netns/$LAB" "$BUILD/ctnet" exec "$box" -- cat /etc/resolv.conf 2>"$TMP/err")" "$(cat "$TMP/host.resolv")"
		like "$1: it is said" "$(cat "$TMP/err")" "$2"
	}
	secret=$TMP/secret
	echo secret >"$secret"
	for way in "$secret" "../../../../../../../..$secret" "/proc/1/root$secret"; do
		ln -sfn "$way" "$TMP/root/etc/resolv.conf"
		hostile "a symlink out of the container ($way)" '^$'
	done
	ln -sfn resolv.conf "$TMP/root/etc/resolv.conf"
	hostile "a symlink to itself" 'is of no use'
	rm "$TMP/root/etc/resolv.conf" && mkfifo "$TMP/root/etc/resolv.conf"
	hostile "a FIFO" 'not a regular file'
	rm "$TMP/root/etc/resolv.conf" && mkdir "$TMP/root/etc/resolv.conf"
	hostile "a directory" 'not a regular file'
	rmdir "$TMP/root/etc/resolv.conf" && mknod "$TMP/root/etc/resolv.conf" c 1 5
	hostile "a device without end" 'not a regular file'
	rm "$TMP/root/etc/resolv.conf" && truncate -s 10G "$TMP/root/etc/resolv.conf"
	hostile "a huge one" 'File too large'

	# Hosts that are otherwise: their /etc is another one, in a mount namespace of the test's own.
	rm -f "$TMP/root/etc/resolv.conf"
	echo "nameserver 10.9.0.53" >"$TMP/root/etc/resolv.conf"
	echo "nameserver 10.9.9.9" >"$TMP/real"
	# shellcheck disable=SC2016 # for that shell
	on_host() {
		in_lab unshare --mount --propagation "$1" sh -c 'mount -t tmpfs none /etc && eval "$3"
			"$1" exec "$2" -- cat /etc/resolv.conf; grep -E "resolv.conf|^[0-9]+ [0-9]+ [^ ]+ / /sys " /proc/self/mountinfo | wc -l
			cat /etc/resolv.conf' - "$BUILD/ctnet" "$box" "$2" 2>"$TMP/err"
	}
	sysfs=$(awk '$5 == "/sys"' /proc/self/mountinfo | wc -l)
	is "a host whose own is a symlink" "$(on_host private "ln -s $TMP/real /etc/resolv.conf")" "nameserver 10.9.0.53
$sysfs
nameserver 10.9.9.9"
	is "a host whose mounts are shared: nothing propagates to it" "$(on_host shared "cp $TMP/real /etc/resolv.conf")" "nameserver 10.9.0.53
$sysfs
nameserver 10.9.9.9"
	is "a host without one has none in there either" "$(on_host private true)" "$sysfs"
	like "a host without one: it is said" "$(cat "$TMP/err")" "ctnet: cannot put the container's resolv.conf over"

	[ -d /etc/netns ] || at_exit rmdir /etc/netns
	mkdir -p "/etc/netns/$LAB-a"
	at_exit rm -r "/etc/netns/$LAB-a"
	echo "nameserver 10.9.0.99" >"/etc/netns/$LAB-a/resolv.conf"
	is "a name of ip netns: as ip netns exec shows it" "$(ctnet_exec "$LAB-a" -- cat /etc/resolv.conf)" "$(ip netns exec "$LAB-a" cat /etc/resolv.conf)"
	is "which is that of /etc/netns" "$(ctnet_exec "$LAB-a" -- cat /etc/resolv.conf)" "nameserver 10.9.0.99"
else
	skip "resolv.conf" "this host has no /etc/resolv.conf"
fi

# ---- a namespace with nothing but a descriptor, opened at a process, or through the mount that ip netns then takes away

number=0
for opened in /proc/self/ns/net mount; do
	number=$((number + 1)) held=held$number
	lab_guest "$held" "vh$number" lab0 "10.9.0.$((2 + number))/24"
	inode=$(stat -L -c %i "/run/netns/$LAB-$held")
	# shellcheck disable=SC2016 # for that shell
	start_in_guest "$held" "$TMP/held.log" bash -c 'exec 9<"$1"; exec nsenter --net="$2" sleep 1000' - \
		"${opened/#mount//run/netns/$LAB-$held}" "/run/netns/$LAB"
	held_by_descriptor() { [ "$(stat -L -c %i "/proc/$bg/fd/9")" = "$inode" ] && [ "$(cat "/proc/$bg/comm")" = sleep ]; }
	wait_for 10 held_by_descriptor
	ip netns del "$LAB-$held"
	is "a namespace that only a descriptor holds ($opened)" "$(ctnet_exec "$inode" -- readlink /proc/self/ns/net)" "net:[$inode]"
	is "ls has its inode ($opened)" "$(in_lab "$BUILD/ctnet" ls --json 2>/dev/null | jq -c ".namespaces[] | select(.netns == $inode) | [.held, .interfaces[0].name]")" '[true,"eth0"]'
	like "show has what holds it ($opened)" "$(in_lab "$BUILD/ctnet" show "$inode" 2>/dev/null)" "process $bg \(sleep\), descriptor 9"
	end_process "$bg"
done

# ---- what goes wrong

ctnet_exec "$LAB-a" -- "$TMP/nosuch"
is "no such command: 127" "$?" 127
is "no such command: it is named" "$(cat "$TMP/err")" "ctnet: $TMP/nosuch: command not found"
ctnet_exec "$LAB-a" -- "$TMP/err"
is "not executable: 126" "$?" 126
like "not executable: it is named" "$(cat "$TMP/err")" "^ctnet: $TMP/err: Permission denied"
ctnet_exec "$LAB-nobody" -- true
is "no such name: 5" "$?" 5
like "no such name: it is named" "$(cat "$TMP/err")" "^ctnet: $LAB-nobody: no such"
ctnet_exec "$LAB-a"
is "no command: 2" "$?" 2
ctnet_exec
is "nothing at all: 2" "$?" 2
ctnet_exec --nonsense "$LAB-a" true
is "unknown option: 2" "$?" 2

lab_guest b vb lab0 10.9.0.2/24
ip -n "$LAB-b" addr add 10.9.0.1/24 dev eth0
ctnet_exec 10.9.0.1 -- true
is "an ambiguous name: 5" "$?" 5
like "an ambiguous name: the candidates" "$(cat "$TMP/err")" "\"10.9.0.1\" is 2 namespaces: .*$LAB-[ab] .*$LAB-[ab] "

cp "$BUILD/ctnet" "$TMP/"
in_lab setpriv --reuid=65534 --regid=65534 --clear-groups "$TMP/ctnet" exec "$LAB-a" true 2>"$TMP/err"
is "not root: 3" "$?" 3
like "not root: the capability" "$(cat "$TMP/err")" 'CAP_SYS_ADMIN'
in_lab setpriv --bounding-set=-sys_admin "$BUILD/ctnet" exec "$LAB-a" true 2>"$TMP/err"
is "root without CAP_SYS_ADMIN: 3" "$?" 3

ip netns del "$LAB-b"
is "no mount of ours is left" "$(mounts)" "$(cat "$TMP/mounts")"
holds "this host's resolv.conf is as it was" host_resolv_as_before
