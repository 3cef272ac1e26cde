/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs of bpf/lifecycle.bpf.c share: totals, tables, and how an event is made. */
#pragma once

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>

#include "compat.bpf.h"
#include "ctnet_lifecycle.h"

struct ctnet_lifecycle_totals ctnet_totals;

/* Resized by user space before the load. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1024 * 1024);
} ctnet_events SEC(".maps");

/* Setups under way, by the thread that asked: as many as threads can wait in setup_net() at once. */
struct ctnet_setup {
	ctnet_u64 net;
	ctnet_u64 begin_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, ctnet_u32);
	__type(value, struct ctnet_setup);
} ctnet_setups SEC(".maps");

/*
 * Namespaces that live or are being taken apart, by the address of their struct net, which cannot be used again before
 * ctnet_destroyed() has run. The worker takes them apart in batches and falls far behind a fast creator, so this holds more
 * than a node has: 16384 entries are 1.5 MB. Where it is full, times and birth are missing; no total is.
 */
struct ctnet_live {
	ctnet_u64 birth_ns; /* 0: before the probes */
	ctnet_u64 dying_ns; /* 0: lives */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, ctnet_u64);
	__type(value, struct ctnet_live);
} ctnet_live SEC(".maps");

/*
 * What an interface was called before the function that may change it; its return tells whether it did. All three functions
 * run under the RTNL mutex and not inside themselves, so one place for each is enough; the thread id tells of a stale one.
 */
enum ctnet_change { CTNET_MOVE, CTNET_RENAME, CTNET_JOIN, CTNET_CHANGES };

struct ctnet_before {
	ctnet_u64 dev;
	ctnet_u64 upper;
	ctnet_u32 tid;
	ctnet_u32 ifindex;
	char name[CTNET_NAME_SIZE];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CTNET_CHANGES);
	__type(key, ctnet_u32);
	__type(value, struct ctnet_before);
} ctnet_before SEC(".maps");

static __always_inline void ctnet_add(ctnet_u64 *counter, ctnet_u64 value)
{
	(void)__sync_fetch_and_add(counter, value);
}

static __always_inline void ctnet_observe(struct ctnet_histogram *histogram, ctnet_u64 ns)
{
	ctnet_u64 us = ns / 1000;
	ctnet_u32 i;

	for (i = 0; i < CTNET_HISTOGRAM_BUCKETS - 1; i++) {
		if (us < 2ULL << i)
			break;
	}
	if (i < CTNET_HISTOGRAM_BUCKETS) /* for the verifier */
		ctnet_add(&histogram->bucket[i], 1);
	ctnet_add(&histogram->sum_ns, ns);
	ctnet_add(&histogram->count, 1);
}

static __always_inline ctnet_u64 ctnet_since(ctnet_u64 begin_ns, ctnet_u64 end_ns)
{
	return begin_ns && end_ns > begin_ns ? end_ns - begin_ns : 0;
}

/*
 * Counts an event and makes room for it in the ring buffer; NULL where there is none. All fields but @kind are 0. Call it last: the
 * verifier of 6.1 forgets beyond a branch that the pointer was checked, and misses the submit.
 */
static __always_inline struct ctnet_lifecycle_event *ctnet_event(enum ctnet_event_kind kind)
{
	struct ctnet_lifecycle_event *event;

	ctnet_add(&ctnet_totals.seen[kind], 1);
	event = bpf_ringbuf_reserve(&ctnet_events, sizeof(*event), 0);
	if (!event) {
		ctnet_add(&ctnet_totals.lost[kind], 1);
		return NULL;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->kind = kind;
	return event;
}

static __always_inline void ctnet_fill_task(struct ctnet_lifecycle_event *event)
{
	ctnet_u64 ids = bpf_get_current_pid_tgid();

	event->pid = ids >> 32;
	event->tid = (ctnet_u32)ids;
	event->cgroup = bpf_get_current_cgroup_id();
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

static __always_inline void ctnet_fill_net(struct ctnet_lifecycle_event *event, struct net *net)
{
	if (!net)
		return;
	event->inode = BPF_CORE_READ(net, ns.inum);
	event->cookie = ctnet_net_cookie(net);
}
