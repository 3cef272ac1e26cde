#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Who asks the kernel for the processes, and who goes through /proc: what is told of a namespace is the same.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
start_bg /dev/null nsenter --net="/run/netns/$LAB" unshare --net sleep 1000
sleeper=$bg
outside() { [ "$(stat -L -c %i "/proc/$sleeper/ns/net")" != "$(stat -L -c %i "/run/netns/$LAB")" ]; }
sleeping() { outside && [ "$(cat "/proc/$sleeper/comm")" = sleep ]; }
wait_for 10 sleeping || not_ok "the process has a namespace of its own"

# told COMMAND...: how the processes were found, and who is in that of ours.
told() {
	"$@" --json 2>"$TMP/err" | jq -c --arg pid "$sleeper" \
		'[.sources.processes] + [.namespaces[].owners[0] | select(.pid == ($pid | tonumber)) | .kind, .name]'
}
top=("$BUILD/ctnet-top" -b -n 1)

is "who attaches asks the kernel" "$(told in_lab "${top[@]}")" '["iterator","process","sleep"]'
is "who attaches nothing loads nothing" "$(told in_lab "$BUILD/ctnet" ls)" '["proc","process","sleep"]'

inner=$(in_lab unshare --pid --fork --mount-proc "${top[@]}" --json 2>/dev/null)
is "in another pid namespace /proc is gone through" "$(jq -r .sources.processes <<<"$inner")" proc
is "and that is no failure" "$(jq -r .source_details.processes.up <<<"$inner")" true
like "and it says why" "$(jq -r .source_details.processes.detail <<<"$inner")" 'first pid namespace'

agent_start --attach auto
is "the agent's metrics have the source" "$(metric "$TEXTFILE" ctnet_source_up source=processes)" 1
like "and the memory of its map, by the name that bpftool shows" "$(metric "$TEXTFILE" ctnet_map_bytes map=tasks_bp.rodata)" '^[1-9]'
agent_stop TERM
