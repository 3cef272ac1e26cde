/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts what passes an interface: two tc programs, one for each direction, that never change a packet and never end the
 * chain.
 */
#include "vmlinux.h"

#include "count.bpf.h"

/* A variable and no map: to look into it takes no key in memory and no check of bounds. */
struct ctnet_bucket ctnet_index[CTNET_BUCKETS];

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
 * Of an interface of the namespace that ctnet runs in. Chunks make memory follow the interfaces there are. BPF_PROG_TEST_RUN,
 * 6.18, x86, TCP over IPv4, ns above an empty program (medians of interleaved rounds, two runs): as here 5.7 and 5.7,
 * with the index in a map of its own 6.5 and 6.3, with all rows in one array 4.6 and 5.5, with that and an index as
 * long as the largest interface number 4.2 and 4.0, with a hash table for index 37 and 38.
 */
static __always_inline struct ctnet_row *row_of(__u32 ifindex)
{
	__u64 entry = entry_of(ifindex);

	return entry ? row_at(entry >> 32) : NULL;
}

SEC("tc")
int ctnet_ingress(struct __sk_buff *skb)
{
	return count(skb, CTNET_INGRESS, row_of(skb->ifindex));
}

SEC("tc")
int ctnet_egress(struct __sk_buff *skb)
{
	return count(skb, CTNET_EGRESS, row_of(skb->ifindex));
}
