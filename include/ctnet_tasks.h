/* SPDX-License-Identifier: GPL-2.0-only */
/* What bpf/tasks.bpf.c and its reader agree on. Fixed-width types only. A change of the layout here raises CTNET_TASKS_LAYOUT. */
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

#define CTNET_TASKS_LAYOUT 1

#define CTNET_TASK_HOMES 2  /* namespaces whose processes are left out */
#define CTNET_COMM_SIZE  16 /* TASK_COMM_LEN, with its NUL */

/* One process of a foreign network namespace. */
struct ctnet_task {
	ctnet_u64 start_ns;         /* as CLOCK_BOOTTIME */
	ctnet_u32 pid;              /* as the first pid namespace has it */
	ctnet_u32 netns;            /* inode */
	char comm[CTNET_COMM_SIZE]; /* any bytes */
};

#ifndef __bpf__
static_assert(sizeof(struct ctnet_task) == 32, "layout 1");
static_assert(offsetof(struct ctnet_task, pid) == 8, "layout 1");
static_assert(offsetof(struct ctnet_task, comm) == 16, "layout 1");
#endif
