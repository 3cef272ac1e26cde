#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# State that is not what an engine wrote, beside a container that is: files of every wrong kind, files that change while they are read, names
# made to do harm, cgroups and processes that pretend. What is good is told, the wrong name never, and nothing hangs or is written to.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/busybox-image.sh"

need_root
need_programs
lab_make

ROOT=$TMP/root
CGROUP=ctnet-test-$$
FIXTURE=$TOP/tests/fixtures/docker/containers/9bd9c50c343edd12550298e7a04ae0aa8ddf7305f102da3bd6687fd3f7f5b169/config.v2.json
mkdir -p "$ROOT/containers"
hierarchy=/sys/fs/cgroup
[ -e "$hierarchy/cgroup.procs" ] || hierarchy=/sys/fs/cgroup/pids
at_exit remove_cgroups "$CGROUP"

id_of() { printf '%064x' "$((0xc7000 + $1))"; }
state_of() { echo "$ROOT/containers/$(id_of "$1")/config.v2.json"; }
# describe NUMBER NAME PID: what a real Docker wrote, of another container.
describe() {
	jq -c --arg id "$(id_of "$1")" --arg name "/$2" --argjson pid "$3" \
		'.ID = $id | .Name = $name | .State.Pid = $pid | .NetworkSettings.SandboxKey = ""' "$FIXTURE"
}
state() {
	mkdir -p "$(dirname "$(state_of "$1")")"
	describe "$@" >"$(state_of "$1")"
}
# enter NUMBER PID: into the cgroup that the engine would have made.
enter() {
	mkdir -p "$hierarchy/$CGROUP/$(id_of "$1")" && echo "$2" >"$hierarchy/$CGROUP/$(id_of "$1")/cgroup.procs"
}
sleeper() { start_in_lab /dev/null unshare -n sleep 1000; }
netns_of() { readlink "/proc/$1/ns/net" | tr -dc 0-9; }
# container NUMBER NAME: one as it should be; its process id in $bg
container() {
	sleeper
	wait_for 10 [ "$(netns_of "$bg")" != "$(netns_of self)" ]
	enter "$1" "$bg"
	state "$1" "$2" "$bg"
}

list() {
	in_lab timeout 30 "$BUILD/ctnet" ls --json --docker-root "$ROOT" >"$TMP/ls.json" 2>"$TMP/ls.err"
	is "$1: ctnet ls ends well" "$?" 0
	is "$1: the good one is told" "$(told good)" 1
}
told() { jq --arg name "$1" '[.namespaces[].owners[] | select(.kind == "docker" and .name == $name)] | length' "$TMP/ls.json"; }
kinds_of() { jq -r --argjson netns "$(netns_of "$1")" '[.namespaces[] | select(.netns == $netns) | .owners[].kind] | unique | join(" ")' "$TMP/ls.json"; }

container 1 good
list "nothing else"

# Files of every kind but the right one; of each the process is there and in its cgroup, so only the file keeps it from being told.
for number in 2 3 4 5 6 7 8 9 10; do container "$number" bad; done
outside=$TMP/outside
mkdir "$outside"
mv "$(state_of 2)" "$outside/config.v2.json"
ln -s "$outside/config.v2.json" "$(state_of 2)"
mv "$ROOT/containers/$(id_of 3)" "$outside/3" && ln -s "$outside/3" "$ROOT/containers/$(id_of 3)"
rm "$(state_of 4)" && ln -s config.v2.json "$(state_of 4)"
rm "$(state_of 5)" && mkfifo "$(state_of 5)"
rm "$(state_of 6)" && mknod "$(state_of 6)" c 1 5
truncate -s 100M "$(state_of 7)"
head -c 900000 /dev/zero | tr '\0' '[' >"$(state_of 8)"
head -c 700 "$(state_of 9)" >"$TMP/short" && cp "$TMP/short" "$(state_of 9)"
sed -i 's/"ID":"/"ID":"f/' "$(state_of 10)"
is "there is a link, a loop, a FIFO, a device and more" "$(find "$ROOT/containers" \( -type l -o -type p -o -type c \) | wc -l)" 5
before=$(find "$ROOT" "$outside" -printf '%p %i %s %T@ %C@\n' | sort)
list "wrong files"
is "none of the wrong files names anybody" "$(told bad)" 0
is "nothing there was written to" "$(find "$ROOT" "$outside" -printf '%p %i %s %T@ %C@\n' | sort)" "$before"

