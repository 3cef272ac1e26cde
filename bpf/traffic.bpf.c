/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts what passes an interface: two tc programs, one for each direction, that never change a packet and never end the
 * chain.
 */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "ctnet_traffic.h"
#include "parse.bpf.h"

#define NULL       ((void *)0)
#define CTNET_NEXT -1 /* TCX_NEXT and TC_ACT_UNSPEC alike: whoever comes next decides */

char LICENSE[] SEC("license") = "GPL";

const volatile __u32 ctnet_cpus = 1; /* CPUs of one row, set before loading */

/* A variable and no map: to look into it takes no key in memory and no check of bounds. */
struct ctnet_bucket ctnet_index[CTNET_BUCKETS];

/* Arrays of CTNET_CHUNK_ROWS times ctnet_cpus struct ctnet_row; the loader gives one as the pattern. */
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

/* The entry of an interface in the index, or 0. */
static __always_inline __u64 entry_of(__u32 ifindex)
{
	for (__u32 choice = 0; choice < CTNET_BUCKET_CHOICES; choice++) {
		const struct ctnet_bucket *bucket = &ctnet_index[ctnet_bucket_of(ifindex, choice)];

#pragma unroll
		for (int i = 0; i < CTNET_BUCKET_ENTRIES; i++) {
			__u64 entry = bucket->entry[i];

			if ((__u32)entry == ifindex)
				return entry;
		}
	}
	return 0;
}

/*
 * The running CPU's part of an interface's row, or NULL. Chunks make memory follow the interfaces there are. BPF_PROG_TEST_RUN,
 * 6.18, x86, TCP over IPv4, ns above an empty program (medians of interleaved rounds, two runs): as here 5.7 and 5.7,
 * with the index in a map of its own 6.5 and 6.3, with all rows in one array 4.6 and 5.5, with that and an index as
 * long as the largest interface number 4.2 and 4.0, with a hash table for index 37 and 38.
 */
static __always_inline struct ctnet_row *row_of(__u32 ifindex)
{
	__u64 entry = entry_of(ifindex);
	__u32 row = entry >> 32, chunk = row / CTNET_CHUNK_ROWS, cpu = bpf_get_smp_processor_id();
	__u32 slot = row % CTNET_CHUNK_ROWS * ctnet_cpus + cpu;
	void *rows;

	if (!entry || cpu >= ctnet_cpus)
		return NULL;
	rows = bpf_map_lookup_elem(&ctnet_chunks, &chunk);
	if (!rows)
		return NULL;
	return bpf_map_lookup_elem(rows, &slot);
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

/*
 * Nothing else of ours runs on this CPU meanwhile, so plain additions are enough: both hooks run with bottom halves off
 * (__dev_queue_xmit() takes rcu_read_lock_bh(); netif_receive_skb() may be called in softirq context only).
 */
static __always_inline int count(struct __sk_buff *skb, enum ctnet_hook hook)
{
	struct ctnet_cursor cursor = { .skb = skb };
	struct ctnet_row *row = row_of(skb->ifindex);
	struct ctnet_counters *to;

	if (!row) {
		lost(CTNET_LOST_NO_ROW);
		return CTNET_NEXT;
	}
	ctnet_parse(&cursor);
	to = &row->hook[hook];
	to->by_class[cursor.class].packets++;
	to->by_class[cursor.class].bytes += skb->len;
	if (skb->gso_size)
		count_segments(&cursor, to);
	if (cursor.failed)
		lost(CTNET_LOST_UNPARSED);
	return CTNET_NEXT;
}

SEC("tc")
int ctnet_ingress(struct __sk_buff *skb)
{
	return count(skb, CTNET_INGRESS);
}

SEC("tc")
int ctnet_egress(struct __sk_buff *skb)
{
	return count(skb, CTNET_EGRESS);
}
