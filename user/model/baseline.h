/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

#include "model/counters.h"

/**
 * Joins the kernel's device counters with what our programs counted, for one direction of one interface, so that the total equals the
 * kernel's although the program came later. What the kernel had counted when the program began is D - H (device minus hook) at a moment
 * when no packet is between the two. Such a moment cannot be asked for, but every pair of readings bounds it:
 *  - where the hook runs before the device counter (egress): read D, then H: D - H is a lower bound, so keep the largest;
 *  - where it runs after (ingress): read H, then D: D - H is an upper bound, so keep the smallest.
 * One quiet pair makes it exact.
 */
struct baseline {
	bool set;     /* there is a value */
	bool sampled; /* and a pair to compare the next one with */
	bool settled; /* two pairs in a row were the same, so nothing moved between them: exact, and kept from then on */
	struct count value;
	struct count device, hook; /* the last pair */
};

enum hook_side { HOOK_BEFORE_DEVICE, HOOK_AFTER_DEVICE };

/**
 * Takes one pair of readings into account. Two pairs settle a baseline only if more time passed between them than a packet
 * can wait between the device counter and the hook (a softirq backlog): take one pair a tick.
 *
 * @device: the kernel's counter in this direction (egress: with tx_dropped added to the packets)
 * @hook: what the program counted
 */
void baseline_sample(struct baseline *baseline, enum hook_side side, struct count device, struct count hook);

/**
 * Takes a pair of readings into account that another one may follow at once: it makes the bound closer, but settles nothing.
 */
void baseline_tighten(struct baseline *baseline, enum hook_side side, struct count device, struct count hook);

/** The total: baseline plus what was counted since. */
struct count baseline_total(const struct baseline *baseline, struct count hook);
