/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "ctnet_tasks.h"

struct kernel_price;

/**
 * The processes of foreign network namespaces, told by the kernel in one reading (bpf/tasks.bpf.c).
 */
struct tasks;

/**
 * Loads the program.
 *
 * @home: inodes of the namespaces whose processes are left out; 0: none
 * @ret: tasks_free() it; untouched on failure
 * @fault: filled on failure: why /proc has to do
 * Returns 0 or -errno.
 */
int tasks_open(const uint64_t home[CTNET_TASK_HOMES], struct tasks **ret, struct fault *fault);

/**
 * Reads them all, in the order of process ids, which are those of the first pid namespace. A process whose leading thread has ended is left
 * out, as /proc/PID/ns/net leaves it out.
 *
 * @ret: owned by @tasks, valid until its next call; untouched on failure
 * Returns 0 or -errno.
 */
int tasks_read(struct tasks *tasks, const struct ctnet_task **ret, size_t *ret_count);

/** Adds what the kernel says that the map and the program take; none where @tasks is NULL. Returns 0 or -ENOMEM. */
int tasks_price(const struct tasks *tasks, struct kernel_price *price);

/** Accepts NULL. */
void tasks_free(struct tasks *tasks);
