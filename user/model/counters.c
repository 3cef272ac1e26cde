/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/counters.h"

static const struct {
	const char *family;
	const char *protocol;
} classes[CTNET_CLASSES] = {
	[CTNET_IPV4_TCP] = { "ipv4", "tcp" },     [CTNET_IPV4_UDP] = { "ipv4", "udp" },
	[CTNET_IPV4_ICMP] = { "ipv4", "icmp" },   [CTNET_IPV4_SCTP] = { "ipv4", "sctp" },
	[CTNET_IPV4_OTHER] = { "ipv4", "other" }, [CTNET_IPV6_TCP] = { "ipv6", "tcp" },
	[CTNET_IPV6_UDP] = { "ipv6", "udp" },     [CTNET_IPV6_ICMP] = { "ipv6", "icmp" },
	[CTNET_IPV6_SCTP] = { "ipv6", "sctp" },   [CTNET_IPV6_OTHER] = { "ipv6", "other" },
	[CTNET_ARP] = { "arp", "other" },         [CTNET_OTHER] = { "other", "other" },
};

const char *class_family(enum ctnet_class c)
{
	return classes[c].family;
}

const char *class_protocol(enum ctnet_class c)
{
	return classes[c].protocol;
}
