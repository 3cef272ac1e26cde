/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/snapshot.h"

/** Per second. */
struct rate {
	double packets, bytes, segments, wire_bytes;
};

/** How one namespace moved between two snapshots. */
struct netns_rate {
	const struct netns *ns; /* in the later snapshot, which must outlive this */
	bool fresh;	 /* was not in the earlier one: its rates start at its whole total over the interval */
	bool reset;	 /* a counter went back: rates of this round are 0 and say so */
	struct rate dir[DIRECTIONS];
	double by_class[DIRECTIONS][CTNET_CLASSES]; /* bytes per second */
};

struct bridge_rate {
	const struct bridge *bridge;
	bool reset;
	struct rate dir[DIRECTIONS];
};

struct rates {
	double seconds; /* between the two; 0 on the first round, all rates are 0 then */
	double time;
	const struct snapshot *snap; /* the later one */
	struct netns_rate *namespaces; /* one for each of snap->namespaces, in its order */
	size_t namespace_count;
	struct bridge_rate *bridges;
	size_t bridge_count;
	struct rate total[DIRECTIONS]; /* over namespaces */
	uint64_t born, died;	       /* in the interval */
};

/**
 * Compares two snapshots by identity (inode + birth; index + birth). Pure; a merge, no search.
 *
 * @before: NULL on the first round
 * @ret: freed with rates_free(); points into @after
 * Returns 0 or -ENOMEM.
 */
int rates_between(const struct snapshot *before, const struct snapshot *after, struct rates **ret);

/** Accepts NULL. */
void rates_free(struct rates *rates);
void rates_freep(struct rates **rates);
#define _cleanup_rates_ __attribute__((cleanup(rates_freep)))
