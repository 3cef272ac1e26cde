/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where kernels differ in their types. Part of a type's name from "___" on is left out when libbpf looks for the kernel's own, so each
 * form of a type can be described beside the others. Functions that differ stand in user/observe/kernel/probe_table.c.
 */
#pragma once

#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* The count of references: 5.11 until 6.17. */
struct ns_common___count {
	refcount_t count;
};

/* The same from 6.18 on. */
struct ns_common___ns_ref {
	refcount_t __ns_ref;
};

#pragma clang attribute pop

/* References to a namespace; 0 where this kernel keeps them somewhere else. */
static __always_inline int ctnet_ns_references(struct ns_common *ns)
{
	struct ns_common___count *counted = (void *)ns;
	struct ns_common___ns_ref *referred = (void *)ns;

	if (bpf_core_field_exists(counted->count))
		return BPF_CORE_READ(counted, count.refs.counter);
	if (bpf_core_field_exists(referred->__ns_ref))
		return BPF_CORE_READ(referred, __ns_ref.refs.counter);
	return 0;
}

/* A number that no other namespace ever has; 0 where the kernel has none. A plain field since 5.12, commit 3d368ab87cf6. */
static __always_inline __u64 ctnet_net_cookie(struct net *net)
{
	if (bpf_core_field_exists(net->net_cookie))
		return BPF_CORE_READ(net, net_cookie);
	return 0;
}
