/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

#include "model/lifecycle_event.h"
#include "model/snapshot.h"

/**
 * One thing that happened on the node, as it is told to people: what the kernel said, when by the wall clock, and whose namespace
 * it was, where that was known when it happened.
 */
struct event {
	double time;                /* seconds since the epoch */
	bool exact;                 /* told by a probe; else noticed by looking, later than it happened */
	char owner[OWNER_TEXT_MAX]; /* of the namespace; "": not known (yet) */
	struct lifecycle_event what;
};

/**
 * Whether an event speaks of NAME: the owner's name, the inode of the namespace (or of the one it came from), an interface or bridge
 * by any of its names, the process id or name that did it. "" is everything.
 */
bool event_matches(const struct event *event, const char *name);
