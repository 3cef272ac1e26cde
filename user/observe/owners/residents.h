/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/array.h"
#include "model/observation.h"

/** The oldest process of a namespace, as far as it tells who lives there. */
struct resident {
	uint64_t netns; /* inode */
	uint64_t birth;
	pid_t pid;
	pid_t parent; /* 0: not known */
	char *cgroup; /* /proc/PID/cgroup, as it is; owned; NULL: not to be read */
	size_t cgroup_len;
	uint8_t reads; /* stays at its largest value */
};

/** What engines without a state file are told by, remembered from look to look: of those namespaces that no state file tells of. */
struct residents {
	struct array items; /* struct resident, sorted by netns, then birth; only namespaces with a process */
	struct array spare;
	uint64_t generation; /* goes up with every change of the items */
	uint64_t looks;
};

void residents_init(struct residents *residents);

/**
 * Follows what was seen: reads the processes of rows that are new or have another process, and each of the others every few looks, for a
 * process may be put into another cgroup. One that is no longer in the namespace of its row is left out.
 *
 * @proc: descriptor of /proc
 * @rows: sorted by inode
 * @told: inodes of the namespaces that are left out, sorted; of uint64_t
 * Returns 0, or -ENOMEM: then none is known, and the next look reads them all.
 */
int residents_refresh(struct residents *residents, int proc, const struct ns_seen *rows, size_t count,
                      const struct array *told);

void residents_free(struct residents *residents);
