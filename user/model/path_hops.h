/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "model/path.h"

/** Not a hop: there is no room for one more, it is on the path already, or is not found. */
#define WALK_FULL ((size_t)-1)

/** A path in the making. */
struct walk {
	const struct snapshot *snap;
	const struct host_facts *facts;
	struct hop hops[PATH_HOPS];
	size_t count;
	bool cut;
};

/** The rows of that inode or index; NULL where there is none. */
const struct netns *netns_of(const struct snapshot *snap, uint64_t inode);
const struct interface *interface_of(const struct netns *ns, uint32_t index);
const struct device *device_of(const struct snapshot *snap, uint32_t index);

/** The other end of a pair that stays in the observing namespace; NULL where it leads elsewhere, or is none. */
const struct device *pair_of(const struct walk *walk, const struct device *device);

/** Whether a port of a bridge of the observing namespace leads elsewhere than to a namespace or a virtual machine. */
bool device_leads_out(const struct snapshot *snap, const struct device *port);

/** The hop that is that device; WALK_FULL where none is. */
size_t walk_find(const struct walk *walk, uint64_t netns, uint32_t index);

/**
 * Adds a hop that is no device, or of which only the namespace is known. Returns it, or WALK_FULL.
 *
 * @from: the hop it hangs on
 */
size_t walk_add(struct walk *walk, enum hop_kind kind, enum hop_via via, size_t from, uint64_t netns);

/** As above, for a device of the observing namespace; WALK_FULL also where it is on the path already. */
size_t walk_add_device(struct walk *walk, enum hop_kind kind, enum hop_via via, size_t from,
                       const struct device *device);

/** As above, for an interface of a namespace. */
size_t walk_add_interface(struct walk *walk, enum hop_kind kind, enum hop_via via, size_t from, const struct netns *ns,
                          const struct interface *link);

/** As above, for a device of which no more is known than another one tells of it. */
size_t walk_add_end(struct walk *walk, enum hop_kind kind, enum hop_via via, size_t from, const struct peer *end);

/** As above, for a bridge of the observing namespace of which only the name is told. */
size_t walk_add_bridge(struct walk *walk, size_t from, const char name[IFNAMSIZ]);
