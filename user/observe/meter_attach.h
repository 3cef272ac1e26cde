/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "observe/kernel/traffic.h"
#include "observe/meter.h"
#include "observe/netlink/wiring.h"

/**
 * Attaches to a meter's link, or finds that it is attached already as an agent before us left it, or one that runs has it; then the baselines
 * are those that were kept, else the first ones.
 *
 * Returns 0, -EAGAIN (we read along, and the agent is not attached to it yet: @m->behind), -ENODEV, or -errno.
 */
int meter_attach(struct meter *m, struct traffic_programs *programs, struct wiring *wiring);

/**
 * Takes one pair of readings for each hook. Returns 1 where something was counted meanwhile: to ask for device counters waits for the RTNL
 * lock, so that can be a lot; 0, or -errno.
 */
int meter_sample(struct meter *m, struct traffic_programs *programs, struct wiring *wiring, take_pair_fn take);

/** meter_fill() with what our programs counted until now. @programs: NULL: there are none */
void meter_read(struct meter *m, const struct traffic_programs *programs);

/** Keeps what the totals are made of beside the row, for the next agent. @m is attached. */
void meter_keep(const struct meter *m, const struct traffic_programs *programs);
