/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/baseline.h"
#include "model/counters.h"
#include "model/link.h"

/**
 * What is counted at one link inside another namespace. Totals are the device's own, seen from the container as they are: what the device
 * received it received. Where our programs are attached they add the split, and what passed after the device was last asked. Pure.
 */
struct inner_meter {
	int32_t nsid;
	struct link link; /* as it was last; index and birth are its identity */
	bool waiting;     /* to be attached to */
	bool tried;       /* it was, once */
	bool attached;
	uint32_t row; /* where our programs count, while attached */
	bool gone;
	bool ended; /* the device's last word is in stats */
	bool quiet; /* device and programs agreed when last asked, and the programs have counted nothing since */
	struct device_stats stats;
	struct ctnet_counters counted[CTNET_HOOKS]; /* by our programs, when last read */
	struct baseline baseline[CTNET_HOOKS];      /* what the device had counted before them */
	struct traffic traffic;                     /* as last told */
};

/**
 * Whether our programs count what the device counts. Not at a NIC, whose counters are those of the wire: before GRO and after TSO; nor where
 * packets have no Ethernet header (a tun), which the programs begin with.
 */
bool inner_meter_attachable(const struct link *link);

/** Takes in what the device says now, and fills @m->traffic. */
void inner_meter_take(struct inner_meter *m, const struct device_stats *stats);

/** Takes in what our programs counted until now, and fills @m->traffic. */
void inner_meter_count(struct inner_meter *m, const struct ctnet_counters counted[CTNET_HOOKS]);

/**
 * Takes in what the device says now, with what our programs had counted just before and just after. @take: baseline_tighten() or
 * baseline_sample().
 */
void inner_meter_pair(struct inner_meter *m, const struct device_stats *stats,
                      const struct ctnet_counters before[CTNET_HOOKS], const struct ctnet_counters after[CTNET_HOOKS],
                      void (*take)(struct baseline *, enum hook_side, struct count, struct count));

/** Neither the device nor our programs will count any more: fills @m->traffic for the last time. */
void inner_meter_finish(struct inner_meter *m);
