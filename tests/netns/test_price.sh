#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The agent's own price. With --measure the kernel tells how often the programs ran: exactly once for each packet that was counted. That
# says of the counters, too, that none is missing or counted twice.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../agent.sh"

need_root
need_programs

sum() { awk '{ n += $1 } END { printf "%.0f\n", n }'; }
runs() { metric "$SETTLED" ctnet_program_runs_total "program=ctnet_$1"; }
run_seconds() { metric "$SETTLED" ctnet_program_run_seconds_total "program=ctnet_$1"; }

# packets HOOK: what was counted there. At a host end ingress is the container's transmit; at a bridge it is the bridge's receive. What is
# counted inside other namespaces of this machine is other programs' work.
packets() {
	local guests=receive bridges=transmit guest
	[ "$1" = egress ] || { guests=transmit bridges=receive; }
	{
		for guest in a b; do
			metric "$SETTLED" "ctnet_${guests}_packets_total" "owner=$LAB-$guest"
		done
		metric "$SETTLED" "ctnet_bridge_${bridges}_packets_total"
	} | sum
}

# Whom the bridge floods to, what the bridge itself gets and answers, super-packets, and drops: each passes another way.
traffic() {
	in_guest a ping -q -c 40 -i 0.005 10.9.0.2 >/dev/null || not_ok "ping to the other guest"
	in_guest a ping -q -c 30 -i 0.005 10.9.0.254 >/dev/null || not_ok "ping to the bridge"
	in_guest b ping -q -c 10 -i 0.005 -b 10.9.0.255 >/dev/null 2>&1
	sink b tcp-sink 10.9.0.2 7003
	send_from a tcp-send 10.9.0.2 7003 2000000
	wait "$bg"
	send_from a arp-send eth0 5
	ip -n "$LAB-b" link set eth0 mtu 1280
	send_from a udp-send 10.9.0.2 7005 30 1400
}

measured() { find "/proc/$1/fd" -lname '*bpf-stats*' 2>/dev/null | wc -l; }

descriptors_agree() {
	[ "$(metric "$TEXTFILE" ctnet_agent_open_descriptors)" = "$(find "/proc/$agent/fd" -mindepth 1 | wc -l)" ]
}

check_mode() {
	local mode=$1 hook first_runs first_packets name
	agent_start --measure --attach "$mode"
	is "$mode: the agent has the kernel measure" "$(measured "$agent")" 1
	lab_guest a va lab0 10.9.0.1/24
	lab_guest b vb lab0 10.9.0.2/24
	settle || return
	declare -A first_runs first_packets
	for hook in ingress egress; do
		first_runs[$hook]=$(runs $hook)
		first_packets[$hook]=$(packets $hook)
	done
	traffic
	settle || return
	for hook in ingress egress; do
		is "$mode: one run of ctnet_$hook for each packet" "$(($(runs $hook) - first_runs[$hook]))" "$(($(packets $hook) - first_packets[$hook]))"
		holds "$mode: ctnet_$hook ran for every packet sent" [ "$(($(runs $hook) - first_runs[$hook]))" -gt 150 ]
		like "$mode: ctnet_$hook took its time" "$(run_seconds $hook)" '[1-9]'
	done
	for name in ctnet_agent_cpu_seconds_total ctnet_agent_resident_memory_bytes ctnet_agent_open_descriptors; do
		like "$mode: $name is told" "$(settled "$name")" '[1-9]'
	done
	# those of interfaces of other namespaces come and go
	holds "$mode: the agent's descriptors are those that it has" wait_for 20 descriptors_agree
	for name in ctnet_rows ctnet_chunks ctnet_lost; do
		like "$mode: the memory of $name is told" "$(settled ctnet_map_bytes "map=$name")" '^[1-9]'
	done
	if command -v promtool >/dev/null; then
		is "$mode: promtool check metrics is clean" "$(promtool check metrics <"$SETTLED" 2>&1)" ""
	else
		skip "$mode: promtool check metrics is clean" "promtool is not installed"
	fi
	agent_stop TERM
	is "$mode: the agent ends well" "$agent_status" 0
	in_lab ip link del va
	in_lab ip link del vb
	ip netns del "$LAB-a"
	ip netns del "$LAB-b"
}

lab_make
lab_bridge lab0 10.9.0.254/24
switch=$(cat /proc/sys/kernel/bpf_stats_enabled)
check_mode clsact
if in_lab "$BUILD/ctnetd" --once --attach tcx --textfile-dir "$TEXTFILE_DIR" >/dev/null 2>&1; then
	check_mode tcx
else
	skip "tcx: the agent's price" "this kernel has no TCX (6.6 and later)"
fi
is "kernel.bpf_stats_enabled is as it was" "$(cat /proc/sys/kernel/bpf_stats_enabled)" "$switch"

agent_start
settle
is "without --measure the kernel is not asked" "$(measured "$agent")" 0
is "without --measure there are no programs' series" "$(grep -c ctnet_program_ "$SETTLED")" 0
like "without --measure the maps are told all the same" "$(settled ctnet_map_bytes map=ctnet_rows)" '^[1-9]'
agent_stop TERM

# root's own processes, without the capability
out=$(in_lab capsh --drop=cap_sys_admin -- -c "exec '$BUILD/ctnetd' --measure --once --textfile-dir '$TEXTFILE_DIR'" 2>&1)
is "without CAP_SYS_ADMIN --measure is refused" "$?" 3
like "and it says why" "$out" 'cannot measure the programs.*CAP_SYS_ADMIN'
