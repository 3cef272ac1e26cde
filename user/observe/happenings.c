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

static bool is_end(enum ctnet_event_kind kind)
{
	return kind == CTNET_DYING || kind == CTNET_DESTROYED || kind == CTNET_UNREGISTERED;
}

/*
 * Whether an event is of the namespace of this row. An inode is handed out again at once: a namespace born later than the row began is
 * another one; where the birth is not told, a gone row is only meant by what ends a life.
 */
static bool is_meant(const struct netns *row, const struct lifecycle_event *what)
{
	if (what->birth != 0)
		return row->birth >= what->birth;
	return what->kind != CTNET_CREATED && (!row->gone || is_end(what->kind));
}

/* Rows are sorted by inode, then birth. A name is better not told than wrong. */
static const char *owner_of(const struct snapshot *known, const struct lifecycle_event *what)
{
	const char *name = "";
	size_t low = 0;
	size_t high = known ? known->namespace_count : 0;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (known->namespaces[middle].inode < what->inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (; known && what->inode && low < known->namespace_count; low++) {
		const struct netns *row = &known->namespaces[low];

		if (row->inode != what->inode)
			break;
		if (!is_meant(row, what))
			continue;
		name = row->name;
		if (what->birth != 0)
			break; /* the first that is not older */
	}
	return name;
}

static void tell(const struct happenings *happenings, bool exact, const struct lifecycle_event *what,
                 const struct snapshot *known)
{
	struct event event = { .exact = exact, .what = *what };

	if (!happenings->tell)
		return;
	event.time = seconds(CLOCK_REALTIME) - (seconds(CLOCK_BOOTTIME) - (double)what->time / 1e9);
	(void)snprintf(event.owner, sizeof(event.owner), "%s", owner_of(known, what));
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

/* The bridge of a join or a leave stands as the other interface. */
static void tell_port(const struct happenings *happenings, enum ctnet_event_kind kind, const struct lifecycle_event *of,
                      const struct link *bridge, const struct snapshot *known)
{
	struct lifecycle_event what = *of;

	what.kind = kind;
	what.other_ifindex = bridge->index;
	copy_name(what.other_name, bridge);
	tell(happenings, false, &what, known);
}

void happenings_link(const struct happenings *happenings, const struct link_happening *h, const struct snapshot *known)
{
	struct lifecycle_event what = { .time = boot_ns(), .inode = h->inode, .ifindex = h->link->index };
	bool moved_port = !h->old || h->old->master != h->link->master;

	copy_name(what.name, h->link);
	if (h->change == LINK_CHANGED && moved_port && h->old_bridge)
		tell_port(happenings, CTNET_LEFT, &what, h->old_bridge, known);
	if (h->change != LINK_CHANGED) {
		what.kind = h->change == LINK_APPEARED ? CTNET_REGISTERED : CTNET_UNREGISTERED;
		tell(happenings, false, &what, known);
	} else if (strncmp(h->old->name, h->link->name, IFNAMSIZ) != 0) {
		what.kind = CTNET_RENAMED;
		copy_name(what.other_name, h->old);
		tell(happenings, false, &what, known);
		what.other_name[0] = '\0';
	}
	if (h->change != LINK_VANISHED && moved_port && h->bridge)
		tell_port(happenings, CTNET_JOINED, &what, h->bridge, known);
}

void happenings_census(const struct happenings *happenings, bool created, uint64_t inode, const struct snapshot *known)
{
	const struct lifecycle_event what = {
		.kind = created ? CTNET_CREATED : CTNET_DESTROYED,
		.time = boot_ns(),
		.inode = inode,
	};

	tell(happenings, false, &what, known);
}
