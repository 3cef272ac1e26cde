/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "model/enrich.h"
#include "model/identity.h"
#include "model/order.h"

static int compare_interfaces(const void *a, const void *b)
{
	const struct interface *x = a;
	const struct interface *y = b;
	int r = ORDER(x->index, y->index);

	r = r ? r : ORDER(x->gone, y->gone);
	r = r ? r : ORDER(x->host_birth, y->host_birth);
	return r ? r : ORDER(x->peer.index, y->peer.index);
}

static int compare_bridges(const void *a, const void *b)
{
	return bridge_order(a, b);
}

static bool has_index(const struct netns *row, uint32_t index)
{
	for (size_t i = 0; i < row->interface_count; i++) {
		if (row->interfaces[i].index == index)
			return true;
	}
	return false;
}

static bool same_totals(const struct traffic *a, const struct traffic *b)
{
	for (size_t d = 0; d < DIRECTIONS; d++) {
		if (a->dir[d].total.packets != b->dir[d].total.packets ||
		    a->dir[d].total.bytes != b->dir[d].total.bytes)
			return false;
	}
	return a->receive_dropped == b->receive_dropped;
}

/* What is counted of an interface of the previous snapshot now; NULL: nothing is any more. */
static const struct link_traffic *traffic_of(const struct enrich *enrich, const struct interface *interface)
{
	if (interface->host_birth != 0)
		return lookup_traffic(&enrich->lookup, interface->peer.index, interface->host_birth);
	if (interface->birth != 0)
		return lookup_inside(&enrich->lookup, interface->index, interface->birth);
	return NULL;
}

/* Whether an interface's host end still leads out of here. */
static bool leads_away(const struct enrich *enrich, const struct interface *interface)
{
	const struct link *host = lookup_link(enrich->lookup.here, interface->peer.index);

	return host && host->birth == interface->host_birth && host->peer_elsewhere;
}

/* Whether it is counted still, or counted more before it ended: the kernel takes a namespace down in steps. */
static bool counts_on(const struct enrich *enrich, const struct interface *interface)
{
	const struct link_traffic *now;

	now = traffic_of(enrich, interface);
	if (now && now->gone)
		return !same_totals(&now->traffic, &interface->traffic);
	return now && (interface->host_birth == 0 || leads_away(enrich, interface));
}

/*
 * Whether an interface of the previous snapshot is to be kept for its last counters: it is no more, and that was not shown; or its
 * host end goes on counting, and what it counts belongs to no other row.
 * One that is not counted, when its namespace lives, is there still if anything has its index.
 *
 * @row: its namespace now; NULL where that is no more
 */
static bool is_to_carry(const struct enrich *enrich, const struct interface_index *live, const struct netns *before,
                        const struct interface *interface, const struct netns *row)
{
	if (interface->gone && enrich->previous->published && !counts_on(enrich, interface))
		return false;
	if (interface_index_find(live, before, interface))
		return false;
	return interface->host_birth != 0 || traffic_of(enrich, interface) || !row || !has_index(row, interface->index);
}

static const struct address *copy_addresses(struct enrich *enrich, const struct address *addresses, size_t *count)
{
	struct address *copy = enrich_array(enrich, *count, sizeof(*copy));

	if (!copy)
		*count = 0;
	else if (*count > 0)
		memcpy(copy, addresses, *count * sizeof(*copy));
	return copy;
}

static void carry_interface(struct enrich *enrich, const struct interface *before, struct interface *out)
{
	const struct link_traffic *last = traffic_of(enrich, before);

	*out = *before;
	out->addresses = copy_addresses(enrich, before->addresses, &out->address_count);
	out->gone = true;
	out->up = false;
	if (!last)
		return;
	out->traffic = last->traffic;
	/* it may have been met before it was read for the first time */
	if (before->host_birth == 0 && last->traffic.known)
		out->counted = COUNTED_INSIDE;
}

/* Puts the interfaces that are no more beside those that @row has. Returns how many they were. */
static size_t carry_interfaces(struct enrich *enrich, const struct interface_index *live, const struct netns *before,
                               const struct netns *now, struct netns *row)
{
	struct interface *interfaces;
	size_t count = 0;

	for (size_t i = 0; i < before->interface_count; i++)
		count += is_to_carry(enrich, live, before, &before->interfaces[i], now);
	if (count == 0)
		return 0;
	interfaces = enrich_array(enrich, row->interface_count + count, sizeof(*interfaces));
	if (!interfaces)
		return 0;
	if (row->interface_count > 0)
		memcpy(interfaces, row->interfaces, row->interface_count * sizeof(*interfaces));
	count = row->interface_count;
	for (size_t i = 0; i < before->interface_count; i++) {
		if (is_to_carry(enrich, live, before, &before->interfaces[i], now))
			carry_interface(enrich, &before->interfaces[i], &interfaces[count++]);
	}
	qsort(interfaces, count, sizeof(*interfaces), compare_interfaces);
	row->interfaces = interfaces;
	row->interface_count = count;
	return count;
}

