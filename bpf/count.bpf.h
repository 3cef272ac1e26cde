/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts one packet into the row of its interface: what the programs of traffic.bpf.c and inner.bpf.c have in common, with the maps that they
 * share (inner.bpf.c is loaded with those of the other).
 */
#pragma once

#include <bpf/bpf_helpers.h>

#include "ctnet_traffic.h"
#include "parse.bpf.h"

#define NULL       ((void *)0)
#define CTNET_NEXT -1 /* TCX_NEXT and TC_ACT_UNSPEC alike: whoever comes next decides */

char LICENSE[] SEC("license") = "GPL";

#define likely(condition)   __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

/* Arrays of CTNET_CHUNK_ROWS struct ctnet_row for each CPU; the loader gives one as the pattern. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, CTNET_CHUNKS);
	__type(key, __u32);
	__uint(value_size, sizeof(__u32));
} ctnet_chunks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, CTNET_TRAFFIC_LOSSES);
	__type(key, __u32);
	__type(value, __u64);
} ctnet_lost SEC(".maps");

static __always_inline void lost(enum ctnet_traffic_loss what)
{
	__u32 key = what;
	__u64 *count = bpf_map_lookup_elem(&ctnet_lost, &key);

	if (count)
		(*count)++;
}

/* The running CPU's part of a row, or NULL. */
static __always_inline struct ctnet_row *row_at(__u32 row)
{
	__u32 chunk = row / CTNET_CHUNK_ROWS, slot = ctnet_slot_of(row, bpf_get_smp_processor_id());
	void *rows = bpf_map_lookup_elem(&ctnet_chunks, &chunk);

	return likely(rows) ? bpf_map_lookup_elem(rows, &slot) : NULL;
}

static __always_inline void count_segments(struct ctnet_cursor *c, struct ctnet_counters *to)
{
	__u32 size = c->skb->gso_size, segments = c->skb->gso_segs, len = c->skb->len;

	if (!c->failed)
		ctnet_skip_transport(c);
	if (segments == 0 && len > c->at) /* made outside the kernel's own stack: it was not told how many */
		segments = (len - c->at + size - 1) / size;
	if (segments < 2)
		return;
	to->more_segments += segments - 1;
	to->more_wire_bytes += (__u64)(segments - 1) * c->at;
}

/* Never inlined, as the next: what few packets need stands where it takes no room in the cache from what most need. */
__noinline int count_nowhere(void)
{
	lost(CTNET_LOST_NO_ROW);
	return CTNET_NEXT;
}

/* Any packet. Global, so that the verifier walks it once and not for each way that leads there. */
__noinline int count_any(struct __sk_buff *skb, struct ctnet_counters *to)
{
	struct ctnet_cursor cursor = { .skb = skb };

	if (!to) /* never; the verifier cannot know */
		return CTNET_NEXT;
	ctnet_parse(&cursor);
	to->by_class[cursor.class].packets++;
	to->by_class[cursor.class].bytes += skb->len;
	if (skb->gso_size)
		count_segments(&cursor, to);
	if (cursor.failed)
		lost(CTNET_LOST_UNPARSED);
	return CTNET_NEXT;
}

/*
 * Nothing else of ours runs on this CPU meanwhile, so plain additions are enough: both hooks run with bottom halves off
 * (__dev_queue_xmit() takes rcu_read_lock_bh(); netif_receive_skb() may be called in softirq context only).
 *
 * Most packets are counted here in a straight line and without a call; count_any() does the same for each packet there is.
 */
static __always_inline int count(struct __sk_buff *skb, enum ctnet_hook hook, struct ctnet_row *row)
{
	struct ctnet_counters *to;
	struct ctnet_count *class;

	if (unlikely(!row))
		return count_nowhere();
	to = &row->hook[hook];
	if (unlikely(skb->gso_size))
		return count_any(skb, to);
	switch (ctnet_plain_class(skb)) {
	case CTNET_IPV4_TCP:
		class = &to->by_class[CTNET_IPV4_TCP];
		break;
	case CTNET_IPV4_UDP:
		class = &to->by_class[CTNET_IPV4_UDP];
		break;
	case CTNET_IPV6_TCP:
		class = &to->by_class[CTNET_IPV6_TCP];
		break;
	case CTNET_IPV6_UDP:
		class = &to->by_class[CTNET_IPV6_UDP];
		break;
	default:
		return count_any(skb, to);
	}
	class->packets++;
	class->bytes += skb->len;
	return CTNET_NEXT;
}
