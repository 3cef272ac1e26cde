/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/observation.h"

struct arena;

/** The ways through an observation that its own order does not give. Points into the observation. */
struct lookup {
	const struct observation *obs;
	const struct ns_links *here; /* the observing namespace's links; NULL: not told */
	const struct link *
		*host_ends; /* pairs that lead elsewhere, by peer_nsid, then peer_index, the youngest first */
	size_t host_end_count;
	const struct link **ports; /* of the observing namespace, by master, then index */
	size_t port_count;
	const struct ns_seen **by_nsid; /* by nsid, the youngest first; without those that have none */
	size_t by_nsid_count;
};

/** Some of the links of a lookup, next to each other. */
struct link_span {
	const struct link *const *links;
	size_t count;
};

struct address_span {
	const struct link_address *addresses;
	size_t count;
};

/**
 * Sorts the ways through @obs.
 *
 * @scratch: owns the sorted arrays
 * Returns 0 or -ENOMEM.
 */
int lookup_make(const struct observation *obs, struct arena *scratch, struct lookup *ret);

/** The first of @count items of @size bytes that is not before @key; @count where all are. @compare as for bsearch(3). */
size_t lower_bound(const void *key, const void *base, size_t count, size_t size,
                   int (*compare)(const void *key, const void *item));

/** Whether a kind comes in pairs, each end naming the other: veth and netkit. */
bool link_is_pair(enum link_kind kind);

/** What was seen of the namespace behind that nsid; NULL for NSID_HERE and where nobody found it. */
const struct ns_seen *lookup_namespace(const struct lookup *lookup, int32_t nsid);

/** The links behind that nsid; NULL for NSID_HERE and where they were not read. */
const struct ns_links *lookup_table(const struct lookup *lookup, int32_t nsid);

/** The link of that index, or NULL. Accepts a @table of NULL. */
const struct link *lookup_link(const struct ns_links *table, uint32_t index);

/** The addresses of the link of that index. */
struct address_span lookup_addresses(const struct ns_links *table, uint32_t index);

/** The host ends whose other end is behind that nsid. */
struct link_span lookup_host_ends(const struct lookup *lookup, int32_t nsid);

/** The links of the observing namespace whose master has that index. */
struct link_span lookup_ports(const struct lookup *lookup, uint32_t master);

/** The traffic that is counted in another namespace, at the link with that identity, or NULL. */
const struct link_traffic *lookup_inside(const struct lookup *lookup, uint32_t index, uint64_t birth);

/** The traffic of the link of the observing namespace with that identity, or NULL. */
const struct link_traffic *lookup_traffic(const struct lookup *lookup, uint32_t index, uint64_t birth);
