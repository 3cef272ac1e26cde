#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What the netns tests count on, in the machine itself: namespaces, the kinds of interfaces, filters, traffic, the programs.
. "$(dirname "$0")/../../lib.sh"
need_root

lab_make
lab_bridge br0 10.0.0.1/24
lab_guest a va br0 10.0.0.2/24 fd00::2/64
lab_guest b vb br0 10.0.0.3/24 fd00::3/64
holds "two guests reach each other over a bridge" in_guest a ping -q -c 3 -i 0.2 -W 5 10.0.0.3
holds "and by IPv6" in_guest a ping -q -c 3 -i 0.2 -W 5 fd00::3

in_lab ip link add under type dummy
in_lab ip link add under2 type dummy
while read -r kind options; do
	# shellcheck disable=SC2086 # options are words
	holds "there are $kind interfaces" in_lab ip link add name "x$kind" $options
done <<-END
	dummy type dummy
	vlan link under type vlan id 5
	macvlan link under type macvlan mode bridge
	ipvlan link under2 type ipvlan mode l2
	vxlan type vxlan id 5 dstport 4789 dev under
	bond type bond
END
holds "there are tap interfaces" in_lab ip tuntap add name xtap mode tap
if [ -e /sys/module/netkit ] || grep -q netkit_ /proc/kallsyms; then
	holds "there are netkit pairs" in_lab ip link add name xnetkit type netkit
fi

holds "a clsact qdisc can be had" in_lab tc qdisc add dev va clsact
holds "and a filter on it" in_lab tc filter add dev va ingress protocol ip u32 match ip dst 192.0.2.1/32 flowid 1:1
like "the filter is listed" "$(in_lab tc filter show dev va ingress)" 'flowid 1:1'
like "ip speaks JSON that jq reads" "$(in_lab ip -j link show dev br0 | jq -r '.[0].ifname')" '^br0$'
holds "kernel types are there (BTF)" test -s /sys/kernel/btf/vmlinux
holds "bpffs can be written" mkdir "/sys/fs/bpf/$LAB"
at_exit rmdir "/sys/fs/bpf/$LAB"
