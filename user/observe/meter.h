/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

#include "ctnet_traffic.h"
#include "model/accuracy.h"
#include "model/baseline.h"
#include "model/counters.h"
#include "model/link.h"
#include "observe/kernel/traffic.h"

/** What is counted at one link: the kernel's device counters and our programs' joined, and seen from the container. Pure. */
struct meter {
	struct link link; /* as it was last; index and birth are its identity */
	bool waiting;     /* to be attached to */
	bool attached;
	bool behind; /* we read along, and the agent was not attached to it yet */
	bool dying;  /* the namespace of the other end is no more, the device soon */
	bool gone;
	bool ended[CTNET_HOOKS]; /* the device's last word is in stats */
	struct baseline baseline[CTNET_HOOKS];
	struct count counted[CTNET_HOOKS];   /* by our programs, when last read */
	struct count published[CTNET_HOOKS]; /* totals that are not to be taken back */
	struct accuracy accuracy[CTNET_HOOKS];
	bool fresh;                /* the stats are of this tick */
	struct device_stats stats; /* the last ones */
	struct traffic traffic;    /* as last told */
};

/** One pair of readings for each hook: what our programs had counted before and after the device said @m->stats. */
struct meter_pair {
	struct ctnet_counters before[CTNET_HOOKS];
	struct ctnet_counters after[CTNET_HOOKS];
};

/** baseline_sample() or baseline_tighten(). */
typedef void (*take_pair_fn)(struct baseline *, enum hook_side, struct count, struct count);

/**
 * Takes a pair into account, in the order that model/baseline.h asks for. Returns whether a packet came in between the two: it may count
 * twice until the next pair.
 */
bool meter_take_pair(struct meter *m, const struct meter_pair *pair, take_pair_fn take);

/** Whether the baselines of both directions are exact. */
bool meter_settled(const struct meter *m);

/** Fills @m->traffic. @counted: of our programs, by hook; NULL: they are not attached */
void meter_fill(struct meter *m, const struct ctnet_counters *counted);

/**
 * The device will count no more in this direction, nor will our programs, and its last word is in @m->stats: the last pair of readings says
 * what the baseline was. Call meter_fill() before, if it is attached.
 */
void meter_end(struct meter *m, enum ctnet_hook hook);

/**
 * Compares @m->traffic with @m->stats, which were read just before it was filled. Once a tick; where the device was not asked this time, what
 * follows begins anew.
 */
void meter_compare(struct meter *m);

/** @m->traffic was published: totals go no lower from now on. */
void meter_published(struct meter *m);

/**
 * A meter for an interface that ended while no agent ran, at its last counters. Returns whether there is more in them than what was told;
 * @ret is filled in any case.
 */
bool meter_of_orphan(const struct traffic_orphan *orphan, struct meter *ret);
