/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads a packet's headers as far as counting needs them: one cursor, one inline function for each protocol. Reads only:
 * a packet is never pulled, cloned or changed. Headers are described here and not taken from vmlinux.h, so that no
 * layout on the wire depends on the kernel's BTF.
 */
#pragma once

#include <bpf/bpf_endian.h>

#include "ctnet_traffic.h"

#define CTNET_ETHERTYPE_IPV4  0x0800
#define CTNET_ETHERTYPE_ARP   0x0806
#define CTNET_ETHERTYPE_VLAN  0x8100 /* 802.1Q */
#define CTNET_ETHERTYPE_IPV6  0x86dd
#define CTNET_ETHERTYPE_SVLAN 0x88a8 /* 802.1ad */

enum ctnet_ip_protocol {
	CTNET_IP_HOP_BY_HOP = 0,
	CTNET_IP_ICMP = 1,
	CTNET_IP_TCP = 6,
	CTNET_IP_UDP = 17,
	CTNET_IP_ROUTING = 43,
	CTNET_IP_FRAGMENT = 44,
	CTNET_IP_AUTHENTICATION = 51,
	CTNET_IP_ICMPV6 = 58,
	CTNET_IP_DESTINATION = 60,
	CTNET_IP_SCTP = 132,
};

/* 802.1ad has two tags, and one more is seen in the wild; RFC 8200, 4.1 lists seven extension headers, one of them twice. */
#define CTNET_MAX_VLAN_TAGS         3
#define CTNET_MAX_EXTENSION_HEADERS 8

struct ctnet_wire_ethernet {
	__u8 destination[6];
	__u8 source[6];
	__be16 type;
};

struct ctnet_wire_vlan {
	__be16 tag;
	__be16 type;
};

struct ctnet_wire_ipv4 {     /* RFC 791, 3.1 */
	__u8 version_length; /* length in words of four bytes */
	__u8 tos;
	__be16 total;
	__be16 id;
	__be16 fragment;
	__u8 ttl;
	__u8 protocol;
	__be16 checksum;
	__u8 source[4];
	__u8 destination[4];
};

struct ctnet_wire_ipv6 { /* RFC 8200, 3 */
	__u8 version_class;
	__u8 flow[3];
	__be16 payload;
	__u8 next;
	__u8 hop_limit;
	__u8 source[16];
	__u8 destination[16];
};

struct ctnet_wire_extension { /* RFC 8200, 4; the first eight bytes of each */
	__u8 next;
	__u8 length;     /* in units of eight bytes without the first, AUTHENTICATION: of four without the first two */
	__be16 fragment; /* FRAGMENT: offset in the upper 13 bits */
	__u8 more[4];
};

struct ctnet_wire_tcp { /* RFC 9293, 3.1; the first 16 bytes */
	__u8 ports_and_numbers[12];
	__u8 length; /* in words of four bytes, upper four bits */
	__u8 flags;
	__be16 window;
};

/* Ethernet with IPv4 or IPv6 behind it, as far as ctnet_plain_class() reads them. */
struct ctnet_wire_plain {
	__u8 addresses[12];
	__be32 type_version; /* EtherType, then the first two bytes of the IP header */
	__u8 more[4];
	__u8 v6_next; /* byte 6 of the IPv6 header */
	__u8 v6_hop_limit;
	__u8 v4_ttl;
	__u8 v4_protocol; /* byte 9 of the IPv4 header */
};

/* Where the reading is, and what it found so far. */
struct ctnet_cursor {
	struct __sk_buff *skb;
	__u32 at;    /* bytes before the next header: Ethernet, VLAN tags, IP with options or extension headers */
	__u32 class; /* enum ctnet_class: the "other" of what is known until the protocol is */
	bool failed; /* a header was cut off or makes no sense; at is where it would begin */
};

/*
 * The next @size bytes, where they lie in the linear part of the packet, else copied into @copy. NULL where the packet ends
 * before.
 */
static __always_inline const void *ctnet_peek(const struct ctnet_cursor *c, void *copy, __u32 size)
{
	const void *data = (const void *)(unsigned long)c->skb->data;
	const void *end = (const void *)(unsigned long)c->skb->data_end;

	if (data + c->at + size <= end)
		return data + c->at;
	return bpf_skb_load_bytes(c->skb, c->at, copy, size) ? NULL : copy;
}

