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

#define CTNET_TRAFFIC_LAYOUT 2

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
 * Which row an interface has: the variable ctnet_index, written by user space alone. An interface has one entry: its place,
 * which follows from its number, so that interfaces numbered one after the other each have their own; else one in the same
 * cache line (a bucket), else one in another that a hash tells.
 */
#define CTNET_BUCKET_BITS    11
#define CTNET_BUCKET_ENTRIES 8U
#define CTNET_BUCKET_CHOICES 2
#define CTNET_INDEX_ENTRIES  (CTNET_BUCKET_ENTRIES << CTNET_BUCKET_BITS)

typedef ctnet_u64 ctnet_entry; /* row << 32 | interface index; 0: free */

static inline ctnet_u32 ctnet_place_of(ctnet_u32 ifindex)
{
	return ifindex & (CTNET_INDEX_ENTRIES - 1);
}

/* The first entry of a bucket. */
static inline ctnet_u32 ctnet_bucket_of(ctnet_u32 ifindex, ctnet_u32 choice)
{
	if (choice == 0)
		return ctnet_place_of(ifindex) & ~(CTNET_BUCKET_ENTRIES - 1);
	/* 2^32 / golden ratio, a prime */
	return ((ifindex * 0x9e3779b1U) >> (32 - CTNET_BUCKET_BITS)) * CTNET_BUCKET_ENTRIES;
}

/*
 * Where the rows are: ctnet_chunks holds one array for every CTNET_CHUNK_ROWS rows, made when they are needed. In a
 * chunk stand all its rows of the first CPU, then all of the second, and so on: where one is follows from the row and the CPU
 * alone, and what two CPUs write is far apart.
 */
#define CTNET_CHUNK_ROWS 32U
#define CTNET_CHUNKS     256U

static inline ctnet_u32 ctnet_slot_of(ctnet_u32 row, ctnet_u32 cpu)
{
	return cpu * CTNET_CHUNK_ROWS + row % CTNET_CHUNK_ROWS;
}

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
static_assert(sizeof(struct ctnet_counters) == 208, "layout 2");
static_assert(offsetof(struct ctnet_counters, more_segments) == 192, "layout 2");
static_assert(sizeof(struct ctnet_row) == 448, "layout 2: seven lines of 64 bytes");
static_assert(CTNET_BUCKET_ENTRIES * sizeof(ctnet_entry) == 64, "layout 2: a bucket is one line");
static_assert(sizeof(struct ctnet_inner_key) == 8, "layout 2: no padding in a key");
#endif
