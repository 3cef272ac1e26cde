/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/enrich.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/identity.h"
#include "model/order.h"

void *enrich_array(struct enrich *enrich, size_t count, size_t size)
{
	void *array = arena_array(enrich->arena, count, size);

	if (!array)
		enrich->failed = true;
	return array;
}

const char *enrich_text(struct enrich *enrich, const char *text)
{
	char clean[OWNER_TEXT_MAX];
	const char *copy;
	size_t len;

	if (!text || text[0] == '\0')
		return "";
	/* a few bytes more than fit, so that the cut does not go through a character */
	len = text_clean(text, strnlen(text, sizeof(clean) + 4), clean, sizeof(clean));
	copy = arena_strndup(enrich->arena, clean, len);
	if (!copy) {
		enrich->failed = true;
		return "";
	}
	return copy;
}

void enrich_link_name(const char raw[IFNAMSIZ], char ret[IFNAMSIZ])
{
	(void)text_clean(raw, strnlen(raw, IFNAMSIZ), ret, IFNAMSIZ);
}

bool enrich_link_up(const struct link *link)
{
	const uint32_t lower_up = 1U << 16; /* IFF_LOWER_UP of linux/if.h, which <net/if.h> does not have */

	return (link->flags & IFF_UP) && (link->flags & lower_up);
}

const struct address *enrich_addresses(struct enrich *enrich, const struct ns_links *table, uint32_t index,
                                       size_t *ret_count)
{
	struct address_span span = lookup_addresses(table, index);
	struct address *copy;

	if (span.count == 0)
		return NULL;
	copy = enrich_array(enrich, span.count, sizeof(*copy));
	if (!copy)
		return NULL;
	for (size_t i = 0; i < span.count; i++)
		copy[i] = span.addresses[i].address;
	*ret_count = span.count;
	return copy;
}

int netns_compare(const void *a, const void *b)
{
	const struct netns *x = a;
	const struct netns *y = b;
	int r = ORDER(x->inode, y->inode);

	r = r ? r : ORDER(x->birth, y->birth);
	r = r ? r : ORDER(x->gone, y->gone);
	r = r ? r : ORDER(x->interface_count > 0, y->interface_count > 0);
	if (r || x->interface_count == 0)
		return r;
	return ORDER(x->interfaces[0].peer.index, y->interfaces[0].peer.index);
}

/* Whether a namespace of the observation is to be a row. An inode names one living namespace: of several, the last. */
static bool is_row(const struct observation *obs, size_t i)
{
	const struct ns_seen *seen = &obs->namespaces[i];

	if (seen->inode == 0 || seen->inode == obs->observing_inode || seen->inode == obs->machine_inode)
		return false;
	return i + 1 == obs->namespace_count || obs->namespaces[i + 1].inode != seen->inode;
}

static void add_seen(struct enrich *enrich, struct netns_rows *rows)
{
	const struct observation *obs = enrich->obs;

	for (size_t i = 0; i < obs->namespace_count; i++) {
		const struct ns_seen *seen = &obs->namespaces[i];
		struct netns *row;

		if (!is_row(obs, i))
			continue;
		row = &rows->rows[rows->count++];
		row->inode = seen->inode;
		row->birth = seen->birth;
		enrich_owners(enrich, seen, row);
		/* an nsid leads to one namespace: where two claim it, the younger one has it */
		if (lookup_namespace(&enrich->lookup, seen->nsid) == seen)
			enrich_interfaces(enrich, seen->nsid, row);
	}
}

static struct netns *add_unknown(struct netns_rows *rows, uint64_t birth)
{
	struct netns *row = &rows->rows[rows->count++];

	row->birth = birth;
	row->kind = OWNER_NONE;
	row->name = "";
	row->held_by = "";
	return row;
}

/*
 * Host ends that lead nowhere: the kernel is taking their namespace down and gave its nsid back already. One that was in a row stays
 * with it, see carry_over_namespaces().
 */
static void add_leading_nowhere(struct enrich *enrich, struct netns_rows *rows, const struct interface_index *before)
{
	struct link_span ends = lookup_host_ends(&enrich->lookup, NSID_HERE);

	for (size_t i = 0; i < ends.count; i++) {
		const struct link *host = ends.links[i];

		if (!interface_index_find_host(before, host->index, host->birth))
			enrich_host_end(enrich, host, add_unknown(rows, host->birth));
	}
}

/*
 * The namespace that a host end led to when it was last seen, where it is seen no more: the kernel takes the nsid back when it
 * destroys the namespace, so until then it is the same, and what it counts belongs under its name.
 */
static const struct netns *last_seen(const struct enrich *enrich, const struct link *host,
                                     const struct interface_index *before)
{
	const struct netns *ns = interface_index_find_host(before, host->index, host->birth);
	const struct observation *obs = enrich->obs;

	if (!ns || ns->inode == 0 || ns->gone)
		return NULL;
	for (size_t i = 0; i < obs->namespace_count; i++) {
		if (obs->namespaces[i].inode == ns->inode && obs->namespaces[i].birth == ns->birth)
			return NULL;
	}
	return ns;
}