static __always_inline void ctnet_parse_ipv4(struct ctnet_cursor *c)
{
	struct ctnet_wire_ipv4 copy;
	const struct ctnet_wire_ipv4 *ip = ctnet_peek(c, &copy, sizeof(copy));

	c->class = CTNET_IPV4_OTHER;
	if (!ip || ip->version_length < 0x45 || ip->version_length > 0x4f) {
		c->failed = true;
		return;
	}
	c->at += (ip->version_length & 0xf) * 4;
	switch (ip->protocol) { /* every fragment has it, not only the first */
	case CTNET_IP_TCP:
		c->class = CTNET_IPV4_TCP;
		break;
	case CTNET_IP_UDP:
		c->class = CTNET_IPV4_UDP;
		break;
	case CTNET_IP_ICMP:
		c->class = CTNET_IPV4_ICMP;
		break;
	case CTNET_IP_SCTP:
		c->class = CTNET_IPV4_SCTP;
		break;
	}
}

static __always_inline bool ctnet_is_extension(__u32 protocol)
{
	return protocol == CTNET_IP_HOP_BY_HOP || protocol == CTNET_IP_ROUTING || protocol == CTNET_IP_FRAGMENT ||
	       protocol == CTNET_IP_AUTHENTICATION || protocol == CTNET_IP_DESTINATION;
}

/* Bytes of the extension header @header, of the kind @protocol. */
static __always_inline __u32 ctnet_extension_length(__u32 protocol, const struct ctnet_wire_extension *header)
{
	if (protocol == CTNET_IP_FRAGMENT)
		return 8;
	if (protocol == CTNET_IP_AUTHENTICATION)
		return (header->length + 2) * 4; /* RFC 4302, 2.2 */
	return (header->length + 1) * 8;
}

/*
 * Follows extension headers from @at, where one of the kind @protocol stands. Global, so that the verifier walks it once and
 * not for each way that leads there: inlined, loading took 150 ms for each program, so it takes 20.
 *
 * Returns where the header behind them stands in the upper bytes and its protocol in the lowest; 0: they cannot be
 * followed to their end.
 */
__noinline __u32 ctnet_skip_extensions(struct __sk_buff *skb, __u32 at, __u32 protocol)
{
	struct ctnet_cursor c = { .skb = skb, .at = at };

	for (int i = 0; i < CTNET_MAX_EXTENSION_HEADERS; i++) {
		struct ctnet_wire_extension copy;
		const struct ctnet_wire_extension *header;
		bool later_fragment;

		c.at &= 0x7fff; /* eight headers of 2 kB at most */
		header = ctnet_peek(&c, &copy, sizeof(copy));
		if (!header)
			return 0;
		c.at += ctnet_extension_length(protocol, header);
		later_fragment = protocol == CTNET_IP_FRAGMENT && header->fragment & bpf_htons(0xfff8);
		protocol = header->next;
		if (!ctnet_is_extension(protocol))
			return c.at << 8 | protocol;
		if (later_fragment) /* what stands here is payload; the header is in the first fragment */
			return 0;
	}
	return 0;
}

static __always_inline void ctnet_parse_ipv6(struct ctnet_cursor *c)
{
	struct ctnet_wire_ipv6 copy;
	const struct ctnet_wire_ipv6 *ip = ctnet_peek(c, &copy, sizeof(copy));
	__u32 protocol, behind;

	c->class = CTNET_IPV6_OTHER;
	if (!ip || ip->version_class >> 4 != 6) {
		c->failed = true;
		return;
	}
	c->at += sizeof(*ip);
	protocol = ip->next;
	if (ctnet_is_extension(protocol)) {
		behind = ctnet_skip_extensions(c->skb, c->at, protocol);
		if (!behind) {
			c->failed = true;
			return;
		}
		c->at = behind >> 8 & 0x7fff; /* eight headers of 2 kB at most */
		protocol = behind & 0xff;
	}
	switch (protocol) {
	case CTNET_IP_TCP:
		c->class = CTNET_IPV6_TCP;
		break;
	case CTNET_IP_UDP:
		c->class = CTNET_IPV6_UDP;
		break;
	case CTNET_IP_ICMPV6:
		c->class = CTNET_IPV6_ICMP;
		break;
	case CTNET_IP_SCTP:
		c->class = CTNET_IPV6_SCTP;
		break;
	}
}

