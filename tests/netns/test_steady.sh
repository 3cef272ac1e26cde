#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Blocks of short lives: after one of them the agent holds as much as before it. Then the same, fewer, with the agent built with
# ASan: what it leaves behind at its end is told.
# Alone: what the agent holds follows all namespaces of the machine.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/../lives.sh"

need_root
need_programs
block=${CTNET_BLOCK:-120}
lives_lab

# What the agent itself took: dirty private pages, without those of the mapped counters, which are as many as interfaces there were at
# once, and touched one after the other.
heap_kb() {
	awk '/^[0-9a-f]+-[0-9a-f]+ / { counters = /bpf-map/ } /^Private_Dirty:/ && !counters { sum += $2 } END { print sum }' \
		"/proc/$agent/smaps"
}
# descriptors of each kind, and the mappings of BPF maps
things() {
	local fd
	for fd in "/proc/$agent/fd/"*; do readlink "$fd" | sed 's/:\[.*//'; done | sort | uniq -c | xargs
	grep -c bpf-map "/proc/$agent/maps"
}

first=1
block() {
	live "block$first" "$first" "$block" 50 200
	first=$((first + block))
	lives_over
	agent_next
}

agent_start --interval 500ms
# more at once than any block has (a bridge takes 1,023 ports), and more events than are kept: the heap has its height from here on
live warm 30001 $((block < 500 ? 2 * block : 1000)) 1000 5000
lives_over
block
before=$(things)
# 128 bytes that stay for each life would be too much; 64 kB is what the same content may lie differently. What piles up on a busy machine may
# still raise the heap once or twice; what is never freed raises it with every block.
for ((round = 0; round < 4; round++)); do
	heap=$(heap_kb)
	block
	now=$(heap_kb)
	[ "$now" -gt $((heap + block * 128 / 1024 + 64)) ] || break
done
is "a block of $block lives more: descriptors, BPF objects and mapped counters as before" "$(things)" "$before"
echo "# measured: before and after the last $block of $((first - 1)) lives: $heap and $now kB of its own;" "$before"
if [ "$round" -lt 4 ]; then ok "and no more memory"; else not_ok "and no more memory" "$heap kB, then $now kB"; fi
agent_stop TERM
is "the agent ends well" "$agent_status" 0

# A leak of any kind ends the process with 23 and is told on stderr.
[ -x "$BUILD/asan/ctnetd" ] || { skip "with ASan" "no $BUILD/asan/ctnetd here"; exit 0; }
rm -f "$TEXTFILE"
export ASAN_OPTIONS=exitcode=23:detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1
start_in_lab "$TMP/asan.err" "$BUILD/asan/ctnetd" --textfile-dir "$TEXTFILE_DIR" --interval 500ms
agent=$bg
wait_for 60 agent_wrote_or_ended
start_in_lab "$TMP/events" "$BUILD/ctnet" events --json
live asan 60001 40 50 200
live asan_fast 61001 20 0 0
lives_over
agent_stop TERM
is "with ASan: no error, and nothing left at the end" "$agent_status $(grep -E 'ERROR|SUMMARY|runtime error' "$TMP/asan.err")" "0 "
holds "with ASan: it told of the lives meanwhile" grep -q '"registered"' "$TMP/events"
