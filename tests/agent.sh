# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# How the shell tests run the agent in their lab, read what it wrote and ask the kernel for the same. Source it after lib.sh.

TEXTFILE_DIR=$TMP/textfile
TEXTFILE=$TEXTFILE_DIR/ctnet.prom
bg=
SETTLED=$TMP/settled.prom # a copy, taken by settle()
mkdir -p "$TEXTFILE_DIR"
chmod 0755 "$TMP"

need_programs() {
	local program
	for program in ctnetd ctnet ctnet-top; do
		[ -x "$BUILD/$program" ] || { not_ok "$program is built" "no $BUILD/$program"; exit 1; }
	done
}

# in_lab and in_guest are functions; behind start_bg they would leave their child alone. These start the program itself.
start_in_lab() {
	local log=$1
	shift
	start_bg "$log" nsenter --net="/run/netns/$LAB" "$@"
}
start_in_guest() {
	local guest=$1 log=$2
	shift 2
	start_bg "$log" nsenter --net="/run/netns/$LAB-$guest" "$@"
}

# agent_start [OPTION...]: in the lab; returns when its textfile is there and it is attached to all that was. Its process id is $agent, its talk in
# $TMP/agent.err. Nothing is pinned unless it is told where: a test that kills it is to find nothing of another.
agent_start() {
	[[ " $* " == *" --interval "* ]] || set -- --interval 200ms "$@"
	[[ " $* " == *" --bpffs "* ]] || set -- --bpffs none "$@"
	rm -f "$TEXTFILE"
	start_in_lab "$TMP/agent.err" "$BUILD/ctnetd" --textfile-dir "$TEXTFILE_DIR" "$@"
	agent=$bg
	wait_for 20 agent_wrote_or_ended
	[ -s "$TEXTFILE" ] && wait_for 20 agent_attached && return
	not_ok "the agent starts and writes its textfile" "$(cat "$TMP/agent.err")"
	exit 1
}
agent_attached() { [ "$(metric "$TEXTFILE" ctnet_source_incomplete source=traffic)" = 0 ]; }
agent_wrote_or_ended() { [ -s "$TEXTFILE" ] || ! kill -0 "$agent"; }

# agent_stop [SIGNAL]: its exit status in $agent_status.
agent_stop() {
	kill "-${1:-TERM}" "$agent"
	wait "$agent" 2>/dev/null
	# shellcheck disable=SC2034 # for the tests
	agent_status=$?
}

# metric FILE NAME [LABEL=VALUE...]: the values of the series that have these labels, one a line.
metric() {
	local file=$1 lines label
	lines=$(grep "^$2[{ ]" "$file" 2>/dev/null)
	shift 2
	for label in "$@"; do
		lines=$(grep -E "[{,]${label%%=*}=\"${label#*=}\"" <<<"$lines")
	done
	[ -z "$lines" ] || awk '{ print $NF }' <<<"$lines"
}

collected() { metric "$TEXTFILE" ctnet_last_collection_timestamp_seconds; }

# agent_next: until the agent has written a collection that began after this call: the next but one.
agent_next() {
	local last round
	for round in 1 2; do
		last=$(collected)
		wait_for 20 agent_wrote_other_than "$last" || { not_ok "the agent keeps its textfile current (round $round)"; return 1; }
	done
}
agent_wrote_other_than() {
	local now
	now=$(collected)
	[ -n "$now" ] && [ "$now" != "$1" ]
}

# device_counters: the kernel's counters of every interface of the lab, as JSON: as ip has them, to be compared, or only them.
raw_device_counters() { in_lab ip -s -j link show; }
device_counters() { only_counters <<<"$(raw_device_counters)"; }
only_counters() { jq -cS '[.[] | { ifname, rx: .stats64.rx, tx: .stats64.tx }]'; }

# settle: a textfile ($SETTLED) and the kernel's counters ($device, JSON) of one quiet moment: the counters were the same before
# and after the collection.
settle() {
	local before after round
	for ((round = 0; round < 40; round++)); do
		before=$(raw_device_counters)
		agent_next || return 1
		cp "$TEXTFILE" "$SETTLED"
		after=$(raw_device_counters)
		if [ "$before" = "$after" ]; then
			device=$(only_counters <<<"$after")
			return 0
		fi
	done
	not_ok "the lab becomes quiet"
	return 1
}

# device_of INTERFACE PATH: one number out of $device, e.g. rx.packets.
device_of() { jq -r --arg name "$1" ".[] | select(.ifname == \$name) | .$2" <<<"$device"; }