static const struct owner *carry_owners(struct enrich *enrich, const struct netns *before)
{
	struct owner *owners = enrich_array(enrich, before->owner_count, sizeof(*owners));

	for (size_t i = 0; owners && i < before->owner_count; i++) {
		const struct owner *owner = &before->owners[i];

		owners[i] = *owner;
		owners[i].name = enrich_text(enrich, owner->name);
		owners[i].id = enrich_text(enrich, owner->id);
		owners[i].image = enrich_text(enrich, owner->image);
		owners[i].pod_name = enrich_text(enrich, owner->pod_name);
		owners[i].pod_namespace = enrich_text(enrich, owner->pod_namespace);
	}
	return owners;
}

void carry_over_identity(struct enrich *enrich, const struct netns *before, struct netns *row)
{
	row->inode = before->inode;
	row->birth = before->birth;
	row->kind = before->kind;
	row->held_by = "";
	row->name = enrich_text(enrich, before->name);
	row->owners = carry_owners(enrich, before);
	row->owner_count = row->owners ? before->owner_count : 0;
}

/* A namespace that is no more. One that was never found is carried for its interfaces only: they may just have been found. */
static void carry_namespace(struct enrich *enrich, const struct interface_index *live, const struct netns *before,
                            struct netns_rows *rows)
{
	struct netns row = { .gone = true };

	if (carry_interfaces(enrich, live, before, NULL, &row) == 0 &&
	    (before->inode == 0 || (before->gone && enrich->previous->published)))
		return;
	carry_over_identity(enrich, before, &row);
	rows->rows[rows->count++] = row;
}

void carry_over_namespaces(struct enrich *enrich, struct netns_rows *rows)
{
	_cleanup_interface_index_ struct interface_index live = { .entries = NULL };
	const struct snapshot *previous = enrich->previous;
	size_t count = rows->count;
	size_t now = 0;

	if (!previous)
		return;
	if (interface_index_make(rows->rows, count, &live) < 0) {
		enrich->failed = true;
		return;
	}
	for (size_t i = 0; i < previous->namespace_count; i++) {
		const struct netns *before = &previous->namespaces[i];

		while (now < count && netns_order(&rows->rows[now], before) < 0)
			now++;
		if (before->inode != 0 && now < count && netns_order(&rows->rows[now], before) == 0)
			(void)carry_interfaces(enrich, &live, before, &rows->rows[now], &rows->rows[now]);
		else
			carry_namespace(enrich, &live, before, rows);
	}
	qsort(rows->rows, rows->count, sizeof(*rows->rows), netns_compare);
}

static void carry_bridge(struct enrich *enrich, const struct bridge *before, struct bridge *out)
{
	const struct link_traffic *last = lookup_traffic(&enrich->lookup, before->index, before->host_birth);

	*out = *before;
	out->addresses = copy_addresses(enrich, before->addresses, &out->address_count);
	out->ports = NULL; /* those that live on are ports no more */
	out->port_count = 0;
	out->up = false;
	out->gone = true;
	if (last)
		out->traffic = last->traffic;
}

static bool is_bridge_to_carry(const struct enrich *enrich, const struct bridge *live, size_t live_count,
                               const struct bridge *before)
{
	if (before->gone && enrich->previous->published)
		return false;
	return live_count == 0 || !bsearch(before, live, live_count, sizeof(*live), compare_bridges);
}

const struct bridge *carry_over_bridges(struct enrich *enrich, const struct bridge *live, size_t *count)
{
	const struct snapshot *previous = enrich->previous;
	size_t before_count = previous ? previous->bridge_count : 0;
	size_t live_count = *count;
	size_t all_count = live_count;
	struct bridge *all;

	for (size_t i = 0; i < before_count; i++)
		all_count += is_bridge_to_carry(enrich, live, live_count, &previous->bridges[i]);
	if (all_count == live_count)
		return live;
	all = enrich_array(enrich, all_count, sizeof(*all));
	if (!all)
		return live;
	if (live_count > 0)
		memcpy(all, live, live_count * sizeof(*all));
	for (size_t i = 0; i < before_count; i++) {
		if (is_bridge_to_carry(enrich, live, live_count, &previous->bridges[i]))
			carry_bridge(enrich, &previous->bridges[i], &all[(*count)++]);
	}
	qsort(all, *count, sizeof(*all), compare_bridges);
	return all;
}
