/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/inner_meters.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"
#include "model/inside.h"
#include "model/lookup.h"
#include "model/order.h"
#include "observe/inner_meter.h"

struct inner_meters {
	struct wiring *wiring;
	struct array items;   /* of struct inner_meter, sorted by index, then birth */
	struct array told;    /* of struct link_traffic: what inner_meters_read() told last, in the same order */
	struct array changed; /* of int32_t, sorted: nsids whose meters are to be put in order */
	uint64_t untold;
};

int inner_meters_new(struct wiring *wiring, struct inner_meters **ret)
{
	struct inner_meters *meters = calloc(1, sizeof(*meters));

	if (!meters)
		return -ENOMEM;
	meters->wiring = wiring;
	meters->items = ARRAY_OF(struct inner_meter);
	meters->told = ARRAY_OF(struct link_traffic);
	meters->changed = ARRAY_OF(int32_t);
	*ret = meters;
	return 0;
}

static int compare_meters(const void *a, const void *b)
{
	const struct inner_meter *x = a;
	const struct inner_meter *y = b;
	int r = ORDER(x->link.index, y->link.index);

	r = r ? r : ORDER(x->link.birth, y->link.birth);
	return r ? r : ORDER(x->nsid, y->nsid);
}

static int compare_nsids(const void *a, const void *b)
{
	return ORDER(*(const int32_t *)a, *(const int32_t *)b);
}

static struct inner_meter *find(struct inner_meters *meters, int32_t nsid, const struct link *link, size_t *ret_at)
{
	const struct inner_meter key = { .nsid = nsid, .link = *link };

	return array_find(&meters->items, &key, compare_meters, ret_at) ? array_at(&meters->items, *ret_at) : NULL;
}

/* ---- which there are to be */

/* Without memory the change is forgotten: the namespace is looked at again with its next one. */
void inner_meters_changed(struct inner_meters *meters, int32_t nsid)
{
	size_t at;

	if (!array_find(&meters->changed, &nsid, compare_nsids, &at))
		(void)array_insert(&meters->changed, at, &nsid);
}

static void end_unwanted(struct inner_meters *meters, int32_t nsid, const struct ns_links *ns)
{
	for (size_t i = 0; i < meters->items.count; i++) {
		struct inner_meter *m = array_at(&meters->items, i);
		const struct link *link;

		if (m->nsid != nsid || m->gone)
			continue;
		link = wiring_find(meters->wiring, nsid, m->link.index);
		m->gone = !link || link->birth != m->link.birth || !inside_counts(ns, link);
		if (!m->gone)
			m->link = *link;
	}
}

static void add_wanted(struct inner_meters *meters, int32_t nsid, const struct ns_links *ns)
{
	for (size_t i = 0; i < ns->link_count; i++) {
		const struct inner_meter fresh = { .nsid = nsid, .link = ns->links[i] };
		struct inner_meter *m;
		size_t at;

		if (!inside_counts(ns, &fresh.link))
			continue;
		m = find(meters, nsid, &fresh.link, &at);
		if (m)
			m->gone = false; /* it counted, then did not, and does again */
		else if (!array_insert(&meters->items, at, &fresh))
			inner_meters_changed(meters, nsid);
	}
}

static int nsid_of_table(const void *key, const void *item)
{
	return ORDER(*(const int32_t *)key, ((const struct ns_links *)item)->nsid);
}

static void put_in_order(struct inner_meters *meters, int32_t nsid)
{
	size_t count;
	const struct ns_links *tables = wiring_links(meters->wiring, &count);
	const struct ns_links *ns = count > 0 ? bsearch(&nsid, tables, count, sizeof(*tables), nsid_of_table) : NULL;

	if (!ns)
		return; /* its links have been told to vanish */
	end_unwanted(meters, nsid, ns);
	add_wanted(meters, nsid, ns);
}

