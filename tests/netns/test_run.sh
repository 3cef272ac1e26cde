#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# tools/run, as `make run` calls it: with containers here and without, with a terminal and without, and that it leaves nothing.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
export TMPDIR=$TMP
exporter_dir=/var/lib/prometheus/node-exporter

# What the run of that process id may leave: namespaces of its lab, scratch directories, processes of ours in the lab, filters.
leftovers() {
	ip netns list | grep -E "^(ctnet-demo|web|db|cache)-${1:?the run has a number}( |\$)"
	find "$TMP" -maxdepth 1 -name 'ctnet-run.*'
	in_lab ip netns pids "$LAB" 2>/dev/null | while read -r pid; do
		grep -aE 'ctnetd|ctnet-top' "/proc/$pid/cmdline" 2>/dev/null | tr '\0' ' '
	done
	our_filters
}

# Without containers here, without a terminal: a lab is built, one screen printed, the lab removed.
in_lab "$TOP/tools/run" "$BUILD" >"$TMP/screen" 2>"$TMP/talk" </dev/null
is "without a terminal it ends well" "$?" 0
run=$(sed -nE 's/.*ctnet-demo-([0-9]+).*/\1/p' "$TMP/talk" | head -n 1)
for guest in web db cache; do
	like "the screen shows the lab's $guest" "$(cat "$TMP/screen")" "$guest-$run"
done
like "the head of the textfile follows" "$(cat "$TMP/screen")" "# HELP ctnet_"
like "it says that it builds a lab" "$(cat "$TMP/talk")" 'building a lab of three'
like "it says where the textfile is" "$(cat "$TMP/talk")" "textfile is $TMP/ctnet-run\..*/ctnet\.prom"
is "it leaves nothing" "$(leftovers "$run")" ""

# Ended from outside, in the middle.
start_in_lab "$TMP/talk" script -qec "'$TOP/tools/run' '$BUILD'" /dev/null
script=$bg
agent_runs() { grep -q 'agent runs' "$TMP/talk"; }
holds "with a terminal the agent runs" wait_for 30 agent_runs
run=$(pgrep -P "$script" -f tools/run | head -n 1)
kill -TERM "$run"
wait "$script" 2>/dev/null
nothing_left() { [ -z "$(leftovers "$run")" ]; }
holds "SIGTERM leaves nothing" wait_for 20 nothing_left

# In a terminal: the live screen, ended with q.
if command -v tmux >/dev/null; then
	terminal() { tmux -L "$LAB" "$@"; }
	at_exit terminal kill-server
	shows() { terminal capture-pane -p | grep -q -- "$1"; }
	ended() { ! terminal has-session; }
	for key in q C-c; do
		terminal -f /dev/null new-session -d -x 100 -y 30 "nsenter --net=/run/netns/$LAB '$TOP/tools/run' '$BUILD' 2>'$TMP/talk'"
		holds "$key: in a terminal the live screen shows the lab" wait_for 30 shows 'web-[0-9][0-9]*'
		run=$(terminal capture-pane -p | sed -nE 's/.*[ ~]web-([0-9]+).*/\1/p' | head -n 1)
		terminal send-keys "$key"
		holds "$key ends it" wait_for 20 ended
		holds "$key leaves nothing" wait_for 20 nothing_left
	done
else
	skip "in a terminal the live screen shows the lab" "needs tmux"
fi

# With a container here there is no lab. The directory of this machine's node_exporter is hidden behind an empty one.
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24
cat >"$TMP/hidden" <<-END
	[ ! -d "$exporter_dir" ] || mount -t tmpfs tmpfs "$exporter_dir" || exit
	exec "$TOP/tools/run" "$BUILD"
END
in_lab unshare -m bash "$TMP/hidden" >"$TMP/screen" 2>"$TMP/talk" </dev/null
is "with a container here it ends well" "$?" 0
like "the screen shows the container" "$(cat "$TMP/screen")" "$LAB-a"
is "no lab is built" "$(grep -c 'building a lab' "$TMP/talk")" 0
[ ! -d "$exporter_dir" ] || like "node_exporter's directory is taken" "$(cat "$TMP/talk")" "textfile is $exporter_dir/ctnet\.prom"
is "it leaves nothing then either" "$(leftovers 0)" ""

# Not root.
cp "$TOP/tools/run" "$TMP/run"
in_lab setpriv --reuid=65534 --regid=65534 --clear-groups bash "$TMP/run" "$BUILD" >"$TMP/out" 2>"$TMP/err"
is "not root: exit code" "$?" 3
is "not root: one line" "$(wc -l <"$TMP/err")" 1
like "not root: the remedy" "$(cat "$TMP/err")" 'sudo make run'
