/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/happenings.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

static double seconds(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint64_t boot_ns(void)
{
	return (uint64_t)(seconds(CLOCK_BOOTTIME) * 1e9);
}

/* The living row of an inode, else the one that died last: rows are sorted by inode, then birth. */
static const char *owner_of(const struct snapshot *known, uint64_t inode)
{
	const char *name = "";
	size_t low = 0;
	size_t high = known ? known->namespace_count : 0;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (known->namespaces[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (; known && inode && low < known->namespace_count &&
	       known->namespaces[low].inode == inode;
	     low++)
		name = known->namespaces[low].name;
	return name;
}

static void tell(const struct happenings *happenings, bool exact,
                 const struct lifecycle_event *what, const struct snapshot *known)
{
	struct event event = { .exact = exact, .what = *what };

	if (!happenings->tell)
		return;
	event.time = seconds(CLOCK_REALTIME) - (seconds(CLOCK_BOOTTIME) - (double)what->time / 1e9);
	(void)snprintf(event.owner, sizeof(event.owner), "%s", owner_of(known, what->inode));
	happenings->tell(happenings->context, &event);
}

void happenings_probe(const struct happenings *happenings, const struct lifecycle_event *what,
                      const struct snapshot *known)
{
	tell(happenings, true, what, known);
}

static void copy_name(char out[IFNAMSIZ], const struct link *link)
{
	if (link)
		(void)text_clean(link->name, strnlen(link->name, IFNAMSIZ), out, IFNAMSIZ);
}

void happenings_link(const struct happenings *happenings, enum link_change change, uint64_t inode,
                     const struct link *old, const struct link *link, const struct link *old_bridge,
                     const struct link *bridge, const struct snapshot *known)
{
	struct lifecycle_event what = { .time = boot_ns(), .inode = inode, .ifindex = link->index };

	copy_name(what.name, link);
	if (change != LINK_CHANGED) {
		what.kind = change == LINK_APPEARED ? CTNET_REGISTERED : CTNET_UNREGISTERED;
		tell(happenings, false, &what, known);
	} else if (strncmp(old->name, link->name, IFNAMSIZ) != 0) {
		what.kind = CTNET_RENAMED;
		copy_name(what.other_name, old);
		tell(happenings, false, &what, known);
	}
	if (change == LINK_CHANGED && old->master != link->master && old_bridge) {
		what.kind = CTNET_LEFT;
		what.other_ifindex = old->master;
		copy_name(what.other_name, old_bridge);
		tell(happenings, false, &what, known);
	}
	if (change != LINK_VANISHED && (!old || old->master != link->master) && bridge) {
		what.kind = CTNET_JOINED;
		what.other_ifindex = link->master;
		copy_name(what.other_name, bridge);
		tell(happenings, false, &what, known);
	}
}

void happenings_census(const struct happenings *happenings, bool created, uint64_t inode,
                       const struct snapshot *known)
{
	const struct lifecycle_event what = {
		.kind = created ? CTNET_CREATED : CTNET_DESTROYED,
		.time = boot_ns(),
		.inode = inode,
	};

	tell(happenings, false, &what, known);
}
