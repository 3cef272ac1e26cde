#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Containers of systemd-nspawn that a real systemd-machined keeps: on a bus of its own, its files in a mount namespace of the test. What
# machined says on the bus, /proc and ip are the authority.
[ "${CTNET_OWN_MOUNTS-}" = 1 ] || [ "$(id -u)" != 0 ] || exec env CTNET_OWN_MOUNTS=1 unshare --mount --propagation private "$0" "$@"
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/nspawn-lab.sh"
. "$(dirname "$0")/compare.sh"

need_root
need_programs
need_nspawn
machined=/lib/systemd/systemd-machined
[ -x "$machined" ] || machined=/usr/lib/systemd/systemd-machined
for program in dbus-daemon busctl; do
	command -v "$program" >/dev/null || skip_all "needs $program"
done
[ -x "$machined" ] || skip_all "needs systemd-machined"
lab_make

# A system bus that lets everybody do everything, and machined; both find their files where they always are.
for dir in dbus systemd/machines; do
	mkdir -p "/run/$dir" "$TMP/$dir"
	mount --bind "$TMP/$dir" "/run/$dir" || skip_all "cannot mount: $dir"
done
cat >"$TMP/bus.conf" <<-'END'
	<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth><policy context="default">
	<allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
	<allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
	<allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
	</policy></busconfig>
END
start_bg "$TMP/bus.log" dbus-daemon --config-file="$TMP/bus.conf" --nofork --nopidfile
wait_for 10 busctl --system list || skip_all "no bus: $(tail -n 1 "$TMP/bus.log")"
start_bg "$TMP/machined.log" "$machined"
ask() { busctl --system --json=short call org.freedesktop.machine1 /org/freedesktop/machine1 org.freedesktop.machine1.Manager "$@"; }
wait_for 10 ask ListMachines || skip_all "no systemd-machined here: $(tail -n 1 "$TMP/machined.log")"

# machined keeps only what is in a unit, one machine in each: the cgroup says so where systemd does not run.
hierarchies=$(awk '$3 == "cgroup2" || $3 == "cgroup" && $4 ~ /name=systemd/ { print $2 }' /proc/mounts)
[ -n "$hierarchies" ] || skip_all "no cgroup2 here"
at_exit remove_cgroups "ctnet-test-$$"
in_unit() {
	local unit=ctnet-test-$$-$1.service hierarchy dirs=
	for hierarchy in $hierarchies; do
		mkdir -p "$hierarchy/$unit" || skip_all "no cgroups here"
		dirs+="$hierarchy/$unit "
	done
	# shellcheck disable=SC2016 # for the inner shell
	NSPAWN_IN=(sh -c 'for dir in $0; do echo $$ >"$dir/cgroup.procs"; done; exec "$@"' "$dirs")
}
machines() { ask ListMachines | jq -r '.data[0][] | select(.[1] == "container") | .[0]'; }
machines_are() { [ "$(machines | wc -l)" = "$1" ]; }
# shellcheck disable=SC2034 # for compare.sh
pid_of() {
	busctl --system --json=short get-property org.freedesktop.machine1 "$(ask GetMachine s "$1" | jq -r '.data[0]')" \
		org.freedesktop.machine1.Machine Leader | jq .data
}
# One with a name, and a copy of which machined alone knows the name: it has a random tail.
NAME=mach$$
busybox_tree "$NSPAWN_DIR/root"
in_unit 1
nspawn root --register=yes --machine="$NAME" --network-veth
leader_1=$leader nspawn_1=$bg
in_unit 2
nspawn root --register=yes --ephemeral --private-network
wait_for 10 machines_are 2 || skip_all "machined took none: $(tail -n 1 "$TMP/nspawn.log")"
copy=$(machines | grep -v "^$NAME\$")

list
is "ctnet ls --json: nothing on stderr" "$(cat "$TMP/ls.err")" ""
is "nspawn is a source that is up" "$(jq -r .sources.nspawn "$TMP/ls.json")" ok
for name in "$NAME" "$copy"; do
	is "$name: kind, name and leader as machined has them, one owner" "$(of "$name" '[.kind, .name, (.owners | map(.pid))]')" \
		"[\"nspawn\",\"$name\",[$(pid_of "$name")]]"
	same_network "$name"
done
is "its host end as systemd-nspawn names it" "$(of "$NAME" '.interfaces[0].peer.name')" "\"ve-$NAME\""
# a file that is damaged: a machine less, never the program
file=/run/systemd/machines/$copy
cp "$file" "$TMP/kept"
head -c 40 "$TMP/kept" >"$file"
list
is "with a file that is cut short nobody knows the copy's name" "$(of "$copy" .kind)" '"process"'
is "and the other has its own" "$(of "$NAME" .name)" "\"$NAME\""
cp "$TMP/kept" "$file"

there() { [ -n "$(metric "$TEXTFILE" ctnet_netns_info "$@")" ]; }
gone() { ! there "$@"; }
# shellcheck disable=SC2119 # it has no options to be given
agent_start
netns=$(netns_of "$NAME")
holds "a machine is told" there "owner=$NAME" kind=nspawn "netns=$netns"
kill -KILL "$leader_1"
wait "$nspawn_1" 2>/dev/null
holds "when it is gone its name is gone" wait_for 20 gone "owner=$NAME" "netns=$netns"
holds "the other is still told" there "owner=$copy" kind=nspawn
agent_stop TERM
is "the agent ends well" "$agent_status" 0
