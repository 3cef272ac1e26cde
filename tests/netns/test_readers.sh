#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Readers of `ctnet events` that end early, or do not read: the agent goes on, the others get everything, what is lost is told.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge first
agent_start --interval 200ms

reader() { # reader OUT [OPTION...]: started, and let in
	local out=$1
	shift
	# shellcheck disable=SC2016 # the inner shell's
	start_in_lab "$out.err" bash -c 'exec "$0" events --json "${@:2}" >"$1"' "$BUILD/ctnet" "$out" "$@"
	wait_for 10 grep -q "ctnet" "/proc/$bg/comm"
}
# mark NAME: an event that every reader can wait for.
mark() { in_lab ip link add "$1" type bridge; }
marked() { grep -q "\"$2\"" "$1"; }
# sure FILE: marks until the reader has seen one, so that it is known to be let in.
sure() {
	local i
	for ((i = 0; i < 50; i++)); do
		mark "s$i$RANDOM"
		wait_for 1 test -s "$1" && return
	done
	not_ok "the reader of $1 is let in"
}
# renames COUNT: so many events, in pieces that the kernel's queue can hold.
renames() {
	local left=$1 i
	while [ "$left" -gt 0 ]; do
		for ((i = 0; i < 200; i++)); do echo "link set first name second"; echo "link set second name first"; done |
			in_lab ip -batch - || not_ok "renames"
		left=$((left - 400))
		agent_next
	done
}
heap_kb() {
	awk '/^[0-9a-f]+-[0-9a-f]+ / { counters = /bpf-map/ } /^Private_Dirty:/ && !counters { sum += $2 } END { print sum }' \
		"/proc/$agent/smaps"
}
lines() { grep -c '"event"' "$1"; }

# shellcheck disable=SC2016 # the inner shell's
in_lab bash -o pipefail -c '"$0" events --since-start 2>&1 | head -1' "$BUILD/ctnet" >"$TMP/one" &
one=$!
one_is_over() { ! kill -0 "$one"; }
for ((i = 0; i < 20; i++)); do
	mark "h$i"
	wait_for 1 one_is_over && break
done
wait "$one"
is "ctnet events | head -1: one line, and a good end" "$? $(wc -l <"$TMP/one")" "0 1"
holds "the agent goes on" kill -0 "$agent"

# Two of them from the same event on.
reader "$TMP/slow"
slow=$bg
reader "$TMP/fast"
sure "$TMP/slow"
sure "$TMP/fast"
mark both
wait_for 20 marked "$TMP/slow" both
wait_for 20 marked "$TMP/fast" both
renames 1200 # more than is kept for later readers
before=$(heap_kb)
wait_for 20 marked "$TMP/slow" second
kill -STOP "$slow"
renames "${CTNET_RENAMES:-8000}"
after=$(heap_kb)
mark halted
holds "another reader gets all of it at once" wait_for 30 marked "$TMP/fast" halted
# one reader may lag by 512 kB; a buffer grows by doubling, and has its old half while it does
if [ $((after - before)) -le 1600 ]; then
	ok "the agent's memory is bounded while a reader is halted"
else
	not_ok "the agent's memory is bounded while a reader is halted" "$before kB, then $after kB"
fi
kill -CONT "$slow"
told_lost() { grep -q '"lost"' "$TMP/slow.err"; }
holds "it is told what it lost" wait_for 30 told_lost
mark atlast
holds "and gets what comes then" wait_for 30 marked "$TMP/slow" atlast
wait_for 20 marked "$TMP/fast" atlast
lost=$(grep -oE '"lost": [0-9]+' "$TMP/slow.err" | awk '{ sum += $2 } END { print sum + 0 }')
from_both() { sed -n '/"both"/,/"atlast"/p' "$1" | grep -c '"event"'; }
is "what it got and what it lost are all there was" "$(($(from_both "$TMP/slow") + lost))" "$(from_both "$TMP/fast")"
agent_next
is "and the agent counts it" "$(metric "$TEXTFILE" ctnet_lost_total what=event_lines)" "$lost"
echo "# measured: $(from_both "$TMP/fast") events, $lost lost by a halted reader; agent $before kB, then $after kB"

reader "$TMP/recent" --since-start
wait_for 20 marked "$TMP/recent" atlast
# up to the last one of ours: what others on this machine do may have come since
kept=$(sed '/"atlast"/q' "$TMP/recent" | wc -l)
like "what is kept for later readers is bounded: $kept lines of 1024" "$((kept > 512 && kept <= 1024))" 1
agent_stop TERM
is "the agent ends well" "$agent_status" 0
