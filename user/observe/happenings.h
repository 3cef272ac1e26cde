/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/event.h"
#include "model/link.h"
#include "model/snapshot.h"
#include "observe/netlink/wiring.h"

/** Called for each event; it is the callee's to read until it returns. */
typedef void (*event_fn)(void *context, const struct event *event);

/**
 * Where things that happen become events for people: with the wall clock, and the owner as far as the newest snapshot knows it.
 */
struct happenings {
	event_fn tell; /* NULL: nobody listens */
	void *context;
};

/** Tells what a probe said. @known: the newest snapshot, or NULL. */
void happenings_probe(const struct happenings *happenings, const struct lifecycle_event *what,
                      const struct snapshot *known);

/** What rtnetlink said of a link. */
struct link_happening {
	enum link_change change;
	uint64_t inode; /* of the namespace the link is in; 0: not known */
	const struct link *old, *link;
	const struct link *old_bridge, *bridge; /* of which it was and is a port; NULL: none */
};

/**
 * Tells it: the fallback where there are no probes. A move between namespaces shows as unregistered in the one and registered in the
 * other.
 */
void happenings_link(const struct happenings *happenings, const struct link_happening *happening,
                     const struct snapshot *known);

/** Tells that a namespace was seen for the first time, or is seen no more: likewise the fallback. */
void happenings_census(const struct happenings *happenings, bool created, uint64_t inode, const struct snapshot *known);
