#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The agent as an ordinary user with the capabilities that README.md lists, and with each one left out: refused with what is missing, or it
# says so and goes on. Once running it has given up the rest, and hot plug, reload and stop work.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24

# A second way from a to c, counted inside a; and a process of another user with a namespace that has no name, wired alike.
ip netns add "$LAB-c" && at_exit ip netns del "$LAB-c"
ip -n "$LAB-a" link add eth1 type veth peer name eth1 netns "$LAB-c"
ip -n "$LAB-a" link set eth1 up
ip -n "$LAB-c" link set eth1 up
start_bg "$TMP/other.log" unshare --net setpriv --reuid 65533 --clear-groups sleep 1000
other=$bg
is_apart() { [ "$(cat "/proc/$other/comm")" = sleep ]; }
wait_for 10 is_apart
in_lab ip link add vo type veth peer name eth0 netns "$other"
in_lab ip link set vo up
nsenter --net="/proc/$other/ns/net" ip link add eth1 type veth peer name other netns "$LAB-c"
nsenter --net="/proc/$other/ns/net" ip link set eth1 up

seven="bpf perfmon net_admin sys_admin sys_ptrace dac_read_search net_broadcast"
cp "$BUILD/ctnetd" "$TMP/" # everybody may read the build directory here?
chown 65534 "$TEXTFILE_DIR"

# with SET...: the beginning of a command that runs as an ordinary user with these capabilities alone.
with() {
	local set=-all name
	for name; do set+=,+$name; done
	limited=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps="$set" --ambient-caps="$set" --bounding-set="$set")
}
without() {
	local kept=() name
	for name in $seven; do [[ " $* " == *" $name "* ]] || kept+=("$name"); done
	with "${kept[@]}"
}
# starts [OPTION...]: as agent_start, by "${limited[@]}".
starts() {
	rm -f "$TEXTFILE"
	start_in_lab "$TMP/agent.err" "${limited[@]}" "$TMP/ctnetd" --textfile-dir "$TEXTFILE_DIR" --bpffs none --interval 200ms \
		--config "$TMP/conf" "$@"
	agent=$bg
	wait_for 20 is_running_or_ended
	grep -q ': running, ' "$TMP/agent.err"
}
is_running_or_ended() { grep -q ': running, ' "$TMP/agent.err" || ! kill -0 "$agent"; }
says() { sed -n 's/^ctnetd: without \(.*\)/\1/p' "$TMP/agent.err"; }
status_of() { awk -v name="$1:" '$1 == name { print $2 }' "/proc/$agent/status"; }
rights() { echo "$(status_of CapPrm) $(status_of CapEff) $(status_of NoNewPrivs) $(status_of Seccomp)"; }
series() { metric "$TEXTFILE" "$@" | wc -l; }
told_inside() { [ "$(series ctnet_transmit_segments_total "owner=$LAB-a" interface=eth1)" = 1 ]; } # totals are asked of the kernel
told_outside() { [ "$(series ctnet_transmit_packets_total "owner=$LAB-a" interface=eth0)" = 1 ]; }
told_other() { [ "$(series ctnet_transmit_segments_total "netns=$(stat -Lc %i "/proc/$other/ns/net")" interface=eth1)" = 1 ]; }
told() { "told_$1" && echo yes; }
stops() {
	agent_stop TERM
	is "$1: it ends well and takes all away" "$agent_status $(ls "$TEXTFILE" 2>/dev/null)$(our_filters)" "0 "
}

