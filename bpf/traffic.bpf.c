/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts what passes an interface: two tc programs, one for each direction, that never change a packet and never end the
 * chain.
 */
#include "vmlinux.h"

#include "count.bpf.h"

/* A variable and no map: to look into it takes no key in memory and no check of bounds. */
ctnet_entry ctnet_index[CTNET_INDEX_ENTRIES] __attribute__((aligned(64)));

/* The entry of an interface that is not in its place, or 0. */
__noinline ctnet_entry entry_elsewhere(__u32 ifindex)
{
	for (__u32 choice = 0; choice < CTNET_BUCKET_CHOICES; choice++) {
		const ctnet_entry *bucket = &ctnet_index[ctnet_bucket_of(ifindex, choice)];

#pragma unroll
		for (__u32 i = 0; i < CTNET_BUCKET_ENTRIES; i++) {
			ctnet_entry entry = bucket[i];

			if ((__u32)entry == ifindex)
				return entry;
		}
	}
	return 0;
}

/*
 * Of an interface of the namespace that ctnet runs in. Chunks make memory follow the interfaces there are. What was tried, with what it
 * takes above an empty program (6.18, x86, medians of interleaved blocks): ns by BPF_PROG_TEST_RUN, TCP over IPv4, and ns a packet and
 * hook in real traffic, UDP of 22 bytes, where it is the code and the data that are not in the nearest cache (95 % within 5):
 *
 *   buckets searched in line, all packets parsed in line            8.4 and 6.8    29 and 27
 *   as here                                                         5.1 and 5.1    15 on an idle machine, 19 to 26 on one in use
 *   as here, one program at both hooks instead of two               -              18
 *   all rows in one variable, for the most there could ever be      3.2            14
 *   a program for each interface, with a map of rows of its own     1.9            11
 *
 * The last needs two programs of 8 kB or more and two loads for each interface, and each load walks the verifier. There is no cookie to
 * tell a program of this type where it stands (bpf_get_attach_cookie() is not for tc). A hash table instead of the index took 37 by
 * BPF_PROG_TEST_RUN where the buckets took 5.7.
 */
static __always_inline struct ctnet_row *row_of(__u32 ifindex)
{
	ctnet_entry entry = ctnet_index[ctnet_place_of(ifindex)];

	if (unlikely((__u32)entry != ifindex)) {
		entry = entry_elsewhere(ifindex);
		if (!entry)
			return NULL;
	}
	return row_at(entry >> 32);
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
