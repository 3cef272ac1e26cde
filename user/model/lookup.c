/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/lookup.h"

#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "model/order.h"

size_t lower_bound(const void *key, const void *base, size_t count, size_t size,
                   int (*compare)(const void *key, const void *item))
{
	size_t first = 0;

	while (count > 0) {
		size_t half = count / 2;

		if (compare(key, (const char *)base + (first + half) * size) > 0) {
			first += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return first;
}

bool link_is_pair(enum link_kind kind)
{
	return kind == LINK_VETH || kind == LINK_NETKIT;
}

static int compare_host_ends(const void *a, const void *b)
{
	const struct link *x = *(const struct link *const *)a;
	const struct link *y = *(const struct link *const *)b;
	int r = ORDER(x->peer_nsid, y->peer_nsid);

	r = r ? r : ORDER(x->peer_index, y->peer_index);
	r = r ? r : ORDER(y->birth, x->birth);
	return r ? r : ORDER(x->index, y->index);
}

static int compare_ports(const void *a, const void *b)
{
	const struct link *x = *(const struct link *const *)a;
	const struct link *y = *(const struct link *const *)b;
	int r = ORDER(x->master, y->master);

	return r ? r : ORDER(x->index, y->index);
}

static int compare_seen(const void *a, const void *b)
{
	const struct ns_seen *x = *(const struct ns_seen *const *)a;
	const struct ns_seen *y = *(const struct ns_seen *const *)b;
	int r = ORDER(x->nsid, y->nsid);

	r = r ? r : ORDER(y->birth, x->birth);
	return r ? r : ORDER(x->inode, y->inode);
}

static int nsid_of_table(const void *key, const void *item)
{
	return ORDER(*(const int32_t *)key, ((const struct ns_links *)item)->nsid);
}

static int nsid_of_seen(const void *key, const void *item)
{
	return ORDER(*(const int32_t *)key, (*(const struct ns_seen *const *)item)->nsid);
}

static int peer_nsid_of_link(const void *key, const void *item)
{
	return ORDER(*(const int32_t *)key, (*(const struct link *const *)item)->peer_nsid);
}

static int master_of_link(const void *key, const void *item)
{
	return ORDER(*(const uint32_t *)key, (*(const struct link *const *)item)->master);
}

static int index_of_link(const void *key, const void *item)
{
	return ORDER(*(const uint32_t *)key, ((const struct link *)item)->index);
}

static int index_of_address(const void *key, const void *item)
{
	return ORDER(*(const uint32_t *)key, ((const struct link_address *)item)->index);
}

static int identity_of_traffic(const void *a, const void *b)
{
	const struct link_traffic *x = a;
	const struct link_traffic *y = b;
	int r = ORDER(x->index, y->index);

	return r ? r : ORDER(x->birth, y->birth);
}

/* The table of @nsid, NSID_HERE among them. */
static const struct ns_links *find_table(const struct observation *obs, int32_t nsid)
{
	if (obs->ns_links_count == 0)
		return NULL;
	return bsearch(&nsid, obs->ns_links, obs->ns_links_count, sizeof(*obs->ns_links), nsid_of_table);
}

static int sort_links(struct lookup *lookup, struct arena *scratch)
{
	size_t count = lookup->here ? lookup->here->link_count : 0;

	lookup->host_ends = arena_array(scratch, count, sizeof(*lookup->host_ends));
	lookup->ports = arena_array(scratch, count, sizeof(*lookup->ports));
	if (!lookup->host_ends || !lookup->ports)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct link *link = &lookup->here->links[i];

		if (link_is_pair(link->kind) && link->peer_elsewhere)
			lookup->host_ends[lookup->host_end_count++] = link;
		if (link->master != 0)
			lookup->ports[lookup->port_count++] = link;
	}
	qsort(lookup->host_ends, lookup->host_end_count, sizeof(*lookup->host_ends), compare_host_ends);
	qsort(lookup->ports, lookup->port_count, sizeof(*lookup->ports), compare_ports);
	return 0;
}

static int sort_namespaces(struct lookup *lookup, struct arena *scratch)
{
	const struct observation *obs = lookup->obs;

	lookup->by_nsid = arena_array(scratch, obs->namespace_count, sizeof(*lookup->by_nsid));
	if (!lookup->by_nsid)
		return -ENOMEM;
	for (size_t i = 0; i < obs->namespace_count; i++) {
		if (obs->namespaces[i].nsid != NSID_HERE)
			lookup->by_nsid[lookup->by_nsid_count++] = &obs->namespaces[i];
	}
	qsort(lookup->by_nsid, lookup->by_nsid_count, sizeof(*lookup->by_nsid), compare_seen);
	return 0;
}

int lookup_make(const struct observation *obs, struct arena *scratch, struct lookup *ret)
{
	struct lookup lookup = { .obs = obs, .here = find_table(obs, NSID_HERE) };
	int r = sort_links(&lookup, scratch);

	if (r < 0)
		return r;
	r = sort_namespaces(&lookup, scratch);
	if (r < 0)
		return r;
	*ret = lookup;
	return 0;
}

const struct ns_seen *lookup_namespace(const struct lookup *lookup, int32_t nsid)
{
	size_t i = lower_bound(&nsid, lookup->by_nsid, lookup->by_nsid_count, sizeof(*lookup->by_nsid), nsid_of_seen);

	if (i == lookup->by_nsid_count || lookup->by_nsid[i]->nsid != nsid)
		return NULL;
	return lookup->by_nsid[i];
}

const struct ns_links *lookup_table(const struct lookup *lookup, int32_t nsid)
{
	return nsid == NSID_HERE ? NULL : find_table(lookup->obs, nsid);
}

const struct link *lookup_link(const struct ns_links *table, uint32_t index)
{
	if (!table || table->link_count == 0)
		return NULL;
	return bsearch(&index, table->links, table->link_count, sizeof(*table->links), index_of_link);
}

struct address_span lookup_addresses(const struct ns_links *table, uint32_t index)
{
	struct address_span span = { .addresses = NULL };
	size_t first;
	size_t end;

	if (!table || table->address_count == 0)
		return span;
	first = lower_bound(&index, table->addresses, table->address_count, sizeof(*table->addresses),
	                    index_of_address);
	for (end = first; end < table->address_count && table->addresses[end].index == index; end++)
		;
	span.addresses = table->addresses + first;
	span.count = end - first;
	return span;
}

struct link_span lookup_host_ends(const struct lookup *lookup, int32_t nsid)
{
	size_t first = lower_bound(&nsid, lookup->host_ends, lookup->host_end_count, sizeof(*lookup->host_ends),
	                           peer_nsid_of_link);
	size_t end = first;

	while (end < lookup->host_end_count && lookup->host_ends[end]->peer_nsid == nsid)
		end++;
	return (struct link_span){ lookup->host_ends + first, end - first };
}

struct link_span lookup_ports(const struct lookup *lookup, uint32_t master)
{
	size_t first = lower_bound(&master, lookup->ports, lookup->port_count, sizeof(*lookup->ports), master_of_link);
	size_t end = first;

	while (end < lookup->port_count && lookup->ports[end]->master == master)
		end++;
	return (struct link_span){ lookup->ports + first, end - first };
}

static const struct link_traffic *find_traffic(const struct link_traffic *rows, size_t count, uint32_t index,
                                               uint64_t birth)
{
	const struct link_traffic key = { .index = index, .birth = birth };

	return count > 0 ? bsearch(&key, rows, count, sizeof(key), identity_of_traffic) : NULL;
}

const struct link_traffic *lookup_traffic(const struct lookup *lookup, uint32_t index, uint64_t birth)
{
	return find_traffic(lookup->obs->traffic, lookup->obs->traffic_count, index, birth);
}

const struct link_traffic *lookup_inside(const struct lookup *lookup, uint32_t index, uint64_t birth)
{
	return find_traffic(lookup->obs->inside, lookup->obs->inside_count, index, birth);
}
