# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Real containers of systemd-nspawn in the lab. Source it after lib.sh and agent.sh.
. "$(dirname "${BASH_SOURCE[0]}")/busybox-image.sh"

NSPAWN_DIR=$TMP/nspawn

need_nspawn() {
	local program
	for program in systemd-nspawn busybox; do
		command -v "$program" >/dev/null || skip_all "needs $program"
	done
	at_exit nspawn_sweep
}
nspawn_sweep() {
	kill_users_of "$NSPAWN_DIR/"
	unmount_below "$NSPAWN_DIR"
	# where --keep-unit puts what it starts; they stay while another's are in them
	find /sys/fs/cgroup -maxdepth 2 -type d \( -name payload -o -name supervisor \) -exec rmdir {} \;
}

# nspawn ROOT [OPTION...]: starts one; the process id of its systemd-nspawn in $bg, of its first process in $leader. NSPAWN_IN is a command
# that it is started by.
NSPAWN_IN=(env)
leads() {
	leader=$(leader_of "${bg:?}")
	[ -n "$leader" ] && grep -q sleep "/proc/$leader/comm"
}
nspawn() {
	start_in_lab "$TMP/nspawn.log" "${NSPAWN_IN[@]}" systemd-nspawn --quiet --keep-unit --console=pipe --volatile=no -D "$NSPAWN_DIR/$1" "${@:2}" \
		/bin/sleep 1000
	wait_for 20 leads || skip_all "no systemd-nspawn here: $(tail -n 1 "$TMP/nspawn.log")"
}
