# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Nodes wired in some way, what ctnet ls counts of them, and what the kernel does. Source it after agent.sh.

# node NAME: a named namespace $LAB-NAME with nothing but loopback.
node() {
	ip netns add "$LAB-$1" || exit 1
	at_exit ip netns del "$LAB-$1"
	ip -n "$LAB-$1" link set lo up
}
inode() { stat -L -c %i "/run/netns/$1"; }

# up NODE DEVICE [ADDRESS...]
up() {
	local ns=$LAB-$1 device=$2 address
	shift 2
	for address in "$@"; do ip -n "$ns" addr add "$address" dev "$device"; done
	ip -n "$ns" link set "$device" up
}

# talk NODE ADDRESS: some packets that are answered.
talk() { in_guest "$1" ping -q -c 5 -i 0.01 -W 5 "$2" >/dev/null || not_ok "$1 reaches $2"; }

# counters NAMESPACE DEVICE: as the device counts, receive and transmit.
counters() {
	ip -n "$1" -s -j link show "$2" | jq -cS '.[0].stats64 | { receive: { packets: .rx.packets, bytes: .rx.bytes },
		transmit: { packets: .tx.packets, bytes: .tx.bytes } }'
}
# mirrored NAMESPACE DEVICE: the same of a host end, seen from the container; what the pair dropped was on its way to it.
mirrored() {
	ip -n "$1" -s -j link show "$2" | jq -cS '.[0].stats64 | { receive: { packets: (.tx.packets + .tx.dropped), bytes: .tx.bytes },
		transmit: { packets: .rx.packets, bytes: .rx.bytes } }'
}

# on_node COMMAND...: in the lab as if it were the machine: process 1 lives there, and only our namespaces are to be seen. What no link leads to
# is another node's else, and left alone.
on_node() {
	# shellcheck disable=SC2016 # expanded there
	nsenter --net="/run/netns/$LAB" unshare --mount --propagation private --pid --fork --mount-proc bash -c '
		lab=$1
		shift
		for name in /run/netns/*; do
			[[ $name == */"$lab"* ]] || umount -l "$name"
		done 2>/dev/null
		exec "$@"' bash "$LAB" "$@"
}

where=in_lab
look() { "$where" "$BUILD/ctnet" ls --json >"$TMP/ls.json" 2>"$TMP/ls.err" || not_ok "ctnet ls --json" "$(cat "$TMP/ls.err")"; }
# of NODE DEVICE FILTER: of that interface in the last look.
of() {
	jq -cS --arg name "$LAB-$1" --arg device "$2" ".namespaces[] | select(.name == \$name) | .interfaces[] | select(.name == \$device) | $3" "$TMP/ls.json"
}
counted() { of "$1" "$2" '{ receive: (.receive | { packets, bytes }), transmit: (.transmit | { packets, bytes }) }'; }

# agrees NAME NODE DEVICE COMMAND...: what ctnet counts there is what the command says, which did not move meanwhile.
agrees() {
	local name=$1 node=$2 device=$3 before after _
	shift 3
	for _ in {1..40}; do
		before=$("$@")
		look
		after=$("$@")
		[ "$before" != "$after" ] || break
	done
	is "$name" "$(counted "$node" "$device")" "$after"
}
# inside NODE DEVICE: counted there, as the device counts; the packets are not none.
inside() {
	agrees "$1: $2 has the device's own counters" "$1" "$2" counters "$LAB-$1" "$2"
	is "$1: $2 is counted inside" "$(of "$1" "$2" '[.counted, (.transmit.packets > 0)]')" '["inside",true]'
}
# uncounted NODE DEVICE
uncounted() { is "$1: $2 is listed and not counted" "$(of "$1" "$2" '[.counted, .receive]')" '["nowhere",null]'; }
# counted_in NODE: the interfaces that are.
counted_in() {
	jq -c --arg name "$LAB-$1" '[.namespaces[] | select(.name == $name) | .interfaces[] | select(.counted != "nowhere") | .name] | sort' "$TMP/ls.json"
}
lab_device() { in_lab ip -j link show "$1" | jq -cS --argjson netns "$(inode "$LAB")" '.[0] | { netns: $netns, name: .ifname, index: .ifindex }'; }

# hooks_in NAMESPACE: what of ours is attached there.
hooks_in() { nsenter --net="/run/netns/$1" "$BUILD/tests/netns/hooks" | grep ctnet | sort | tr '\n' ' '; }

# metrics_agree NODE DEVICE: what the agent tells of it next are the device's own counters.
metrics_agree() {
	local what told=()
	agent_next
	for what in receive_packets receive_bytes transmit_packets transmit_bytes; do
		told+=("$(metric "$TEXTFILE" "ctnet_${what}_total" "owner=$LAB-$1" "interface=$2")")
	done
	[ "$(counters "$LAB-$1" "$2" | jq -r '"\(.receive.packets) \(.receive.bytes) \(.transmit.packets) \(.transmit.bytes)"')" = "${told[*]}" ]
}

# lab_card: what the lab has for a network card: nic0, with the world at nic1
lab_card() {
	in_lab ip link add nic0 type veth peer name nic1
	in_lab ip link set nic0 up
	in_lab ip link set nic1 up
	in_lab ip addr add 10.8.0.254/24 dev nic1
}
