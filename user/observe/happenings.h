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

/**
 * Tells what rtnetlink said of a link: the fallback where there are no probes. A move between namespaces shows as unregistered in the one and
 * registered in the other.
 *
 * @inode: of the namespace the link is in; 0: not known
 * @bridge, @old_bridge: of which it is and was a port; NULL: none
 */
void happenings_link(const struct happenings *happenings, enum link_change change, uint64_t inode,
                     const struct link *old, const struct link *link, const struct link *old_bridge,
                     const struct link *bridge, const struct snapshot *known);

/** Tells that a namespace was seen for the first time, or is seen no more: likewise the fallback. */
void happenings_census(const struct happenings *happenings, bool created, uint64_t inode,
                       const struct snapshot *known);
