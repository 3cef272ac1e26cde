/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/snapshot.h"

/** Per second. */
struct rate {
	double packets, bytes, segments, wire_bytes;
};

/**
 * How one namespace moved between two snapshots: the sum over its interfaces, each compared with itself in the earlier
 * snapshot, wherever it was then. An interface that the earlier one did not have adds its whole total if it was born since; if
 * it was there before (it or its host end is older, or had traffic before the attach), nobody knows when its total was counted,
 * and it adds nothing this round. A gone interface adds what it counted last.
 */
struct netns_rate {
	const struct netns *ns; /* in the later snapshot, which must outlive this */
	bool fresh;             /* was not in the earlier snapshot; false on the first round */
	bool reset;             /* a counter of an interface went back: that interface adds nothing this round */
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
	const struct snapshot *snap;   /* the later one */
	struct netns_rate *namespaces; /* one for each of snap->namespaces, in its order */
	size_t namespace_count;
	struct bridge_rate *bridges;
	size_t bridge_count;
	struct rate total[DIRECTIONS]; /* over namespaces */
	uint64_t born, died;           /* in the interval; 0 on the first round */
};

/**
 * Compares two snapshots by identity (inode + birth; index + birth). Pure; merges of sorted rows.
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