static void put_all_in_order(struct inner_meters *meters)
{
	while (meters->changed.count > 0) {
		int32_t nsid = *(const int32_t *)array_at(&meters->changed, meters->changed.count - 1);

		meters->changed.count--;
		put_in_order(meters, nsid);
	}
}

/* ---- their end */

/* One of a namespace that was not looked at yet counts as lost where its kind alone says that it was a way out. */
static bool surely_counted(const struct link *link, const struct device_stats *last)
{
	const struct ns_links alone = { .links = link, .link_count = 1 };

	return (last->rx_packets > 0 || last->tx_packets > 0) && !link_is_pair(link->kind) && link->kind != LINK_TUN &&
	       inside_counts(&alone, link);
}

void inner_meters_ended(struct inner_meters *meters, int32_t nsid, const struct link *link,
                        const struct device_stats *last)
{
	const struct link *known = wiring_find(meters->wiring, nsid, link->index);
	struct inner_meter *m;
	size_t at;

	if (array_find(&meters->changed, &nsid, compare_nsids, &at)) {
		array_remove(&meters->changed, at, 1);
		put_in_order(meters, nsid);
	}
	m = known ? find(meters, nsid, known, &at) : NULL;
	if (m && !m->gone) {
		inner_meter_take(m, last);
		m->ended = true;
	} else if (!known && surely_counted(link, last)) {
		meters->untold++;
	}
}

void inner_meters_gone(struct inner_meters *meters, int32_t nsid, const struct link *link)
{
	size_t at;
	struct inner_meter *m = find(meters, nsid, link, &at);

	if (!m || m->gone)
		return;
	m->gone = true;
	if (!m->ended)
		meters->untold++;
}

/* ---- reading */

static int tell(struct inner_meters *meters, const struct inner_meter *m)
{
	const struct link_traffic row = {
		.index = m->link.index,
		.birth = m->link.birth,
		.gone = m->gone,
		.last = m->gone ? &m->link : NULL,
		.traffic = m->traffic,
	};

	return array_append(&meters->told, &row);
}

int inner_meters_read(struct inner_meters *meters, bool ask_device, const struct link_traffic **ret, size_t *ret_count)
{
	put_all_in_order(meters);
	meters->told.count = 0;
	for (size_t i = 0; i < meters->items.count; i++) {
		struct inner_meter *m = array_at(&meters->items, i);
		struct device_stats stats;

		/* gone meanwhile: an event will say so */
		if (ask_device && !m->gone && wiring_stats_inside(meters->wiring, m->nsid, m->link.index, &stats) == 0)
			inner_meter_take(m, &stats);
		if (tell(meters, m) < 0)
			return -ENOMEM;
	}
	*ret = meters->told.data;
	*ret_count = meters->told.count;
	return 0;
}

/* Both lists are in the same order and as long, unless there was an event in between: then the next reading tells and drops. */
void inner_meters_drop_told(struct inner_meters *meters)
{
	size_t kept = 0;

	if (meters->told.count != meters->items.count)
		return;
	for (size_t i = 0; i < meters->items.count; i++) {
		const struct inner_meter *m = array_at(&meters->items, i);
		const struct link_traffic *row = array_at(&meters->told, i);

		if (!m->gone || !row->gone)
			*(struct inner_meter *)array_at(&meters->items, kept++) = *m;
	}
	meters->items.count = kept;
	meters->told.count = 0;
}

uint64_t inner_meters_untold(const struct inner_meters *meters)
{
	return meters->untold;
}

size_t inner_meters_count(const struct inner_meters *meters)
{
	size_t count = 0;

	for (size_t i = 0; i < meters->items.count; i++)
		count += !((const struct inner_meter *)array_at(&meters->items, i))->gone;
	return count;
}

void inner_meters_free(struct inner_meters *meters)
{
	if (!meters)
		return;
	array_free(&meters->items);
	array_free(&meters->told);
	array_free(&meters->changed);
	free(meters);
}
