#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The agent and bad input: one line that says what and how to mend it, the documented exit code, nothing left behind.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs
lab_make
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24

# refuses NAME CODE REGEX COMMAND...: it ends with that code, says one line on stderr that matches (argp's hint at
# --help may follow), nothing on stdout.
refuses() {
	local name=$1 code=$2 regex=$3 status
	shift 3
	in_lab timeout 20 "$@" >"$TMP/out" 2>"$TMP/err" </dev/null
	status=$?
	is "$name: exit code" "$status" "$code"
	is "$name: one line on stderr, beside the hint at --help" "$(grep -vc '^Try .*--help' "$TMP/err")" 1
	like "$name: it says what" "$(cat "$TMP/err")" "$regex"
	is "$name: nothing on stdout" "$(cat "$TMP/out")" ""
}
left_in() { find "$1" -mindepth 1 2>/dev/null; }
agentd=("$BUILD/ctnetd" --textfile-dir "$TEXTFILE_DIR")

refuses "unknown option" 2 'ctnetd: .*--frobnicate' "${agentd[@]}" --frobnicate
refuses "interval 0" 2 'ctnetd: .*--interval.* 0' "${agentd[@]}" --interval 0
refuses "interval 5x" 2 'ctnetd: .*--interval.*5x.*(5s|500ms)' "${agentd[@]}" --interval 5x
refuses "negative interval" 2 'ctnetd: .*-1' "${agentd[@]}" --interval -1
refuses "no interval" 2 'ctnetd: .*interval' "${agentd[@]}" --interval
refuses "unknown way to attach" 2 'ctnetd: .*sideways' "${agentd[@]}" --attach sideways
refuses "an argument too many" 2 'ctnetd: .*surplus' "${agentd[@]}" surplus
refuses "textfile directory missing" 1 "ctnetd: .*$TMP/nowhere.*No such file" "$BUILD/ctnetd" --textfile-dir "$TMP/nowhere"
refuses "textfile directory is a file" 1 "ctnetd: .*Not a directory" "$BUILD/ctnetd" --textfile-dir "$BUILD/ctnetd"
holds "bad options leave no file" test -z "$(left_in "$TEXTFILE_DIR")"
is "bad options leave no filter" "$(our_filters)" ""

mkdir "$TMP/ro"
mount -t tmpfs -o size=64k,ro tmpfs "$TMP/ro" && at_exit umount "$TMP/ro"
refuses "textfile directory read-only" 1 'ctnetd: .*Read-only file system' "$BUILD/ctnetd" --once --textfile-dir "$TMP/ro"
is "a read-only directory leaves no filter" "$(our_filters)" ""

mkdir "$TMP/full"
mount -t tmpfs -o size=4k tmpfs "$TMP/full" && at_exit umount "$TMP/full"
head -c 4096 /dev/zero >"$TMP/full/ballast" 2>/dev/null
refuses "textfile directory full" 1 'ctnetd: .*No space left' "$BUILD/ctnetd" --once --textfile-dir "$TMP/full"
is "a full directory keeps no partial file" "$(left_in "$TMP/full")" "$TMP/full/ballast"
is "a full directory leaves no filter" "$(our_filters)" ""

# Everybody may read the build directory here? The programs are copied where nobody can reach them.
cp "$BUILD/ctnetd" "$BUILD/ctnet-top" "$TMP/"
refuses "ctnetd without root" 3 'ctnetd: .*CAP_[A-Z_]+.*' setpriv --reuid=65534 --regid=65534 --clear-groups \
	"$TMP/ctnetd" --textfile-dir "$TEXTFILE_DIR"
refuses "ctnet-top without root" 3 'ctnet-top: .*CAP_[A-Z_]+.*' setpriv --reuid=65534 --regid=65534 --clear-groups \
	"$TMP/ctnet-top" -b -n 1 -d 1
refuses "ctnetd with the wrong capability alone" 3 'ctnetd: .*CAP_' setpriv --bounding-set=-bpf,-sys_admin \
	--inh-caps=-bpf,-sys_admin "$TMP/ctnetd" --textfile-dir "$TEXTFILE_DIR"

