/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/rates.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "model/identity.h"

#define NS_PER_SECOND 1e9

/* What one interface or bridge counted between two snapshots. */
struct delta {
	bool reset;
	struct counters dir[DIRECTIONS];
};

/* The interval, and the interfaces at its beginning. */
struct interval {
	const struct snapshot *before;
	double seconds; /* > 0 */
	struct interface_index interfaces;
};

/* Takes one counter's way from @before to @after; a counter that went back is a reset of all of them. */
static uint64_t advance(uint64_t before, uint64_t after, bool *reset)
{
	if (after >= before)
		return after - before;
	*reset = true;
	return 0;
}

static struct count advance_count(struct count before, struct count after, bool *reset)
{
	return (struct count){
		.packets = advance(before.packets, after.packets, reset),
		.bytes = advance(before.bytes, after.bytes, reset),
	};
}

static void advance_split(const struct counters *before, const struct counters *after, struct counters *out,
                          bool *reset)
{
	out->segments = advance(before->segments, after->segments, reset);
	out->wire_bytes = advance(before->wire_bytes, after->wire_bytes, reset);
	for (size_t c = 0; c < CTNET_CLASSES; c++)
		out->by_class[c] = advance_count(before->by_class[c], after->by_class[c], reset);
}

/*
 * @before: NULL where the earlier snapshot does not have it
 * @born: in the interval, so that all it counted was counted in the interval
 */
static struct delta delta_between(const struct traffic *before, const struct traffic *after, bool born)
{
	static const struct traffic nothing = { .known = true, .split = true };
	struct delta delta = { .reset = false };

	if (!before || !before->known)
		before = born && !after->midlife ? &nothing : NULL;
	if (!before || !after->known)
		return delta;
	for (size_t d = 0; d < DIRECTIONS; d++) {
		delta.dir[d].total = advance_count(before->dir[d].total, after->dir[d].total, &delta.reset);
		/* without a program at both ends of the interval the split has no beginning or no end */
		if (before->split && after->split)
			advance_split(&before->dir[d], &after->dir[d], &delta.dir[d], &delta.reset);
	}
	if (delta.reset)
		delta = (struct delta){ .reset = true };
	return delta;
}

static void add_rate(struct rate *sum, const struct counters *moved, double seconds)
{
	sum->packets += (double)moved->total.packets / seconds;
	sum->bytes += (double)moved->total.bytes / seconds;
	sum->segments += (double)moved->segments / seconds;
	sum->wire_bytes += (double)moved->wire_bytes / seconds;
}

static void add_interface(const struct interval *interval, const struct netns *ns, const struct interface *interface,
                          struct netns_rate *out)
{
	const struct interface *was = interface_index_find(&interval->interfaces, ns, interface);
	bool born = interface->host_birth > interval->before->now || interface->birth > interval->before->now;
	struct delta delta = delta_between(was ? &was->traffic : NULL, &interface->traffic, born);

	out->reset |= delta.reset;
	for (size_t d = 0; d < DIRECTIONS; d++) {
		add_rate(&out->dir[d], &delta.dir[d], interval->seconds);
		for (size_t c = 0; c < CTNET_CLASSES; c++)
			out->by_class[d][c] += (double)delta.dir[d].by_class[c].bytes / interval->seconds;
	}
}

static void rate_namespaces(const struct interval *interval, struct rates *rates)
{
	const struct snapshot *before = interval->before;
	size_t was = 0;

	for (size_t n = 0; n < rates->namespace_count; n++) {
		struct netns_rate *out = &rates->namespaces[n];

		while (was < before->namespace_count && netns_order(&before->namespaces[was], out->ns) < 0)
			was++;
		out->fresh = was == before->namespace_count || netns_order(&before->namespaces[was], out->ns) != 0;
		for (size_t i = 0; i < out->ns->interface_count; i++)
			add_interface(interval, out->ns, &out->ns->interfaces[i], out);
		for (size_t d = 0; d < DIRECTIONS; d++) {
			rates->total[d].packets += out->dir[d].packets;
			rates->total[d].bytes += out->dir[d].bytes;
			rates->total[d].segments += out->dir[d].segments;
			rates->total[d].wire_bytes += out->dir[d].wire_bytes;
		}
	}
}

static void rate_bridges(const struct interval *interval, struct rates *rates)
{
	const struct snapshot *before = interval->before;
	size_t was = 0;

	for (size_t b = 0; b < rates->bridge_count; b++) {
		struct bridge_rate *out = &rates->bridges[b];
		const struct traffic *traffic = NULL;
		struct delta delta;

		while (was < before->bridge_count && bridge_order(&before->bridges[was], out->bridge) < 0)
			was++;
		if (was < before->bridge_count && bridge_order(&before->bridges[was], out->bridge) == 0)
			traffic = &before->bridges[was].traffic;
		delta = delta_between(traffic, &out->bridge->traffic, out->bridge->host_birth > before->now);
		out->reset = delta.reset;
		for (size_t d = 0; d < DIRECTIONS; d++)
			add_rate(&out->dir[d], &delta.dir[d], interval->seconds);
	}
}

static int rate_interval(const struct snapshot *before, struct rates *rates)
{
	struct interval interval = { .before = before };
	bool back = false;
	int r;

	if (!before || rates->snap->now <= before->now)
		return 0;
	rates->seconds = (double)(rates->snap->now - before->now) / NS_PER_SECOND;
	rates->born = advance(before->lifecycle.created, rates->snap->lifecycle.created, &back);
	rates->died = advance(before->lifecycle.destroyed, rates->snap->lifecycle.destroyed, &back);
	interval.seconds = rates->seconds;
	r = interface_index_make(before->namespaces, before->namespace_count, &interval.interfaces);
	if (r < 0)
		return r;
	rate_namespaces(&interval, rates);
	rate_bridges(&interval, rates);
	interface_index_free(&interval.interfaces);
	return 0;
}

static int rates_new(const struct snapshot *snap, struct rates **ret)
{
	_cleanup_rates_ struct rates *rates = calloc(1, sizeof(*rates));

	if (!rates)
		return -ENOMEM;
	rates->snap = snap;
	rates->time = snap->time;
	rates->namespaces = calloc(snap->namespace_count + 1, sizeof(*rates->namespaces));
	rates->bridges = calloc(snap->bridge_count + 1, sizeof(*rates->bridges));
	if (!rates->namespaces || !rates->bridges)
		return -ENOMEM;
	rates->namespace_count = snap->namespace_count;
	rates->bridge_count = snap->bridge_count;
	for (size_t i = 0; i < snap->namespace_count; i++)
		rates->namespaces[i].ns = &snap->namespaces[i];
	for (size_t i = 0; i < snap->bridge_count; i++)
		rates->bridges[i].bridge = &snap->bridges[i];
	*ret = TAKE_PTR(rates);
	return 0;
}

int rates_between(const struct snapshot *before, const struct snapshot *after, struct rates **ret)
{
	_cleanup_rates_ struct rates *rates = NULL;
	int r = rates_new(after, &rates);

	if (r < 0)
		return r;
	r = rate_interval(before, rates);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(rates);
	return 0;
}

void rates_free(struct rates *rates)
{
	if (!rates)
		return;
	free(rates->namespaces);
	free(rates->bridges);
	free(rates);
}

void rates_freep(struct rates **rates)
{
	rates_free(*rates);
}
