/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/lookup.h"
#include "model/observation.h"
#include "model/snapshot.h"

/*
 * What the parts of snapshot_build() share. Where there is no memory, a part leaves its rows out and sets `failed`; it is
 * looked at once, at the end.
 */
struct enrich {
	const struct observation *obs;
	const struct snapshot *previous; /* NULL: the first round */
	struct lookup lookup;
	struct arena *arena;   /* of the snapshot: what stays */
	struct arena *scratch; /* what only the building needs */
	bool failed;           /* sticky: no memory */
};

/** Rows in the making; the room for all of them is there from the start. */
struct netns_rows {
	struct netns *rows;
	size_t count;
};

/** @count zeroed items in the snapshot's arena; NULL, with `failed` set, where there is no memory. */
void *enrich_array(struct enrich *enrich, size_t count, size_t size);

/** A cleaned copy of at most OWNER_TEXT_MAX bytes with its NUL; "" for NULL. Never NULL. */
const char *enrich_text(struct enrich *enrich, const char *text);

/** The kernel's name of a link as clean text. */
void enrich_link_name(const char raw[IFNAMSIZ], char ret[IFNAMSIZ]);

/** Administratively up with a carrier: an interface of the snapshot is up. */
bool enrich_link_up(const struct link *link);

/** Copies the addresses of a link of @table. Returns NULL where there are none. */
const struct address *enrich_addresses(struct enrich *enrich, const struct ns_links *table, uint32_t index,
                                       size_t *ret_count);

/** Fills the owners, name, kind and holder of @row. */
void enrich_owners(struct enrich *enrich, const struct ns_seen *seen, struct netns *row);

/** Fills the interfaces of @row from what is behind @nsid, and from the host ends that lead there. */
void enrich_interfaces(struct enrich *enrich, int32_t nsid, struct netns *row);

/** Fills @row's only interface from a host end that leads nowhere any more. */
void enrich_host_end(struct enrich *enrich, const struct link *host, struct netns *row);

/** Fills @row's only interface from a host end that is gone and was in no snapshot. */
void enrich_lost_interface(struct enrich *enrich, const struct link_traffic *lost, struct netns *row);

/** Returns the bridges of the observing namespace, by index. */
const struct bridge *enrich_bridges(struct enrich *enrich, size_t *ret_count);

/** Returns the links of the observing namespace, by index, without loopback. */
const struct device *enrich_devices(struct enrich *enrich, size_t *ret_count);

/** Fills who @row is, and its owners, from a row of the previous snapshot. */
void carry_over_identity(struct enrich *enrich, const struct netns *before, struct netns *row);

/** Adds to @rows, which are sorted, the namespaces and interfaces that the previous snapshot had and that are no more. */
void carry_over_namespaces(struct enrich *enrich, struct netns_rows *rows);

/** Returns the @count @live bridges, sorted, with those that the previous snapshot had and that are no more. */
const struct bridge *carry_over_bridges(struct enrich *enrich, const struct bridge *live, size_t *count);

/** By inode, then birth; rows of one identity (inode 0) by their state and first interface. For qsort. */
int netns_compare(const void *a, const void *b);