/* One row for each nsid that host ends lead to and nobody found. */
static void add_hidden(struct enrich *enrich, struct netns_rows *rows, const struct interface_index *before)
{
	const struct lookup *lookup = &enrich->lookup;
	size_t next;

	for (size_t i = 0; i < lookup->host_end_count; i = next) {
		int32_t nsid = lookup->host_ends[i]->peer_nsid;
		struct link_span ends = lookup_host_ends(lookup, nsid);
		uint64_t birth = ends.links[0]->birth;
		const struct netns *was;
		struct netns *row;

		next = i + ends.count;
		if (nsid == NSID_HERE || lookup_namespace(lookup, nsid))
			continue;
		for (size_t e = 1; e < ends.count; e++)
			birth = ends.links[e]->birth < birth ? ends.links[e]->birth : birth;
		row = add_unknown(rows, birth);
		was = last_seen(enrich, ends.links[0], before);
		if (was)
			carry_over_identity(enrich, was, row);
		enrich_interfaces(enrich, nsid, row);
	}
}

/*
 * A host end that came, or was found to be one, after the previous snapshot and is gone before this one: only its last counters tell
 * of it.
 */
static bool is_lost(const struct link_traffic *traffic, const struct interface_index *before)
{
	const struct link *last = traffic->last;

	return traffic->gone && last && link_is_pair(last->kind) && last->peer_elsewhere &&
	       !interface_index_find_host(before, traffic->index, traffic->birth);
}

static void add_lost(struct enrich *enrich, struct netns_rows *rows, const struct interface_index *before)
{
	const struct observation *obs = enrich->obs;

	for (size_t i = 0; i < obs->traffic_count; i++) {
		struct netns *row;

		if (!is_lost(&obs->traffic[i], before))
			continue;
		row = add_unknown(rows, obs->traffic[i].birth);
		row->gone = true;
		enrich_lost_interface(enrich, &obs->traffic[i], row);
	}
}

/* The rows are collected beside the snapshot, as their number is known last. */
static void fill_namespaces(struct enrich *enrich, struct snapshot *snap)
{
	_cleanup_interface_index_ struct interface_index before = { .entries = NULL };
	const struct observation *obs = enrich->obs;
	size_t most = obs->namespace_count + enrich->lookup.host_end_count + obs->traffic_count +
	              (enrich->previous ? enrich->previous->namespace_count : 0);
	struct netns_rows rows = { .rows = arena_array(enrich->scratch, most, sizeof(*rows.rows)) };
	struct netns *frozen;

	if (!rows.rows || (enrich->previous && interface_index_make(enrich->previous->namespaces,
	                                                            enrich->previous->namespace_count, &before) < 0)) {
		enrich->failed = true;
		return;
	}
	add_seen(enrich, &rows);
	add_hidden(enrich, &rows, &before);
	add_leading_nowhere(enrich, &rows, &before);
	add_lost(enrich, &rows, &before);
	qsort(rows.rows, rows.count, sizeof(*rows.rows), netns_compare);
	carry_over_namespaces(enrich, &rows);
	frozen = enrich_array(enrich, rows.count, sizeof(*frozen));
	if (!frozen)
		return;
	memcpy(frozen, rows.rows, rows.count * sizeof(*frozen));
	snap->namespaces = frozen;
	snap->namespace_count = rows.count;
}

static void count_namespaces(struct snapshot *snap)
{
	for (size_t i = 0; i < snap->namespace_count; i++) {
		if (snap->namespaces[i].gone)
			continue;
		snap->alive++;
		if (snap->namespaces[i].held)
			snap->held++;
	}
}

static void fill_sources(struct enrich *enrich, struct snapshot *snap)
{
	const struct observation *obs = enrich->obs;
	struct source *sources = enrich_array(enrich, obs->source_count, sizeof(*sources));
	struct loss *losses = enrich_array(enrich, obs->loss_count, sizeof(*losses));

	if (!sources || !losses)
		return;
	for (size_t i = 0; i < obs->source_count; i++) {
		sources[i] = obs->sources[i];
		sources[i].name = enrich_text(enrich, obs->sources[i].name);
		sources[i].state = enrich_text(enrich, obs->sources[i].state);
		sources[i].detail = enrich_text(enrich, obs->sources[i].detail);
	}
	for (size_t i = 0; i < obs->loss_count; i++) {
		losses[i].what = enrich_text(enrich, obs->losses[i].what);
		losses[i].count = obs->losses[i].count;
	}
	snap->sources = sources;
	snap->source_count = obs->source_count;
	snap->losses = losses;
	snap->loss_count = obs->loss_count;
}

int snapshot_build(const struct observation *obs, const struct snapshot *previous, struct snapshot **ret)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	_cleanup_arena_ struct arena scratch = ARENA_INIT;
	struct enrich enrich = { .obs = obs, .previous = previous, .scratch = &scratch };
	int r = snapshot_new(&snap);

	if (r < 0)
		return r;
	enrich.arena = snap->arena;
	r = lookup_make(obs, &scratch, &enrich.lookup);
	if (r < 0)
		return r;
	snap->time = obs->time;
	snap->now = obs->now;
	snap->duration = obs->duration;
	snap->observing_inode = obs->observing_inode;
	snap->lifecycle = obs->lifecycle;
	fill_sources(&enrich, snap);
	fill_namespaces(&enrich, snap);
	snap->bridges = enrich_bridges(&enrich, &snap->bridge_count);
	snap->bridges = carry_over_bridges(&enrich, snap->bridges, &snap->bridge_count);
	snap->devices = enrich_devices(&enrich, &snap->device_count);
	count_namespaces(snap);
	if (enrich.failed)
		return -ENOMEM;
	*ret = TAKE_PTR(snap);
	return 0;
}
