/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

/*
 * An interface is the same in two snapshots where its host end is (index and birth), whichever namespace it stood in then; one
 * without a host end, where its namespace, its index and its birth are.
 */
struct interface_entry {
	uint64_t inode, birth; /* of the namespace; 0, 0 where the host end tells */
	uint64_t host_birth;
	uint64_t link_birth; /* of an interface without a host end; 0: not told */
	uint32_t index;
	const struct netns *ns; /* whose row it is in */
	const struct interface *interface;
};

/** All interfaces of some namespaces by identity. */
struct interface_index {
	struct interface_entry *entries;
	size_t count;
};

/**
 * Sorts the interfaces of @count namespaces by identity.
 *
 * @ret: points into @namespaces; freed with interface_index_free(); untouched on failure
 * Returns 0 or -ENOMEM.
 */
int interface_index_make(const struct netns *namespaces, size_t count, struct interface_index *ret);

/** The interface that is the same as @interface of @ns, or NULL. */
const struct interface *interface_index_find(const struct interface_index *index, const struct netns *ns,
                                             const struct interface *interface);

/** Whose row the interface with that host end is in, or NULL. @host_birth: not 0. */
const struct netns *interface_index_find_host(const struct interface_index *index, uint32_t host_index,
                                              uint64_t host_birth);

/** Accepts an empty index. */
void interface_index_free(struct interface_index *index);
#define _cleanup_interface_index_ __attribute__((cleanup(interface_index_free)))

/** By inode, then birth: 0 for the same namespace. Rows of namespaces that are not known (inode 0) may be equal and not the same. */
int netns_order(const struct netns *a, const struct netns *b);

/** By index, then birth: 0 for the same bridge. */
int bridge_order(const struct bridge *a, const struct bridge *b);
