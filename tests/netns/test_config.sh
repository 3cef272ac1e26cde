#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The configuration file: what is wrong in it is said with file and line and nothing is started; SIGHUP reads it again.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24

conf=$TMP/ctnetd.conf
ctnetd() { in_lab timeout 20 "$BUILD/ctnetd" --config "$conf" "$@" 2>"$TMP/err" </dev/null; }

# refuses NAME TEXT REGEX: one line that names the file and matches; exit code 2, no textfile, nothing attached.
refuses() {
	local status
	printf '%b' "$2" >"$conf"
	ctnetd --textfile-dir "$TEXTFILE_DIR" >"$TMP/out"
	status=$?
	like "$1: it says where and what" "$(cat "$TMP/err")" "^ctnetd: $conf:$3[^"$'\n'"]*$"
	is "$1: exit code 2, no textfile, nothing attached" "$status $(find "$TEXTFILE_DIR" -type f)$(our_filters)$(cat "$TMP/out")" "2 "
}
refuses "a wrong type" '# one\ninterval = often\n' '2: interval = often: .*(try 5s, 500ms)'
refuses "out of range" 'max-series = 0\n' '1: max-series = 0: not a number from 1 to 10000000'
refuses "an unknown name" '\n\ncolour = red\n' '3: colour: .*--print-config'
refuses "a duplicate" 'keep = yes\nkeep = no\n' '2: keep = no: .*line 1'
refuses "no setting at all" 'hello\n' '1: .*name = value'
refuses "bytes that are no text" 'interval = \033[31m\n' '1: has a control character'
rm -f "$conf"
is "a file that is not there: exit code and words" "$(ctnetd --once; echo $? "$(cat "$TMP/err")")" \
	"2 ctnetd: $conf: cannot be read: No such file or directory; mend it, or name another with --config"

printf 'textfile-dir = %s # here\ninterval = 200ms\n' "$TEXTFILE_DIR" >"$conf"
is "--check-config finds nothing wrong" "$(ctnetd --check-config; echo $?)" "$conf: 2 settings in force, all are right"$'\n'0
settings() { grep -v '^# ctnetd' | sed 's/  # .*//'; }
ctnetd --interval 9s --print-config >"$TMP/printed"
is "--print-config says what is in force and who gave it" "$(grep -E '^(interval|textfile-dir|keep) ' "$TMP/printed")" \
	"textfile-dir = $TEXTFILE_DIR  # $conf:1"$'\n'"interval = 9s  # command line"$'\n'"keep = no  # default"
cp "$TMP/printed" "$conf"
is "what it prints reads the same again" "$(ctnetd --print-config | settings)" "$(settings <"$TMP/printed")"
is "neither starts anything" "$(find "$TEXTFILE_DIR" -type f)$(our_filters)" ""

# ---- a running agent
mkdir -m 0755 "$TMP/other"
configure() { printf '%s\n' "interval = 200ms" "$@" >"$conf"; }
told() { grep -cF "$1" "$TMP/agent.err"; }
told_at_least() { [ "$(told "$2")" -ge "$1" ]; }
reload() {
	local before
	before=$(told settings)
	kill -HUP "$agent"
	wait_for 20 told_at_least $((before + 1)) settings || not_ok "a reload is answered" "$(cat "$TMP/agent.err")"
}

configure "textfile-dir = $TEXTFILE_DIR"
start_in_lab "$TMP/agent.err" "$BUILD/ctnetd" --config "$conf"
agent=$bg
holds "it runs by its file alone" wait_for 20 test -s "$TEXTFILE"

configure "textfile-dir = $TMP/other" "attach = clsact"
reload
holds "after SIGHUP the textfile is where the file says now" wait_for 20 test -s "$TMP/other/ctnet.prom"
is "and no more where it was" "$(find "$TEXTFILE_DIR" -type f)" ""
is "what cannot be changed is said" "$(told 'attach cannot be changed while ctnetd runs; start it anew')" 1

for bad in "interval = never" "textfile-dir = $TMP/nowhere"; do
	printf '%s\n' "$bad" >"$conf"
	before=$(wc -l <"$TMP/agent.err")
	reload
	is "a file that is no good ($bad) is refused with one message" "$(tail -n +$((before + 1)) "$TMP/agent.err" | grep -c 'the settings stay as they were$')" 1
done
TEXTFILE=$TMP/other/ctnet.prom
holds "and the agent goes on with the old settings" agent_next

# ---- include and exclude
lab_bridge lab1
lab_guest b vb lab1 10.9.1.1/24
lab_guest c vc lab0 10.9.0.3/24
told_of() { metric "$TEXTFILE" ctnet_transmit_packets_total "owner=$LAB-$1" | grep -c .; }
is_told() { [ "$(told_of "$1")" = 1 ]; }
excluded() { for what in interfaces netns bridges; do metric "$TEXTFILE" ctnet_excluded "what=$what"; done | xargs; }
attached() { for link in va vb vc lab0 lab1; do ! is_counted "$link" || echo "$link"; done | xargs; }
all_attached() { [ "$(attached)" = "va vb vc lab0 lab1" ]; }
holds "all are counted" wait_for 20 all_attached
holds "all are told" wait_for 20 is_told c

configure "textfile-dir = $TMP/other" "exclude = bridge=lab1" "exclude = name=$LAB-c" "labels = netns,interface,bridge,kind"
reload
agent_next
is "what is excluded by its bridge is detached from, by its name it is not" "$(attached)" "va vc lab0"
is "neither is told of, the other is" "$(grep -c "owner=\"$LAB-[bc]\"" "$TEXTFILE") $(grep -c "^ctnet_netns_info.*owner=\"$LAB-a\"" "$TEXTFILE")" "0 1"
is "how many are left out is told" "$(excluded)" "2 2 1"
like "series have the labels that are asked for" "$(grep '^ctnet_transmit_packets_total{' "$TEXTFILE" | grep lab0)" \
	'^ctnet_transmit_packets_total\{netns="[0-9]+",interface="eth0",bridge="lab0",kind="netns"\} [0-9]+$'
lab_guest d vd lab1 10.9.1.4/24
agent_next
is "nobody attaches to one that is born excluded" "$(is_counted vd && echo attached) $(told_of d)" " 0"

configure "textfile-dir = $TMP/other" "include = bridge=lab1"
reload
now_attached() { [ "$(attached)" = "vb lab1" ] && is_told b && is_told d; }
holds "with an include by bridge that bridge alone is counted" wait_for 20 now_attached
in_guest b ping -q -c 3 -i 0.01 10.9.1.4 >/dev/null
settle
as_the_kernel "one that was taken in late goes on from the kernel's counters" "$LAB-b" eth0 vb
lab_guest e ve lab0 10.9.0.5/24
lab_guest f vg lab1 10.9.1.6/24
holds "it attaches to a newborn of that bridge" wait_for 20 is_told f
is "and not to one of another" "$(is_counted ve && echo attached) $(told_of e) $(told_of a)" " 0 0"

configure "textfile-dir = $TMP/other"
for ((i = 0; i < 500; i++)); do kill -HUP "$agent"; done
holds "it writes on after a storm of SIGHUP" agent_next
agent_stop TERM
is "and ends well, with its file" "$agent_status $(find "$TMP/other" -type f)" "0 "
