/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

int snapshot_new(struct snapshot **ret)
{
	struct snapshot *snap = calloc(1, sizeof(*snap));

	if (!snap)
		return -ENOMEM;
	snap->arena = calloc(1, sizeof(*snap->arena)); /* all zero is ARENA_INIT */
	if (!snap->arena) {
		free(snap);
		return -ENOMEM;
	}
	*ret = snap;
	return 0;
}

void snapshot_free(struct snapshot *snap)
{
	if (!snap)
		return;
	if (snap->arena)
		arena_free(snap->arena);
	free(snap->arena);
	free(snap);
}

void snapshot_freep(struct snapshot **snap)
{
	snapshot_free(*snap);
}

static void add_count(struct count *sum, struct count more)
{
	sum->packets += more.packets;
	sum->bytes += more.bytes;
}

static void add_counters(struct counters *sum, const struct counters *more)
{
	add_count(&sum->total, more->total);
	sum->segments += more->segments;
	sum->wire_bytes += more->wire_bytes;
	for (size_t c = 0; c < CTNET_CLASSES; c++)
		add_count(&sum->by_class[c], more->by_class[c]);
}

struct traffic netns_traffic(const struct netns *ns)
{
	struct traffic sum = { .known = false };

	for (size_t i = 0; i < ns->interface_count; i++) {
		const struct traffic *one = &ns->interfaces[i].traffic;

		if (!one->known)
			continue;
		/* a sum is split only if all of it is, else its parts would not add up to it */
		sum.split = one->split && (sum.split || !sum.known);
		sum.midlife |= one->midlife;
		sum.known = true;
		sum.receive_dropped += one->receive_dropped;
		for (size_t d = 0; d < DIRECTIONS; d++)
			add_counters(&sum.dir[d], &one->dir[d]);
	}
	return sum;
}

const struct source *snapshot_source(const struct snapshot *snap, const char *name)
{
	for (size_t i = 0; i < snap->source_count; i++) {
		if (strcmp(snap->sources[i].name, name) == 0)
			return &snap->sources[i];
	}
	return NULL;
}

bool netns_left_behind(const struct netns *ns)
{
	return ns->held && (ns->kind != OWNER_NETNS || (ns->owner_count > 0 && ns->owners[0].left));
}

const char *counted_at_name(enum counted_at where)
{
	static const char *const names[] = {
		[COUNTED_NOWHERE] = "nowhere",
		[COUNTED_HOST_END] = "host end",
		[COUNTED_INSIDE] = "inside",
	};

	return names[where];
}
