#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel without bpf(2), and a policy that forbids it to root: who counts says so and ends, nothing is left, and what needs no program
# of the kernel goes on. tests/netns/without_bpf.c plays both, by seccomp.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"
need_root
need_programs

lab_make
lab_bridge lab0
lab_guest a va lab0 10.9.0.1/24
lab_guest b vb lab0 10.9.0.2/24
in_guest a ping -q -c 20 -i 0.01 10.9.0.2 >/dev/null || not_ok "ping"

# run PROGRAM ARGUMENT...: in the lab, without bpf(2); $status, what it wrote in $TMP/out and $TMP/err.
run() {
	in_lab "$BUILD/tests/netns/without_bpf" "$error" "$BUILD/$1" "${@:2}" >"$TMP/out" 2>"$TMP/err"
	status=$?
}
told() { grep -qE "^~[0-9:.]+  $1 +$2( |\$)" "$TMP/told"; } # EVENT INODE
said() { grep -qE "^ctnet: no exact lifecycle: .*; showing what can be noticed, late and incomplete\$" "$TMP/told"; }

# The kernel itself sends now and then (neighbour discovery): a later look finds both quiet.
ls_as_the_kernel() {
	run ctnet ls --json
	[ "$status $(cat "$TMP/err")$(jq --arg a "$LAB-a" '.namespaces[] | select(.name == $a).interfaces[0].transmit.packets' "$TMP/out")" = \
		"0 $(in_lab ip -s -j link show va | jq '.[0].stats64.rx.packets')" ]
}

# without_bpf EXIT_CODE WHY: everything, where bpf(2) ends with $error.
without_bpf() {
	local code=$1 why=$2 command inode
	for command in "ctnetd --once" "ctnetd --once --measure" "ctnetd --attach clsact" "ctnet-top -b -n 1" "ctnet-top --json -n 1"; do
		[[ $command != ctnetd* ]] || command+=" --textfile-dir $TEXTFILE_DIR"
		# shellcheck disable=SC2086 # words
		run $command
		is "$error: ${command%% --textfile*}: exit code, one line, no answer" "$status $(wc -l <"$TMP/err") $(wc -c <"$TMP/out")" "$code 1 0"
		like "it names what is missing" "$(cat "$TMP/err")" "$why"
	done
	is "$error: no textfile, nothing attached" "$(ls -A "$TEXTFILE_DIR")$(our_filters)" ""

	holds "$error: ctnet ls has the kernel's totals, without a word" wait_for 10 ls_as_the_kernel
	for command in "show $LAB-a" "path $LAB-a $LAB-b" "which va" "bridge lab0" "exec $LAB-a -- true"; do
		# shellcheck disable=SC2086 # words
		run ctnet $command
		is "$error: ctnet ${command%% *} goes on" "$status $(cat "$TMP/err")" "0 "
	done

	start_in_lab "$TMP/told" "$BUILD/tests/netns/without_bpf" "$error" "$BUILD/ctnet" events
	holds "$error: ctnet events says what is missing" wait_for 20 said
	ip netns add "$LAB-c"
	inode=$(stat -L -c %i "/run/netns/$LAB-c") # others on this machine have theirs
	holds "and tells a birth" wait_for 20 told created "$inode"
	ip netns del "$LAB-c"
	holds "and a death" wait_for 20 told destroyed "$inode"
	end_process "$bg" INT
	is "it ends well" "$?" 0
	if [ -e /sys/bus/event_source/devices/kprobe ]; then
		like "it names what is missing" "$(grep '^ctnet: ' "$TMP/told")" "$why"
	fi
}

error=ENOSYS
without_bpf 4 'this kernel has no bpf\(2\): it is built without CONFIG_BPF_SYSCALL'
error=EPERM
without_bpf 3 'the kernel forbids bpf\(2\) to this process though it has the capabilities: look for a seccomp filter'
