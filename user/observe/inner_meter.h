/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/counters.h"
#include "model/link.h"

/**
 * What is counted at one link inside another namespace. Totals are the device's own, seen from the container as they are: what the device
 * received it received. Pure.
 */
struct inner_meter {
	int32_t nsid;
	struct link link; /* as it was last; index and birth are its identity */
	bool gone;
	bool ended; /* the device's last word is in stats */
	struct device_stats stats;
	struct traffic traffic; /* as last told */
};

/** Takes in what the device says now, and fills @m->traffic. */
void inner_meter_take(struct inner_meter *m, const struct device_stats *stats);
