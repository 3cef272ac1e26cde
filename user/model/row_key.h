/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/snapshot.h"

/**
 * What a row is known by from one snapshot to the next: a namespace by inode and birth, a bridge by index and birth of its link.
 * Both 0: nothing.
 */
struct row_key {
	uint64_t number;
	uint64_t birth;
};

static inline bool row_key_equal(struct row_key a, struct row_key b)
{
	return a.number == b.number && a.birth == b.birth;
}

/** Orders by number, then birth: below 0, 0, above 0. */
static inline int row_key_compare(struct row_key a, struct row_key b)
{
	if (a.number != b.number)
		return a.number < b.number ? -1 : 1;
	if (a.birth != b.birth)
		return a.birth < b.birth ? -1 : 1;
	return 0;
}

/**
 * The key of a namespace. One whose inode is not known goes by its first host end, whose index is far below any inode of a namespace (the
 * kernel gives those out from 0xf0000000 on: PROC_DYNAMIC_FIRST in fs/proc/generic.c).
 */
static inline struct row_key row_key_of(const struct netns *ns)
{
	if (ns->inode == 0 && ns->interface_count > 0)
		return (struct row_key){ ns->interfaces[0].peer.index, ns->interfaces[0].host_birth };
	return (struct row_key){ ns->inode, ns->birth };
}

static inline struct row_key row_key_of_bridge(const struct bridge *bridge)
{
	return (struct row_key){ bridge->index, bridge->host_birth };
}