# works NAME: what an agent does later in its life.
works() {
	local guest=$1
	lab_guest "$1" "v$1" lab0 10.9.0.9/24
	is_told() { [ "$(series ctnet_transmit_packets_total "owner=$LAB-$guest" interface=eth0)" = 1 ]; }
	holds "$1: a namespace that comes later is counted" wait_for 20 is_told
	ip -n "$LAB-$1" link add eth1 type veth peer name "$1" netns "$LAB-c"
	ip -n "$LAB-$1" link set eth1 up
	is_inside() { [ "$(series ctnet_transmit_segments_total "owner=$LAB-$guest" interface=eth1)" = 1 ]; }
	holds "$1: and its interface without a host end" wait_for 20 is_inside
	printf 'exclude = name=%s\nlisten = unix:%s\n' "$LAB-$1" "$TEXTFILE_DIR/sock" >"$TMP/conf"
	kill -HUP "$agent"
	is_reloaded() { grep -q 'settings read again, 2 changed' "$TMP/agent.err" && ! is_told; }
	holds "$1: SIGHUP" wait_for 20 is_reloaded
	is "$1: it serves where it says now" "$(curl -s --unix-socket "$TEXTFILE_DIR/sock" http://ctnet/-/healthy)" collecting
	: >"$TMP/conf"
	kill -HUP "$agent"
	holds "$1: and as it was" wait_for 20 is_told
	stops "$1"
}

: >"$TMP/conf"
# shellcheck disable=SC2086 # a list
with $seven
starts
is "seven capabilities are enough" $? 0
is "all is said to be there" "$(says)" ""
is "it keeps them, gives up what execve could give, and filters its calls" "$(rights)" "000000c000281804 000000c000281804 1 2"
for what in outside inside other; do holds "with all: $what" wait_for 20 told_$what; done
works user

limited=()
starts
is "root starts it" $? 0
is "it has no more than the seven, and CAP_DAC_OVERRIDE to write to another's directory" "$(rights)" "000000c000281806 000000c000281806 1 2"
is "nor can it get more" "$(status_of CapBnd)" 000000c000281806
works root
chown 0 "$TEXTFILE_DIR"
starts
is "without that in a directory of its own" "$(rights)" "000000c000281804 000000c000281804 1 2"
holds "and goes on writing" agent_next
stops own
chown 65534 "$TEXTFILE_DIR"

for name in bpf perfmon; do
	without $name
	starts
	is "without $name it starts where CAP_SYS_ADMIN holds it as well" $? 0
	is "and misses nothing" "$(says)$(wait_for 20 told_inside || echo less)" ""
	stops "without $name"
done

# lacks NAME WHAT LESS MORE: it goes on, says so, and LESS is not told while MORE is.
lacks() {
	without "$1"
	starts
	is "without $1 it starts" $? 0
	like "without $1 it says what is missing" "$(says)" "^CAP_${1^^}: $2"
	holds "without $1: $4 is told" wait_for 20 "told_$4"
	agent_next
	is "without $1: $3 is not" "$(told "$3")" ""
	stops "without $1"
}
told_host_end() { [ "$(series ctnet_transmit_packets_total "owner=$LAB-a" interface=va)" = 1 ]; }
lacks net_admin "interfaces inside other namespaces are not told" outside host_end
lacks sys_admin "interfaces without a host end have totals only" inside outside
lacks sys_ptrace "namespaces of other users' processes are not entered" other outside

mkdir -p "$TMP/state/containers" && chmod 0700 "$TMP/state"
lacks_state() { [ "$(metric "$TEXTFILE" ctnet_source_up source=docker)" = 0 ]; }
without dac_read_search
starts --engine-root "docker=$TMP/state"
is "without dac_read_search it starts" $? 0
like "without dac_read_search it says what is missing" "$(says)" '^CAP_DAC_READ_SEARCH: what only root can read is not read'
holds "without dac_read_search an engine's state is not read, and that is told" wait_for 20 lacks_state
stops "without dac_read_search"

# refused NAME... : it does not start.
refused() {
	without "$@"
	in_lab timeout 20 "${limited[@]}" "$TMP/ctnetd" --textfile-dir "$TEXTFILE_DIR" --bpffs none >"$TMP/out" 2>&1
	is "without $*: not permitted" "$?$(our_filters)" 3
	like "without $*: it says which" "$(cat "$TMP/out")" "^ctnetd: [^"$'\n'"]*CAP_${1^^}[^"$'\n'"]*$"
}
refused net_broadcast
refused bpf sys_admin
refused perfmon sys_admin
refused net_admin sys_admin