# as_the_kernel NAME OWNER INTERFACE HOST_END: after settle(): the four totals of the namespace's interface are those of its host end. What
# the host end received the container transmitted; what the pair dropped was on its way in, so it is in receive.
as_the_kernel() {
	local name=$1 labels=("owner=$2" "interface=$3") rx_packets rx_bytes tx_packets tx_bytes dropped got wanted
	read -r rx_packets rx_bytes tx_packets tx_bytes dropped < <(jq -r --arg name "$4" '.[] | select(.ifname == $name) |
		"\(.rx.packets) \(.rx.bytes) \(.tx.packets) \(.tx.bytes) \(.tx.dropped)"' <<<"$device")
	got="transmit $(settled ctnet_transmit_packets_total "${labels[@]}")"
	got+=" $(settled ctnet_transmit_bytes_total "${labels[@]}")"
	got+=" receive $(settled ctnet_receive_packets_total "${labels[@]}")"
	wanted="transmit $rx_packets $rx_bytes receive $((tx_packets + dropped))"
	if [ "$dropped" = 0 ]; then # the kernel does not count the bytes of a dropped packet
		got+=" $(settled ctnet_receive_bytes_total "${labels[@]}")"
		wanted+=" $tx_bytes"
	fi
	got+=" dropped $(settled ctnet_receive_dropped_packets_total "${labels[@]}")"
	wanted+=" dropped $dropped"
	is "$name" "$got" "$wanted"
}

# settled NAME [LABEL=VALUE...]: the one value of the settled textfile, "none" where there is no such series.
settled() {
	local value
	value=$(metric "$SETTLED" "$@")
	echo "${value:-none}"
}

# protocol_count DIRECTION OWNER FAMILY PROTOCOL: packets of that kind, after settle(); 0 where there is no such series.
protocol_count() {
	local value
	value=$(metric "$SETTLED" "ctnet_protocol_${1}_packets_total" "owner=$2" "family=$3" "protocol=$4")
	echo "${value:-0}"
}

# sink GUEST ARGUMENT...: a sink of traffic.c in the guest, ready when this returns; its process id in $bg.
sink() {
	local guest=$1 log=$TMP/sink.$RANDOM
	shift
	start_in_guest "$guest" "$log" "$BUILD/tests/netns/traffic" "$@"
	wait_for 10 grep -q ready "$log" || { not_ok "the sink ($*) is ready" "$(cat "$log")"; exit 1; }
}
send_from() {
	local guest=$1 out
	shift
	out=$(in_guest "$guest" "$BUILD/tests/netns/traffic" "$@" 2>&1) || not_ok "traffic $*" "$out"
}

# know_each_other A B ADDRESS_A ADDRESS_B: two guests with permanent neighbours, so that no ARP or neighbour discovery is sent.
know_each_other() {
	local a=$LAB-$1 b=$LAB-$2
	ip -n "$a" neigh replace "$4" lladdr "$(mac_of "$2")" dev eth0 nud permanent
	ip -n "$b" neigh replace "$3" lladdr "$(mac_of "$1")" dev eth0 nud permanent
}
mac_of() { ip -n "$LAB-$1" -j link show eth0 | jq -r '.[0].address'; }

# our_filters: what of ours is attached in the lab, TCX links (tests/netns/hooks.c) and tc filters; nothing where nothing is.
our_filters() {
	local device hook
	in_lab "$BUILD/tests/netns/hooks" | grep ctnet
	for device in $(in_lab ip -j link show | jq -r '.[].ifname'); do
		for hook in ingress egress; do
			in_lab tc filter show dev "$device" "$hook" 2>/dev/null | grep ctnet | sed "s/^/$device $hook /"
		done
	done
}

# is_counted INTERFACE: something of ours is attached to it.
is_counted() {
	{
		in_lab "$BUILD/tests/netns/hooks" | grep "^$1 "
		in_lab tc filter show dev "$1" ingress
	} | grep -q ctnet
}

# private_bpffs: a bpffs of this test alone, in $BPFFS. agent_pinned [OPTION...]: an agent that keeps its counters there.
private_bpffs() {
	BPFFS=$TMP/bpf
	mkdir "$BPFFS"
	mount -t bpf bpf "$BPFFS" || exit 1
	at_exit umount -l "$BPFFS"
}
agent_pinned() { agent_start --bpffs "$BPFFS" "$@"; }
# What agents keep there; nothing where nothing is.
pins() { [ ! -e "$BPFFS/ctnet" ] || find "$BPFFS/ctnet"; }
