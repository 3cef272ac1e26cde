#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Blocks of short lives: after the second one the agent holds as much as after the third. Then the same, fewer, with the agent built with
# ASan: what it leaves behind at its end is told.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/../lives.sh"

need_root
need_programs
block=${CTNET_BLOCK:-100}
blocks=${CTNET_BLOCKS:-3}
lives_lab

# Heap, stack and private mappings: what the agent itself took. Shared pages of libraries come and go with the machine's memory.
private_kb() { awk '/^Private_Dirty:/ { print $2 }' "/proc/$agent/smaps_rollup"; }
descriptors() { find "/proc/$agent/fd" -mindepth 1 | wc -l; }
# what the maps of the process span, in kB
mapped_kb() { awk '/^VmSize:/ { print $2 }' "/proc/$agent/status"; }
bpf_things() { # links, maps and programs that the agent has a descriptor of
	local fd
	for fd in "/proc/$agent/fd/"*; do readlink "$fd"; done | grep -oE 'bpf[-_](link|map|prog)' | sort | uniq -c | xargs
}

first=1
run_block() {
	live "block$first" "$first" "$block" 50 200
	first=$((first + block))
	lives_over
	agent_next
}

agent_start --interval 500ms
run_block
for ((i = 2; i < blocks; i++)); do run_block; done
before="$(descriptors) descriptors, $(bpf_things)"
before_kb=$(private_kb) before_mapped=$(mapped_kb)
run_block
# Each row of a snapshot is more than 100 bytes: one that stayed for each life, or one allocation of 128 bytes, would be seen in a block.
# What a heap of the same content may vary by is two times a page for each of its arenas and the threshold of a trim (128 kB).
bound=$((block * 128 / 1024 + 136))
after_kb=$(private_kb)
is "after a block more: descriptors and BPF objects as before" "$(descriptors) descriptors, $(bpf_things)" "$before"
echo "# measured: after $((blocks - 1)) and $blocks blocks of $block lives: private $before_kb and $after_kb kB," \
	"mapped $before_mapped and $(mapped_kb) kB, $before"
if [ $((after_kb - before_kb)) -le "$bound" ]; then
	ok "and not more memory"
else
	not_ok "and not more memory" "$before_kb kB, then $after_kb kB"
fi
agent_stop TERM
is "the agent ends well" "$agent_status" 0

# A leak of any kind ends the process with 23 and is told on stderr.
[ -x "$BUILD/asan/ctnetd" ] || { not_ok "$BUILD/asan/ctnetd is built"; exit 1; }
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
