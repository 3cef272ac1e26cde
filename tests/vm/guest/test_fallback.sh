#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel that has kprobes, and we may not or cannot use them: locked down, or without its type information. What is missing is named
# once, births and deaths are noticed and marked as such, and traffic is counted as ever.
. "$(dirname "$0")/../../lib.sh"
. "$(dirname "$0")/../../agent.sh"
need_root
need_programs

if grep -q '\[confidentiality\]' /sys/kernel/security/lockdown 2>/dev/null; then
	why='no exact lifecycle: the kernel is locked down and refuses kprobes \(lockdown=confidentiality'
else
	why='no exact lifecycle: this kernel has no BTF \(/sys/kernel/btf/vmlinux'
	mount -t tmpfs tmpfs /sys/kernel/btf || exit 1
	at_exit umount /sys/kernel/btf
fi
lab_make
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24

in_lab "$BUILD/ctnet" ls >"$TMP/out" 2>"$TMP/err"
is "ctnet ls lacks nothing" "$? $(grep -c "$LAB-" "$TMP/out") $(cat "$TMP/err")" "0 2 "

for mode in auto clsact; do
	in_lab "$BUILD/ctnetd" --once --attach "$mode" --textfile-dir "$TEXTFILE_DIR" 2>"$TMP/err"
	is "ctnetd --once counts traffic ($mode)" "$? $(metric "$TEXTFILE" ctnet_source_up source=traffic)" "0 1"
	is "and says that it does not see births and deaths as they happen" \
		"$(metric "$TEXTFILE" ctnet_source_up source=lifecycle) $(metric "$TEXTFILE" ctnet_lifecycle_source_info source=fallback)" "0 1"
	is "it leaves nothing attached" "$(our_filters)" ""
	rm -f "$TEXTFILE"
done

agent_start --attach auto
is "the agent says once what is missing" "$(grep -cE "^ctnetd: $why" "$TMP/agent.err")" 1
in_guest a ping -q -c 20 -i 0.01 10.9.0.2 >/dev/null || not_ok "ping"
settle
as_the_kernel "its counts are the kernel's" "$LAB-a" eth0 va

# Births and deaths, each once, marked as noticed.
told_once() { [ "$(grep -cE "^~[0-9:.]+  $1 +[0-9]+  $2" "$TMP/told")" = 1 ]; }
knows() { [ -n "$(metric "$TEXTFILE" ctnet_netns_info "owner=$1")" ]; }
totals_are() { [ "$(metric "$TEXTFILE" ctnet_netns_created_total) $(metric "$TEXTFILE" ctnet_netns_destroyed_total)" = "$1" ]; }
ip netns add "$LAB-c"
holds "a birth is noticed" wait_for 20 knows "$LAB-c"
ip netns del "$LAB-c"
holds "and a death, both counted" wait_for 20 totals_are "1 1"
is "there is no histogram of times nobody took" "$(metric "$TEXTFILE" ctnet_netns_lifetime_seconds_count)" ""
start_in_lab "$TMP/told" "$BUILD/ctnet" events --since-start
holds "ctnet events tells the birth, with ~" wait_for 20 told_once created .
holds "and the death, with the name" wait_for 20 told_once destroyed "$LAB-c"
is "and nothing without ~" "$(grep -vc '^~' "$TMP/told")" 0
end_process "$bg"
agent_stop TERM
is "the agent ends well" "$agent_status" 0
is "it said it once" "$(grep -cE "$why" "$TMP/agent.err")" 1

start_in_lab "$TMP/told" "$BUILD/ctnet" events
said() { grep -qE "^ctnet: $why.*; showing what can be noticed, late and incomplete\$" "$TMP/told"; }
holds "ctnet events without an agent says what is missing" wait_for 20 said
ip netns add "$LAB-d"
holds "and tells what it notices: a birth" wait_for 20 told_once created .
ip netns del "$LAB-d"
holds "a death" wait_for 20 told_once destroyed .
end_process "$bg" INT
is "it ends well" "$?" 0
