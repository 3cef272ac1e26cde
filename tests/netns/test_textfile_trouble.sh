#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The textfile when the world is unkind: no partial file for anybody, no crash, and all is well again without help.
# What a full disk and a vanished directory do is in test_agent.sh, what a storm of SIGHUP does in test_config.sh.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24
traffic() { in_guest a ping -q -c 5 -i 0.01 10.9.0.2 >/dev/null; }

# An interval that no tick keeps, and a reader that reads as fast as it can.
agent_start --interval 1ms
like "10,000 reads and more beside 50 writes never see a partial file" \
	"$(timeout 60 "$BUILD/tests/netns/reader" "$TEXTFILE" 10000 50 '# HELP ctnet_' 'ctnet_build_info{' 2>&1)" '^[0-9]{5,} reads, [0-9]+ versions$'
traffic
settle
as_the_kernel "an interval shorter than a tick counts all the same" "$LAB-a" eth0 va

in_lab timeout 20 "$BUILD/ctnetd" --textfile-dir "$TEXTFILE_DIR" >"$TMP/second" 2>&1
is "a second agent says so and leaves: exit code" $? 1
like "a second agent says so and leaves: words" "$(cat "$TMP/second")" 'another ctnetd is running in this network namespace; stop it first'
holds "the first goes on" agent_next
agent_stop TERM
is "an agent that never rests ends well, with its file" "$agent_status $(find "$TEXTFILE_DIR" -type f)" "0 "

# Two that begin at the same moment.
mkdir "$TMP/one" "$TMP/two"
start_in_lab "$TMP/one.err" "$BUILD/ctnetd" --interval 200ms --textfile-dir "$TMP/one"
one=$bg
start_in_lab "$TMP/two.err" "$BUILD/ctnetd" --interval 200ms --textfile-dir "$TMP/two"
two=$bg
one_left() { [ "$(kill -0 "$one" 2>/dev/null && echo x)$(kill -0 "$two" 2>/dev/null && echo x)" = x ]; }
holds "of two started at once one stays" wait_for 20 one_left
if kill -0 "$one" 2>/dev/null; then left=two stays=one agent=$one; else left=one stays=two agent=$two; fi
like "the other says why" "$(cat "$TMP/$left.err")" 'another ctnetd is running'
holds "the one that stays writes" wait_for 20 test -s "$TMP/$stays/ctnet.prom"
is "the other wrote nothing" "$(find "$TMP/$left" -type f)" ""
agent_stop TERM

# A file system that becomes read-only and writable again.
mount -t tmpfs -o size=1m tmpfs "$TEXTFILE_DIR" && at_exit umount "$TEXTFILE_DIR"
agent_start
mount -o remount,ro "$TEXTFILE_DIR"
refused() { grep -q 'Read-only file system; counting goes on' "$TMP/agent.err"; }
holds "a read-only remount is said" wait_for 20 refused
before=$(cat "$TEXTFILE")
traffic
is "the file of before stands" "$(cat "$TEXTFILE")" "$before"
mount -o remount,rw "$TEXTFILE_DIR"
settle
as_the_kernel "writable again, what was counted meanwhile is told" "$LAB-a" eth0 va
is "it was said once, and that it works again" \
	"$(grep -c 'Read-only' "$TMP/agent.err") $(grep -c 'writing the textfile works again' "$TMP/agent.err")" "1 1"
agent_stop TERM

# The clock of the wall: CLOCK_REALTIME has no namespace (time_namespaces(7)), so the agent is told another time.
library=$(find /usr/lib -name libfaketime.so.1 2>/dev/null | head -n 1)
[ -n "$library" ] || skip_all "the clock is stepped: libfaketime is not installed"
step() { printf '%+d\n' "$1" >"$TMP/clock.new" && mv "$TMP/clock.new" "$TMP/clock"; }
# is_at SECONDS: the last collection was at most a minute from that far away
is_at() {
	local at
	at=$(collected)
	at=$((${at%.*} - $(date +%s) - $1))
	[ "$at" -gt -60 ] && [ "$at" -lt 60 ]
}
step 0
export LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$TMP/clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
start_in_lab "$TMP/agent.err" "$BUILD/ctnetd" --textfile-dir "$TEXTFILE_DIR" --interval 200ms
unset LD_PRELOAD FAKETIME_TIMESTAMP_FILE FAKETIME_NO_CACHE FAKETIME_DONT_FAKE_MONOTONIC
agent=$bg
wait_for 20 agent_wrote_or_ended
for seconds in 86400 -86400 0; do
	step "$seconds"
	holds "the clock stepped to $seconds s: collections go on, with the new time" wait_for 20 is_at "$seconds"
done
traffic
settle
as_the_kernel "counters do not care for the clock" "$LAB-a" eth0 va
agent_stop TERM
is "and it ends well" "$agent_status $(find "$TEXTFILE_DIR" -type f)" "0 "
