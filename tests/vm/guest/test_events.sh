#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# ctnet events where the kernel has kprobes: each thing that is done is told once, in order, as it was done. The authorities are what
# was done, and ip and stat of the kernel.
. "$(dirname "$0")/../../lib.sh"
. "$(dirname "$0")/../../agent.sh"
need_root
need_programs

lab_make
lab_bridge lab0
lab=$(stat -L -c %i "/run/netns/$LAB")
index_of() { ip -n "$1" -j link show dev "$2" | jq '.[0].ifindex'; }
bridge=$(index_of "$LAB" lab0)
cgroup=/sys/fs/cgroup/$LAB
mkdir "$cgroup" || exit 1
at_exit rmdir "$cgroup"

# as_creator COMMAND...: in a cgroup of its own; its process id in $TMP/creator, as that of the program it becomes.
as_creator() { bash -c 'echo $$ >"$0/cgroup.procs" && echo $$ >"$1" && shift && exec "$@"' "$cgroup" "$TMP/creator" "$@"; }

# live NAME [BORN]: the whole life of a namespace with a veth on the bridge; what has to be told of it into $TMP/wanted, one line each:
# event, netns, interface, index, name and index of the other one, namespace it came from. BORN is run after its birth.
live() {
	local ns=$1 born=${2:-true} inode host moved
	: >"$TMP/wanted"
	wanted() { echo "$*" >>"$TMP/wanted"; }
	as_creator ip netns add "$ns"
	inode=$(stat -L -c %i "/run/netns/$ns")
	wanted "created $inode"
	$born "$ns"
	in_lab ip link add vhost type veth peer name vinner
	host=$(index_of "$LAB" vhost) moved=$(index_of "$LAB" vinner)
	ip -n "$ns" link add taken index "$moved" type dummy
	wanted "registered $lab vinner $moved"
	wanted "registered $lab vhost $host"
	wanted "registered $inode taken $moved"
	in_lab ip link set vinner netns "$ns" name eth0
	inner=$(index_of "$ns" eth0) # another one: its own was taken
	wanted "moved $inode vinner $inner vinner $moved $lab"
	wanted "renamed $inode eth0 $inner vinner"
	in_lab ip link set vhost master lab0
	wanted "joined $lab vhost $host lab0 $bridge"
	ip -n "$ns" link set eth0 name net0
	wanted "renamed $inode net0 $inner eth0"
	in_lab ip link set vhost nomaster
	wanted "left $lab vhost $host lab0 $bridge"
	in_lab ip link del vhost
	wanted "unregistered $lab vhost $host"
	wanted "unregistered $inode net0 $inner"
	ip netns del "$ns"
	wanted "dying $inode"
	wanted "unregistered $inode taken $moved" # the worker takes what is left
	wanted "destroyed $inode"
	echo "$inode" >"$TMP/inode"
}

# told FILE: the same of what a reader got, without the interface "marker".
told() {
	jq -r 'select(.interface != "marker") | [.event, .netns, .interface // empty, .index // empty, .other_name // empty,
		.other_index // empty, .from_netns // empty] | map(tostring) | join(" ")' "$1" 2>/dev/null
}
has_told() { [ "$(told "$1" | wc -l)" -ge "$(wc -l <"$2")" ]; }
ended() { ! kill -0 "$1"; }
of() { jq -c "select($1) | $2" "$TMP/told"; } # of CONDITION WHAT

# marker: something that happens, so that there is something to tell.
marker() { in_lab ip link add marker type dummy && in_lab ip link del marker; }
marked() { marker && [ -s "$1" ]; }
marker # the module comes with an interface of its own
begin=$(date +%s)

# ---- with an agent

agent_start --attach auto
is "the source is the kernel's probes" "$(metric "$TEXTFILE" ctnet_lifecycle_source_info source=kprobe)" 1
start_in_lab "$TMP/told" "$BUILD/ctnet" events --json --since-start
reader=$bg
knows() { [ -n "$(metric "$TEXTFILE" ctnet_netns_info "owner=$1")" ]; }
known() { wait_for 20 knows "$1" || not_ok "the agent knows the owner of $1"; }
live "$LAB-x" known
wait_for 30 has_told "$TMP/told" "$TMP/wanted"
is "everything is told once and in order, the numbers as ip and stat have them" "$(told "$TMP/told")" "$(cat "$TMP/wanted")"
is "every kind of event is among it" "$(of true .event | sort -u | wc -l)" 9
is "all of it is exact" "$(of '.exact | not' .event)" ""
is "created: by whom" "$(of '.event == "created"' '[.pid, .comm, .cgroup]')" "[$(cat "$TMP/creator"),\"ip\",$(stat -c %i "$cgroup")]"
is "a namespace has one cookie and one birth" "$(of ".netns == $(cat "$TMP/inode")" '[.cookie, .birth_ns]' | sort -u | wc -l)" 1
is "another one has another" "$(of '.cookie' .cookie | sort -u | wc -l)" 2
is "its birth is the time of its creation" "$(of '.event == "created"' '.birth_ns == .boot_ns and .duration_ns > 0')" true
is "its death and its end tell how long it took" \
	"$(jq -cs 'map({ (.event): . }) | add | [.dying.duration_ns == .dying.boot_ns - .created.boot_ns,
		.destroyed.duration_ns == .destroyed.boot_ns - .dying.boot_ns]' "$TMP/told")" "[true,true]"
