/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/interface_rate.h"

#include <stddef.h>
#include <stdlib.h>

#include "model/row_key.h"

static int compare_netns(const void *a, const void *b)
{
	const struct netns *left = a;
	const struct netns *right = b;

	return row_key_compare((struct row_key){ left->inode, left->birth },
	                       (struct row_key){ right->inode, right->birth });
}

static const struct interface *same_before(const struct snapshot *before, const struct netns *ns,
                                           const struct interface *interface)
{
	const struct netns *found;

	if (!before || before->namespace_count == 0)
		return NULL;
	found = bsearch(ns, before->namespaces, before->namespace_count, sizeof(*found), compare_netns);
	for (size_t i = 0; found && i < found->interface_count; i++) {
		const struct interface *other = &found->interfaces[i];

		if (other->index == interface->index && other->peer.index == interface->peer.index &&
		    other->host_birth == interface->host_birth && other->birth == interface->birth)
			return other;
	}
	return NULL;
}

static bool went_back(const struct counters *before, const struct counters *after)
{
	return after->total.packets < before->total.packets || after->total.bytes < before->total.bytes ||
	       after->segments < before->segments || after->wire_bytes < before->wire_bytes;
}

bool interface_rate(const struct snapshot *before, const struct netns *ns, const struct interface *interface,
                    double seconds, struct rate ret[DIRECTIONS])
{
	const struct interface *earlier = same_before(before, ns, interface);
	struct rate rate[DIRECTIONS];

	if (!earlier || !earlier->traffic.known || !interface->traffic.known || !(seconds > 0))
		return false;
	for (int d = 0; d < DIRECTIONS; d++) {
		const struct counters *was = &earlier->traffic.dir[d];
		const struct counters *is = &interface->traffic.dir[d];

		if (went_back(was, is))
			return false;
		rate[d].packets = (double)(is->total.packets - was->total.packets) / seconds;
		rate[d].bytes = (double)(is->total.bytes - was->total.bytes) / seconds;
		rate[d].segments = (double)(is->segments - was->segments) / seconds;
		rate[d].wire_bytes = (double)(is->wire_bytes - was->wire_bytes) / seconds;
	}
	for (int d = 0; d < DIRECTIONS; d++)
		ret[d] = rate[d];
	return true;
}