static __always_inline bool ctnet_is_vlan(__be16 type)
{
	return type == bpf_htons(CTNET_ETHERTYPE_VLAN) || type == bpf_htons(CTNET_ETHERTYPE_SVLAN);
}

/* Steps over VLAN tags that are in the packet; those that the device took out are in no header. */
static __always_inline __be16 ctnet_skip_vlan_tags(struct ctnet_cursor *c, __be16 type)
{
	for (int i = 0; i < CTNET_MAX_VLAN_TAGS && ctnet_is_vlan(type); i++) {
		struct ctnet_wire_vlan copy;
		const struct ctnet_wire_vlan *tag = ctnet_peek(c, &copy, sizeof(copy));

		if (!tag)
			break;
		c->at += sizeof(copy);
		type = tag->type;
	}
	c->failed = ctnet_is_vlan(type);
	return type;
}

/*
 * The class of what most packets are: TCP or UDP right behind an IPv4 header without options or an IPv6 header, right behind Ethernet,
 * all of it in the linear part. -1: something else, or not so simple; ctnet_parse() knows.
 */
static __always_inline int ctnet_plain_class(struct __sk_buff *skb)
{
	const void *data = (const void *)(unsigned long)skb->data, *end = (const void *)(unsigned long)skb->data_end;
	const void *ip = data + sizeof(struct ctnet_wire_ethernet);
	const struct ctnet_wire_plain *plain = data;

	if (ip + sizeof(struct ctnet_wire_ipv4) > end)
		return -1;
	if ((plain->type_version & bpf_htonl(0xffffff00)) == bpf_htonl(CTNET_ETHERTYPE_IPV4 << 16 | 0x4500)) {
		if (plain->v4_protocol == CTNET_IP_TCP)
			return CTNET_IPV4_TCP;
		return plain->v4_protocol == CTNET_IP_UDP ? CTNET_IPV4_UDP : -1;
	}
	if ((plain->type_version & bpf_htonl(0xfffff000)) != bpf_htonl(CTNET_ETHERTYPE_IPV6 << 16 | 0x6000) ||
	    ip + sizeof(struct ctnet_wire_ipv6) > end)
		return -1;
	if (plain->v6_next == CTNET_IP_TCP)
		return CTNET_IPV6_TCP;
	return plain->v6_next == CTNET_IP_UDP ? CTNET_IPV6_UDP : -1;
}

/* Reads from the Ethernet header to where the transport header begins. */
static __always_inline void ctnet_parse(struct ctnet_cursor *c)
{
	struct ctnet_wire_ethernet copy;
	const struct ctnet_wire_ethernet *ethernet = ctnet_peek(c, &copy, sizeof(copy));
	__be16 type;

	c->class = CTNET_OTHER;
	if (!ethernet) {
		c->failed = true;
		return;
	}
	c->at += sizeof(*ethernet);
	type = ethernet->type;
	if (ctnet_is_vlan(type))
		type = ctnet_skip_vlan_tags(c, type);
	if (type == bpf_htons(CTNET_ETHERTYPE_IPV4))
		ctnet_parse_ipv4(c);
	else if (type == bpf_htons(CTNET_ETHERTYPE_IPV6))
		ctnet_parse_ipv6(c);
	else if (type == bpf_htons(CTNET_ETHERTYPE_ARP))
		c->class = CTNET_ARP;
}

/*
 * Steps over the transport header that each segment of a super-packet repeats. What carries no such header (a tunnel:
 * the class "other") is left where it is.
 */
static __always_inline void ctnet_skip_transport(struct ctnet_cursor *c)
{
	struct ctnet_wire_tcp copy;
	const struct ctnet_wire_tcp *tcp;

	switch (c->class) {
	case CTNET_IPV4_TCP:
	case CTNET_IPV6_TCP:
		tcp = ctnet_peek(c, &copy, sizeof(copy));
		if (!tcp || tcp->length < 0x50)
			c->failed = true;
		else
			c->at += (tcp->length >> 4) * 4;
		break;
	case CTNET_IPV4_UDP:
	case CTNET_IPV6_UDP:
		c->at += 8; /* RFC 768 */
		break;
	case CTNET_IPV4_SCTP:
	case CTNET_IPV6_SCTP:
		c->at += 12; /* RFC 9260, 3.1: the common header */
		break;
	}
}
