/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/counters.h"

struct bridge;
struct interface;
struct netns;
struct snapshot;

/**
 * Compares what ctnet tells of one direction of one interface with the kernel's own counter, although the two are never read at one
 * moment: at each tick the device D is read first, then what we tell, T. Both only grow, so over two ticks the difference is at least
 * T of the first less D of the second, and at most T of the second less D of the first. What was known of it stays as long as that allows,
 * 0 at first: packets on their way are no difference. Where nothing moved between two ticks it is known exactly; where packets flow
 * without end, one that grows is seen sooner or later.
 *
 * A packet that waits for longer than a tick between the two places (in a queue with a rate, tbf) is a difference until it went.
 */
struct accuracy {
	bool read;  /* there is a tick before */
	bool owing; /* packets were dropped, and how many bytes they had is not known yet */
	struct count told, device;
	uint64_t dropped;
	int64_t dropped_bytes; /* of packets that the device dropped, which it tells no bytes of */
	struct difference known;
};

/** One tick. */
struct accuracy_reading {
	struct count device; /* read first; packets with those dropped */
	uint64_t dropped;    /* by the device; we count them with their bytes, it without */
	struct count told;
};

/**
 * Takes in a tick and compares it with the one before.
 *
 * Bytes are not compared from a drop on until a quiet tick shows how many the dropped packets had.
 *
 * @ret: what we tell more than the kernel; untouched where there is nothing to compare
 * Returns whether there was: a device whose counter went back begins anew.
 */
bool accuracy_compare(struct accuracy *accuracy, const struct accuracy_reading *now, struct difference *ret);

/** How well a snapshot agrees with the kernel. */
struct agreement {
	size_t compared;           /* interfaces and bridges */
	struct difference largest; /* without their signs; not always of the same interface */
	/* whose difference in packets is the largest, or else in bytes; NULL: nothing differs. Of a bridge only @bridge */
	const struct netns *ns;
	const struct interface *interface;
	const struct bridge *bridge;
};

/** Pure. */
struct agreement snapshot_agreement(const struct snapshot *snap);