# The kernel's type information hidden behind an empty directory, in a mount namespace of its own.
cat >"$TMP/no-btf" <<-END
	mount -t tmpfs tmpfs /sys/kernel/btf && exec "$BUILD/ctnetd" --once --textfile-dir "$TEXTFILE_DIR"
END
if [ -d /sys/kernel/btf ]; then
	in_lab timeout 20 unshare -m bash "$TMP/no-btf" >"$TMP/out" 2>"$TMP/err"
	is "no BTF: traffic needs none" "$? $(metric "$TEXTFILE" ctnet_source_up source=traffic)" "0 1"
	is "no BTF: the namespace's counters are there" "$(metric "$TEXTFILE" ctnet_transmit_packets_total "owner=$LAB-a" | grep -c '^[0-9]')" 1
	is "no BTF leaves no filter" "$(our_filters)" ""
	rm -f "$TEXTFILE"
else
	skip "no BTF: traffic needs none" "this kernel has none anyway"
fi

for program in ctnetd ctnet ctnet-top; do
	like "$program --help names its options" "$("$BUILD/$program" --help 2>/dev/null)" "usage: $program|Usage: $program"
	like "$program --version says so" "$("$BUILD/$program" --version 2>/dev/null)" "^$program [0-9]+\.[0-9]+"
done

# Running: the file.
agent_start --interval 300ms
is "the textfile can be read by everybody and written by root" "$(stat -c '%a %U' "$TEXTFILE")" "644 root"
settle
is "nothing else is in the directory" "$(left_in "$TEXTFILE_DIR" | grep -v '/\.ctnet\.prom\.')" "$TEXTFILE"
exec 9<"$TEXTFILE"
agent_next
if cmp -s /dev/fd/9 "$TEXTFILE"; then
	not_ok "a reader that has it open goes on reading its own version"
else
	like "a reader that has it open goes on reading its own version" "$(tail -c 1 /dev/fd/9 | od -An -c)" '\\n'
fi
exec 9<&-

# The directory vanishes and comes back.
rm -rf "$TEXTFILE_DIR"
said() { [ "$(grep -cF "$TEXTFILE_DIR" "$TMP/agent.err")" -gt 0 ]; }
holds "a vanished directory is said" wait_for 20 said
sleep 1
is "it is said once" "$(grep -c 'No such file' "$TMP/agent.err")" 1
holds "and the agent goes on" kill -0 "$agent"
mkdir "$TEXTFILE_DIR"
holds "the directory back, so is the textfile" wait_for 20 test -s "$TEXTFILE"
in_guest a ping -q -c 3 -i 0.01 -W 0.1 10.9.0.77 >/dev/null
settle
as_the_kernel "counting went on meanwhile" "$LAB-a" eth0 va
failures=$(metric "$SETTLED" ctnet_lost_total what=textfile)
if [ "${failures:-0}" -gt 0 ]; then ok "the failures are counted"; else not_ok "the failures are counted" "$(grep ^ctnet_lost "$SETTLED")"; fi

# A full disk.
mount -t tmpfs -o size=4k tmpfs "$TEXTFILE_DIR" && at_exit umount "$TEXTFILE_DIR"
full() { grep -q 'No space left' "$TMP/agent.err"; }
head -c 4096 /dev/zero >"$TEXTFILE_DIR/ballast" 2>/dev/null
holds "a full disk is said" wait_for 20 full
sleep 1
is "a full disk is said once" "$(grep -c 'No space left' "$TMP/agent.err")" 1
is "a full disk keeps no partial file" "$(left_in "$TEXTFILE_DIR" | grep -v '/\.ctnet\.prom\.[0-9]*$')" "$TEXTFILE_DIR/ballast"
holds "the agent goes on with a full disk" kill -0 "$agent"
umount "$TEXTFILE_DIR"
agent_next

agent_stop TERM
is "the agent ends well" "$agent_status" 0
is "its textfile is removed" "$(left_in "$TEXTFILE_DIR")" ""
is "its filters are removed" "$(our_filters)" ""
