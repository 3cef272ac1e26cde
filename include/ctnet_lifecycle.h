/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What bpf/lifecycle.bpf.c and its readers agree on. Fixed-width types only. A change of any layout here raises
 * CTNET_LIFECYCLE_LAYOUT.
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

#define CTNET_LIFECYCLE_LAYOUT 1

/* What happens to a namespace, then what happens to an interface. */
enum ctnet_event_kind {
	CTNET_CREATED,      /* set up and handed to the task that asked for it */
	CTNET_DYING,        /* the last reference is gone; the kernel's worker will take it apart */
	CTNET_DESTROYED,    /* taken apart: no interface is left, its number is about to be given back */
	CTNET_REGISTERED,   /* an interface appeared */
	CTNET_MOVED,        /* it came into the namespace, out of the other one */
	CTNET_RENAMED,      /* it has another name */
	CTNET_UNREGISTERED, /* it is no more */
	CTNET_JOINED,       /* it became a port of a bridge */
	CTNET_LEFT,         /* it is a port no more */
	CTNET_EVENT_KINDS,
};

#define CTNET_NAME_SIZE 16 /* IFNAMSIZ and TASK_COMM_LEN, both with their NUL */

/* One event, as it stands in the ring buffer. Text is what the kernel holds: any bytes, not always with a NUL. */
struct ctnet_lifecycle_event {
	ctnet_u64 time_ns;     /* bpf_ktime_get_boot_ns(), as CLOCK_BOOTTIME */
	ctnet_u64 cookie;      /* of the namespace, never reused; 0: before 5.12 */
	ctnet_u64 birth_ns;    /* of the namespace: time of its CREATED; 0: before the probes */
	ctnet_u64 duration_ns; /* CREATED: of the setup; DYING: of its life; DESTROYED: since DYING */
	ctnet_u64 cgroup;      /* v2 id of the task's cgroup; 0 in DYING and DESTROYED */
	ctnet_u32 kind;        /* enum ctnet_event_kind */
	ctnet_u32 inode;       /* of the namespace; 0: its setup was not seen */
	ctnet_u32 other_inode; /* MOVED: the namespace it came from */
	ctnet_u32 ifindex;
	ctnet_u32 other_ifindex; /* MOVED: before, 0: not known; JOINED, LEFT: of the bridge */
	ctnet_u32 pid;           /* of the process that did it; 0 in DYING and DESTROYED */
	ctnet_u32 tid;
	ctnet_u32 reserved;
	char comm[CTNET_NAME_SIZE];       /* of that thread */
	char name[CTNET_NAME_SIZE];       /* of the interface */
	char other_name[CTNET_NAME_SIZE]; /* MOVED, RENAMED: before; JOINED, LEFT: of the bridge */
};

/* As struct histogram in user/model/snapshot.h: bucket i counts what is below 2^(i+1) us and in no bucket before. */
#define CTNET_HISTOGRAM_BUCKETS 28

struct ctnet_histogram {
	ctnet_u64 bucket[CTNET_HISTOGRAM_BUCKETS];
	ctnet_u64 count;
	ctnet_u64 sum_ns;
};

/* What is counted whether or not the ring buffer has room. Written with atomic adds, read through shared memory. */
struct ctnet_lifecycle_totals {
	ctnet_u64 seen[CTNET_EVENT_KINDS]; /* every event of the kind */
	ctnet_u64 lost[CTNET_EVENT_KINDS]; /* of these, no room in the ring buffer: counted, not delivered */
	ctnet_u64 failed;                  /* namespaces whose setup failed: neither created nor destroyed */
	ctnet_u64 untimed;                 /* a table was full or a probe too late: missing from a histogram */
	struct ctnet_histogram setup;      /* setting up */
	struct ctnet_histogram teardown;   /* DYING until DESTROYED */
	struct ctnet_histogram lifetime;   /* CREATED until DYING, entered when DESTROYED */
};

#ifndef __bpf__
static_assert(sizeof(struct ctnet_lifecycle_event) == 120, "layout 1");
static_assert(offsetof(struct ctnet_lifecycle_event, kind) == 40, "layout 1");
static_assert(offsetof(struct ctnet_lifecycle_event, comm) == 72, "layout 1");
static_assert(sizeof(struct ctnet_histogram) == 240, "layout 1");
static_assert(offsetof(struct ctnet_lifecycle_totals, setup) == 160, "layout 1");
static_assert(sizeof(struct ctnet_lifecycle_totals) == 880, "layout 1");
#endif
