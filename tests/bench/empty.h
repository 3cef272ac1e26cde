/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A program that does nothing, put where ctnet's are: what is left is the price of the hook. */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "base/cleanup.h"

enum { EMPTY_TCX_INGRESS = 46, EMPTY_TCX_EGRESS = 47 }; /* uapi/linux/bpf.h of 6.6 */

/** Returns its descriptor, or -errno. */
static inline int empty_load(void)
{
	const struct bpf_insn next[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = -1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "empty", "GPL", next, ARRAY_SIZE(next), NULL);
}

/** Both directions by TCX; @ret are closed to detach. Returns 0 or -errno. */
static inline int empty_attach_tcx(int prog_fd, int ifindex, int ret[2])
{
	ret[0] = bpf_link_create(prog_fd, ifindex, (enum bpf_attach_type)EMPTY_TCX_INGRESS, NULL);
	ret[1] = bpf_link_create(prog_fd, ifindex, (enum bpf_attach_type)EMPTY_TCX_EGRESS, NULL);
	return ret[0] < 0 ? ret[0] : ret[1] < 0 ? ret[1] : 0;
}

/** Both directions by clsact, with the qdisc. Returns 0 or -errno. */
static inline int empty_attach_clsact(int prog_fd, int ifindex)
{
	const enum bpf_tc_attach_point points[] = { BPF_TC_INGRESS, BPF_TC_EGRESS };

	for (size_t i = 0; i < ARRAY_SIZE(points); i++) {
		LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
		LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog_fd);
		int r;

		if (i == 0) {
			r = bpf_tc_hook_create(&hook);
			if (r < 0)
				return r;
		}
		hook.attach_point = points[i];
		r = bpf_tc_attach(&hook, &opts);
		if (r < 0)
			return r;
	}
	return 0;
}

/** Takes the clsact qdisc with all its filters away: for interfaces of a benchmark alone. */
static inline void empty_detach_clsact(int ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);

	(void)bpf_tc_hook_destroy(&hook);
}