# Names that would do something to a terminal, a table, a label or JSON.
container 11 "$(printf 'quote"back\\slash')"
container 12 "$(printf 'two\nlines\ttab')"
container 13 "$(printf 'esc\033]0;x\007\033[2J')"
container 14 "$(printf 'right\342\200\256left\342\201\246')"
container 15 invalid
LC_ALL=C sed -i 's/invalid/in\xff\xc3(valid/' "$(state_of 15)"
list "odd names"
is "odd names are told, but for what is no UTF-8" "$(jq '[.namespaces[].owners[] | select(.kind == "docker")] | length' "$TMP/ls.json")" 5
in_lab "$BUILD/ctnet" ls --docker-root "$ROOT" >"$TMP/ls.txt"
is "and nothing of them reaches the terminal" "$(LC_ALL=C grep -cP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]' "$TMP/ls.txt")" 0

# Processes and cgroups that pretend.
container 20 ended
end_process "$bg" KILL
sleeper
imitator=$bg
wait_for 10 [ "$(netns_of "$imitator")" != "$(netns_of self)" ]
enter 20 "$imitator"
state 21 reused "$imitator"
list "those who pretend"
is "a process in the cgroup of a container that it is not, and with the process id of one that it is not, has no name" \
	"$(kinds_of "$imitator")" process
is "and the containers are nowhere" "$(told ended) $(told reused)" "0 0"

# A process that changes its namespace while it is read: told where it was, or nowhere.
for name in a b; do
	ip netns add "$LAB-$name"
	at_exit ip netns del "$LAB-$name"
done
start_in_lab "$TMP/mover.log" "$BUILD/tests/netns/mover" "/run/netns/$LAB-a" "/run/netns/$LAB-b"
mover=$bg
wait_for 10 grep -q ready "$TMP/mover.log"
enter 22 "$mover"
state 22 mover "$mover"
wrong=
for _ in {1..15}; do
	in_lab timeout 30 "$BUILD/ctnet" ls --json --docker-root "$ROOT" >"$TMP/ls.json" 2>"$TMP/ls.err" || wrong+=" exit $?"
	where=$(jq -c --arg a "$LAB-a" --arg b "$LAB-b" '[.namespaces[] | select(any(.owners[]; .name == "mover" and .kind == "docker"))
		| any(.owners[]; .name == $a or .name == $b)]' "$TMP/ls.json")
	[[ $where =~ ^\[(true)?\]$ ]] || wrong+=" $where"
done
is "a process that moves all the time is told where it was or nowhere" "$wrong" ""
end_process "$mover" KILL

# A user's own namespace.
if setpriv --reuid=65534 --regid=65534 --clear-groups unshare --user --net true 2>/dev/null; then
	start_in_lab /dev/null setpriv --reuid=65534 --regid=65534 --clear-groups unshare --user --net sleep 1000
	foreign=$bg
	wait_for 10 grep -q sleep "/proc/$foreign/comm"
	list "a user's namespace"
	is "it is a row, of a process" "$(kinds_of "$foreign")" process
	in_lab timeout 30 setpriv --bounding-set -sys_admin,-sys_ptrace --inh-caps -sys_admin,-sys_ptrace \
		"$BUILD/ctnet" ls --docker-root "$ROOT" >"$TMP/ls.txt" 2>"$TMP/ls.err"
	like "one who may not enter it is told something, or why not" "$?" '^[03]$'
else
	skip "a user's namespace" "users may not make one here"
fi

# A file that is replaced all the time, by whole ones and by wrong ones, while the agent looks.
swap() {
	local whole=$TMP/whole round
	describe 30 swapped "$1" >"$whole"
	for ((round = 0; round < 200; round++)); do
		case $((round % 4)) in
		0) cp "$whole" "$TMP/next" ;;
		1) head -c $((round * 7)) "$whole" >"$TMP/next" ;;
		2) ln -sf "$outside/config.v2.json" "$TMP/next" ;;
		3) describe 30 swapped 1 >"$TMP/next" ;;
		esac
		mv -f "$TMP/next" "$(state_of 30)"
	done
	cp "$whole" "$(state_of 30)"
}
container 30 swapped
swapped=$bg
agent_start --docker-root "$ROOT"
start_bg "$TMP/kept" "$BUILD/tests/netns/keeper" "$TEXTFILE_DIR" ctnet.prom ctnet_netns_info
keeper=$bg
wait_for 10 grep -q ready "$TMP/kept"
swap "$swapped"
back() { [ "$(metric "$TEXTFILE" ctnet_netns_info container_name=swapped "netns=$(netns_of "$swapped")")" = 1 ]; }
holds "a file that was replaced 200 times is told when it is whole" wait_for 20 back
end_process "$keeper"
is "and it was told nowhere else" "$(sed -nE 's/.*netns="([0-9]+)".*container_name="swapped".*/\1/p' "$TMP/kept" | sort -u)" "$(netns_of "$swapped")"
is "by no wrong file either" "$(grep -c 'container_name="bad"' "$TMP/kept")" 0
bad=$(metric "$TEXTFILE" ctnet_lost_total what=state_files)
like "what could not be read is counted" "$bad" '^[1-9]'
agent_stop TERM
is "the agent ends well" "$agent_status" 0
