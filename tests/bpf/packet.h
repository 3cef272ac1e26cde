/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <arpa/inet.h>
#include <assert.h>
#include <stdint.h>
#include <string.h>

enum { ETH_IPV4 = 0x0800, ETH_ARP = 0x0806, ETH_VLAN = 0x8100, ETH_SVLAN = 0x88a8, ETH_IPV6 = 0x86dd };
enum {
	HOP = 0,
	ICMP = 1,
	TCP = 6,
	UDP = 17,
	ROUTING = 43,
	FRAGMENT = 44,
	ESP = 50,
	AUTH = 51,
	ICMP6 = 58,
	NONE = 59,
	DESTINATION = 60,
	SCTP = 132
};

/* A packet written header by header. Lengths and checksums in it stay 0: nobody here reads them. */
struct packet {
	unsigned char bytes[4096];
	size_t len;
};

/* Appends @len zeroes and returns where they begin. */
static inline unsigned char *packet_add(struct packet *p, size_t len)
{
	unsigned char *at = p->bytes + p->len;

	assert(p->len + len <= sizeof(p->bytes));
	memset(at, 0, len);
	p->len += len;
	return at;
}

static inline void put16(unsigned char *at, unsigned int value)
{
	at[0] = (unsigned char)(value >> 8);
	at[1] = (unsigned char)value;
}

static inline void add_ethernet(struct packet *p, unsigned int type)
{
	p->len = 0;
	put16(packet_add(p, 14) + 12, type);
}

/* Behind a VLAN EtherType: the tag's content and what comes next. */
static inline void add_vlan(struct packet *p, unsigned int next_type)
{
	unsigned char *tag = packet_add(p, 4);

	put16(tag, 42);
	put16(tag + 2, next_type);
}

/* @fragment: offset in units of eight bytes, with the flags */
static inline void add_ipv4(struct packet *p, unsigned int protocol, unsigned int option_words, unsigned int fragment)
{
	unsigned char *ip = packet_add(p, 20 + option_words * 4);

	ip[0] = (unsigned char)(0x45 + option_words);
	put16(ip + 6, fragment);
	ip[8] = 64;
	ip[9] = (unsigned char)protocol;
}

static inline void add_ipv6(struct packet *p, unsigned int next)
{
	unsigned char *ip = packet_add(p, 40);

	ip[0] = 0x60;
	ip[6] = (unsigned char)next;
	ip[7] = 64;
}

/* Hop-by-hop, routing and destination options: @units of eight bytes beyond the first. */
static inline void add_extension(struct packet *p, unsigned int next, unsigned int units)
{
	unsigned char *header = packet_add(p, 8 + units * 8);

	header[0] = (unsigned char)next;
	header[1] = (unsigned char)units;
}

/* @offset: in units of eight bytes */
static inline void add_fragment(struct packet *p, unsigned int next, unsigned int offset, unsigned int more)
{
	unsigned char *header = packet_add(p, 8);

	header[0] = (unsigned char)next;
	put16(header + 2, offset << 3 | more);
}

/* RFC 4302: 12 bytes and a check value of @words. */
static inline void add_authentication(struct packet *p, unsigned int next, unsigned int words)
{
	unsigned char *header = packet_add(p, 12 + words * 4);

	header[0] = (unsigned char)next;
	header[1] = (unsigned char)(1 + words);
}

static inline void add_tcp(struct packet *p, unsigned int option_words)
{
	packet_add(p, 20 + option_words * 4)[12] = (unsigned char)((5 + option_words) << 4);
}

static inline void add_udp(struct packet *p)
{
	packet_add(p, 8);
}
