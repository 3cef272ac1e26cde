/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What bpf/traffic.bpf.c and its readers agree on. Fixed-width types only. A change of any layout here raises
 * CTNET_TRAFFIC_LAYOUT.
 */
#pragma once

#ifndef __bpf__
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
typedef uint64_t ctnet_u64;
typedef uint32_t ctnet_u32;
#else
typedef __u64 ctnet_u64;
typedef __u32 ctnet_u32;
#endif

#define CTNET_TRAFFIC_LAYOUT 1

/* Direction as the hook sees it. On a veth's host end ingress is what the container transmits. */
enum ctnet_hook {
	CTNET_INGRESS,
	CTNET_EGRESS,
	CTNET_HOOKS,
};

/*
 * Family and protocol in one index. ICMP stands for ICMP in IPv4 and ICMPv6 in IPv6 (RFC 792, RFC 4443). ARP and all other
 * EtherTypes have no protocol under them.
 */
enum ctnet_class {
	CTNET_IPV4_TCP,
	CTNET_IPV4_UDP,
	CTNET_IPV4_ICMP,
	CTNET_IPV4_SCTP,
	CTNET_IPV4_OTHER,
	CTNET_IPV6_TCP,
	CTNET_IPV6_UDP,
	CTNET_IPV6_ICMP,
	CTNET_IPV6_SCTP,
	CTNET_IPV6_OTHER,
	CTNET_ARP,
	CTNET_OTHER,
	CTNET_CLASSES,
};

struct ctnet_count {
	ctnet_u64 packets; /* one per skb, as the kernel's device counters */
	ctnet_u64 bytes;   /* skb->len with the Ethernet header */
};

/*
 * One direction of one interface on one CPU. The total is the sum over the classes; only super-packets (GSO) touch the
 * last two fields: what they are on the wire beyond the one packet and the bytes counted in their class.
 */
struct ctnet_counters {
	struct ctnet_count by_class[CTNET_CLASSES];
	ctnet_u64 more_segments;
	ctnet_u64 more_wire_bytes;
};

/* One interface on one CPU: written by that CPU alone, so no atomics and no shared line. */
struct ctnet_row {
	struct ctnet_counters hook[CTNET_HOOKS];
	ctnet_u64 reserved[4]; /* to a multiple of the 64-byte line */
};

/*
 * Which row an interface has: the variable ctnet_index, written by user space alone. An interface has one entry, in one of two
 * buckets of one cache line each: the first by its low bits, which interface numbers given out one after the other spread
 * evenly, the second by a hash for what does not fit there.
 */
#define CTNET_BUCKET_BITS    11
#define CTNET_BUCKETS        (1U << CTNET_BUCKET_BITS)
#define CTNET_BUCKET_ENTRIES 8
#define CTNET_BUCKET_CHOICES 2

struct ctnet_bucket {
	ctnet_u64 entry[CTNET_BUCKET_ENTRIES]; /* row << 32 | interface index; 0: free */
};

static inline ctnet_u32 ctnet_bucket_of(ctnet_u32 ifindex, ctnet_u32 choice)
{
	if (choice == 0)
		return ifindex & (CTNET_BUCKETS - 1);
	return (ifindex * 0x9e3779b1U) >> (32 - CTNET_BUCKET_BITS); /* 2^32 / golden ratio, a prime */
}

/*
 * Where the rows are: ctnet_chunks holds one array for every CTNET_CHUNK_ROWS rows, made when they are needed. In a
 * chunk stand all CPUs of its first row, then all CPUs of its second, and so on.
 */
#define CTNET_CHUNK_ROWS 32U
#define CTNET_CHUNKS     256U

/*
 * Interfaces inside other namespaces: their numbers are not unique on a node, so the map ctnet_inner tells which row each has,
 * by its namespace as well.
 */
#define CTNET_INNER_MAX 8192U

struct ctnet_inner_key {
	ctnet_u32 netns; /* inode */
	ctnet_u32 ifindex;
};

/* Packets that could not be put where they belong; each is a ctnet_lost_total{what}. */
enum ctnet_traffic_loss {
	CTNET_LOST_NO_ROW,   /* attached, but no row is known for the interface: not counted */
	CTNET_LOST_UNPARSED, /* counted, but its headers could not be read: in the class "other" of what is known */
	CTNET_TRAFFIC_LOSSES,
};

#ifndef __bpf__
static_assert(sizeof(struct ctnet_counters) == 208, "layout 1");
static_assert(offsetof(struct ctnet_counters, more_segments) == 192, "layout 1");
static_assert(sizeof(struct ctnet_row) == 448, "layout 1: seven lines of 64 bytes");
static_assert(sizeof(struct ctnet_bucket) == 64, "layout 1: one line");
static_assert(sizeof(struct ctnet_inner_key) == 8, "layout 1: no padding in a key");
#endif
