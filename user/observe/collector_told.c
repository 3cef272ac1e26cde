/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/collector_state.h"

static void tell_link(const struct collector *c, enum link_change change, int32_t nsid, const struct link *old,
                      const struct link *link)
{
	const struct link_happening happening = {
		.change = change,
		.inode = nsid == NSID_HERE ? namespaces_observing(c->namespaces) : nsids_inode(c->nsids, nsid),
		.old = old,
		.link = link,
		.old_bridge = old ? wiring_find(c->wiring, nsid, old->master) : NULL,
		.bridge = wiring_find(c->wiring, nsid, link->master),
	};

	happenings_link(&c->happenings, &happening, collector_newest(c));
}

void collector_told_link(void *context, enum link_change change, int32_t nsid, const struct link *old,
                         const struct link *link)
{
	struct collector *c = context;

	if (nsid != NSID_HERE && c->inner_meters)
		inner_meters_follow(c->inner_meters, change, nsid, link);
	if (!c->meters) /* the first dump: meet_links() comes later */
		return;
	if (c->ready && !c->probes)
		tell_link(c, change, nsid, old, link);
	if (nsid != NSID_HERE) {
		c->look_due = true;
		return;
	}
	if (change == LINK_VANISHED)
		c->look_due |= meters_link_gone(c->meters, link);
	else
		c->look_due |= meters_link_seen(c->meters, link);
}

void collector_told_end(void *context, int32_t nsid, const struct link *link, const struct device_stats *last)
{
	const struct collector *c = context;

	if (c->meters)
		meters_link_ended(c->meters, nsid, link->index, last);
	if (c->inner_meters && nsid != NSID_HERE)
		inner_meters_ended(c->inner_meters, nsid, link, last);
}

void collector_told_nsid(void *context, int32_t nsid, bool gone)
{
	struct collector *c = context;

	c->look_due |= nsids_changed(c->nsids, c->namespaces, nsid, gone);
}

void collector_told_event(const struct lifecycle_event *what, void *context)
{
	struct collector *c = context;

	happenings_probe(&c->happenings, what, collector_newest(c));
	if (what->kind == CTNET_CREATED)
		namespaces_born(c->namespaces, what->inode, what->birth);
	else if (what->kind == CTNET_DYING)
		namespaces_died(c->namespaces, what->inode, what->birth);
	else
		return;
	c->look_due = true;
}