is "the kernel's times do not go back" "$(jq -cs 'map(.boot_ns) | . == sort' "$TMP/told")" true
is "the wall clock is this machine's" \
	"$(jq -cs --argjson from "$begin" --argjson to "$(date +%s)" 'map(.time >= $from - 1 and .time <= $to + 2) | all' "$TMP/told")" true
is "the owner's name is told of all that happened since it was known" \
	"$(of ".netns == $(cat "$TMP/inode")" '[.event, .owner]' | sort -u)" \
	"$(printf '["%s","%s"]\n' destroyed "$LAB-x" dying "$LAB-x" moved "$LAB-x" registered "$LAB-x" renamed "$LAB-x" unregistered "$LAB-x" |
		sort - <(echo '["created",null]') | sort -u)"

# The same again for who comes late, as text, and by name.
recent() {
	local log=$1 wanted=$2
	shift 2
	start_in_lab "$log" "$BUILD/ctnet" events --since-start "$@"
	wait_for 20 lines_in "$log" "$wanted"
	end_process "$bg" INT
	is "ctnet events --since-start $*: it ends well on Ctrl-C" "$?" 0
}
lines_in() { [ "$(wc -l <"$1")" -ge "$2" ]; }
count=$(wc -l <"$TMP/wanted")
recent "$TMP/late" "$count" --json
is "a reader that comes later gets the same" "$(cat "$TMP/late")" "$(cat "$TMP/told")"
recent "$TMP/text" "$count"
is "as text it is as many lines, none with ~" "$(wc -l <"$TMP/text") $(grep -c '^~' "$TMP/text")" "$count 0"
like "a line says when, what, whose, and how" "$(grep renamed "$TMP/text" | tail -n 1)" \
	"^ [0-9:.]{12}  renamed +$(cat "$TMP/inode")  $LAB-x  net0 \([0-9]+\) was eth0  by ip \(pid [0-9]+\)$"
for name in "$LAB-x" "$(cat "$TMP/inode")" vhost lab0 "$(cat "$TMP/creator")"; do
	jq -c --arg name "$name" 'select([.owner, .interface, .other_name, .comm, (.netns, .from_netns, .pid | tostring)] | index($name))' \
		"$TMP/told" >"$TMP/of_name"
	recent "$TMP/named" "$(wc -l <"$TMP/of_name")" --json "$name"
	is "events of $name alone" "$(cat "$TMP/named")" "$(cat "$TMP/of_name")"
done

# ---- readers that do no harm

in_lab bash -c "'$BUILD/ctnet' events --json --since-start | head -n 1; echo \"\${PIPESTATUS[0]}\"" >"$TMP/pipe" 2>"$TMP/pipe.err" &
pipe=$!
gone() { marker && ended "$pipe"; }
holds "a reader that has enough ends" wait_for 20 gone
is "without a word, with one line" "$(wc -l <"$TMP/pipe") $(tail -n 1 "$TMP/pipe") $(cat "$TMP/pipe.err")" "2 0 "

# One that never reads, while more happens than it may lag behind.
start_in_lab /dev/null "$BUILD/ctnet" events --json
sleeper=$bg
readers_are() { [ "$(in_lab ss -xH | grep -c '@ctnet-agent')" = "$1" ]; }
holds "a second reader is let in" wait_for 20 readers_are 2
kill -STOP "$sleeper"
in_lab ip link add flip type dummy
for ((i = 0; i < 2000; i++)); do
	printf 'link set dev flip name flop\nlink set dev flop name flip\n'
done >"$TMP/renames"
in_lab ip -batch "$TMP/renames" || not_ok "4000 renames"
all_renames() { [ "$(grep -cE '"event":"renamed".*"interface":"fl[io]p"' "$TMP/told")" = 4000 ]; }
holds "the other reader gets all 4000 events" wait_for 60 all_renames
lines_lost() { [ "$(metric "$TEXTFILE" ctnet_lost_total what=event_lines)" -gt 0 ]; }
holds "what the one that never reads did not get is counted" wait_for 20 lines_lost
kill -CONT "$sleeper"
end_process "$sleeper"
is "the kernel's events were all taken" "$(metric "$TEXTFILE" ctnet_lost_total what=lifecycle_events)" 0
holds "the agent goes on" agent_next

# ---- totals

for ((i = 0; i < 20; i++)); do
	unshare -n true
done
totals() { echo "$(metric "$TEXTFILE" ctnet_netns_created_total) $(metric "$TEXTFILE" ctnet_netns_destroyed_total)"; }
totals_are() { [ "$(totals)" = "$1" ]; }
wait_for 60 totals_are "21 21"
is "created and destroyed are what was done" "$(totals)" "21 21"
for histogram in setup teardown lifetime; do
	is "each is in the histogram of $histogram" "$(metric "$TEXTFILE" "ctnet_netns_${histogram}_seconds_count")" 21
done
end_process "$reader"
agent_stop TERM
is "the agent ends well" "$agent_status" 0

# ---- without an agent

in_lab "$BUILD/ctnet" events --since-start >"$TMP/out" 2>"$TMP/err"
is "--since-start without an agent: exit code" "$?" 1
like "it says why" "$(cat "$TMP/err")" '^ctnet: --since-start: no ctnetd runs'
start_in_lab "$TMP/told" "$BUILD/ctnet" events --json
reader=$bg
wait_for 30 marked "$TMP/told"
live "$LAB-y"
wait_for 30 has_told "$TMP/told" "$TMP/wanted"
is "without an agent the same is told" "$(told "$TMP/told")" "$(cat "$TMP/wanted")"
is "as exactly" "$(of '.exact | not' .event)" ""
end_process "$reader" INT
is "it ends well" "$?" 0
