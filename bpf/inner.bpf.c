/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The same for interfaces inside other namespaces. An object of its own, as it needs BTF and a kernel that traffic.bpf.c can do without.
 */
#include "vmlinux.h"

#include "count.bpf.h"

/* Room is taken when it is needed: most nodes have few of these. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, CTNET_INNER_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct ctnet_inner_key);
	__type(value, __u32);
} ctnet_inner SEC(".maps");

/* Since 6.2, commit fd264ca02094. */
extern void *bpf_cast_to_kern_ctx(void *context) __ksym;

/*
 * Of an interface inside another namespace. BPF_PROG_TEST_RUN as above, on a busier machine where row_of() took 9.1: 29.8, most of it the
 * hash table; with the namespace read by bpf_probe_read_kernel(), as kernels before 6.2 would need it, 99.2.
 */
static __always_inline struct ctnet_row *inner_row_of(struct __sk_buff *skb)
{
	const struct sk_buff *kernel = bpf_cast_to_kern_ctx(skb);
	struct ctnet_inner_key key = {
		.netns = kernel->dev->nd_net.net->ns.inum,
		.ifindex = skb->ifindex,
	};
	const __u32 *row = bpf_map_lookup_elem(&ctnet_inner, &key);

	return row ? row_at(*row) : NULL;
}

SEC("tc")
int ctnet_inner_rx(struct __sk_buff *skb)
{
	return count(skb, CTNET_INGRESS, inner_row_of(skb));
}

SEC("tc")
int ctnet_inner_tx(struct __sk_buff *skb)
{
	return count(skb, CTNET_EGRESS, inner_row_of(skb));
}
