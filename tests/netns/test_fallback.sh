#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel without kprobes: every place that shows births and deaths says that they are not exact.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
. "$(dirname "$0")/../lives.sh"

need_root
need_programs
lives_lab
agent_start --attach auto
[ "$(metric "$TEXTFILE" ctnet_lifecycle_source_info source=fallback)" = 1 ] || skip_all "this kernel has kprobes"
is "the textfile: the source is not up" "$(metric "$TEXTFILE" ctnet_source_up source=lifecycle)" 0
is "the textfile: HELP of both counters names the source" \
	"$(grep -cE '^# HELP ctnet_netns_(created|destroyed)_total .*ctnet_lifecycle_source_info' "$TEXTFILE")" 2
is "the textfile: no times, which only the kernel's clock can tell" "$(grep -c '^ctnet_netns_.*_seconds_' "$TEXTFILE")" 0
live ten 1 10 0 1000
lives_over
in_lab timeout 3 "$BUILD/ctnet" events --since-start >"$TMP/text"
in_lab timeout 3 "$BUILD/ctnet" events --since-start --json >"$TMP/json"
if [ "$(grep -c . "$TMP/text")" -ge 20 ]; then ok "the births were told"; else not_ok "the births were told" "$(cat "$TMP/text")"; fi
is "ctnet events: every line has its mark" "$(grep -c '^~' "$TMP/text")" "$(grep -c . "$TMP/text")"
is "ctnet events --json: every one is not exact" "$(jq -r '.exact' "$TMP/json" | sort -u)" false
like "ctnet-top -b: the header, and the counts as what they are at least" \
	"$(in_lab "$BUILD/ctnet-top" -b -n 1 2>/dev/null | tr '\n' ' ')" 'lifecycle fallback.* born >=[0-9]+  died >=[0-9]+ '
is "ctnet-top --json" "$(in_lab "$BUILD/ctnet-top" -b -n 1 --json 2>/dev/null | jq -c '[.sources.lifecycle, .lifecycle.exact]')" '["fallback",false]'
agent_stop TERM
like "ctnet events without an agent says so first" \
	"$(in_lab timeout 2 "$BUILD/ctnet" events 2>&1 >/dev/null)" 'late and incomplete'
