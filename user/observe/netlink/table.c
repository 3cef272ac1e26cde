/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/table.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "observe/netlink/address_parse.h"
#include "observe/netlink/link_parse.h"
#include "observe/netlink/nsid.h"
#include "observe/netlink/space.h"

struct table {
	struct wiring_callbacks tell;
	struct array views;  /* of struct ns_links, sorted by nsid */
	struct array spaces; /* of struct space: what is behind each view, in the same order */
	size_t wanted;       /* how many spaces are */
	uint64_t round;
};

static struct ns_links *view_at(const struct table *table, size_t at)
{
	return array_at(&table->views, at);
}

static struct space *space_at(const struct table *table, size_t at)
{
	return array_at(&table->spaces, at);
}

/* Shows in the view what is in the space. */
static void show(struct table *table, size_t at)
{
	struct ns_links *view = view_at(table, at);
	const struct space *space = space_at(table, at);

	view->links = space->links.data;
	view->link_count = space->links.count;
	view->addresses = space->addresses.data;
	view->address_count = space->addresses.count;
}

static int view_compare(const void *a, const void *b)
{
	const struct ns_links *x = a;
	const struct ns_links *y = b;

	return (x->nsid > y->nsid) - (x->nsid < y->nsid);
}

static bool find(const struct table *table, int32_t nsid, size_t *ret_at)
{
	const struct ns_links key = { .nsid = nsid };

	return array_find(&table->views, &key, view_compare, ret_at);
}

static void tell(const struct table *table, enum link_change change, int32_t nsid, const struct link *old,
                 const struct link *link)
{
	if (table->tell.link)
		table->tell.link(table->tell.context, change, nsid, old, link);
}

static void tell_nsid(const struct table *table, int32_t nsid, bool gone)
{
	if (table->tell.nsid)
		table->tell.nsid(table->tell.context, nsid, gone);
}

static void want(struct table *table, struct space *space, bool wanted)
{
	if (space->wanted == wanted)
		return;
	space->wanted = wanted;
	if (wanted)
		table->wanted++;
	else
		table->wanted--;
}

static int insert(struct table *table, size_t at, int32_t nsid)
{
	const struct ns_links view = { .nsid = nsid, .incomplete = true };
	const struct space space = SPACE_INIT;

	if (!array_insert(&table->views, at, &view))
		return -ENOMEM;
	if (!array_insert(&table->spaces, at, &space)) {
		array_remove(&table->views, at, 1);
		return -ENOMEM;
	}
	want(table, space_at(table, at), true);
	return 0;
}

int table_new(const struct wiring_callbacks *callbacks, struct table **ret)
{
	struct table *table = calloc(1, sizeof(*table));
	int r;

	if (!table)
		return -ENOMEM;
	table->tell = *callbacks;
	table->views = ARRAY_OF(struct ns_links);
	table->spaces = ARRAY_OF(struct space);
	r = insert(table, 0, NSID_HERE);
	if (r < 0) {
		table_free(table);
		return r;
	}
	*ret = table;
	return 0;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	for (size_t at = 0; at < table->spaces.count; at++)
		space_free(space_at(table, at));
	array_free(&table->views);
	array_free(&table->spaces);
	free(table);
}

const struct ns_links *table_links(const struct table *table, size_t *ret_count)
{
	*ret_count = table->views.count;
	return table->views.data;
}

const struct ns_links *table_view(const struct table *table, int32_t nsid)
{
	size_t at;

	return find(table, nsid, &at) ? view_at(table, at) : NULL;
}

const struct link *table_find(const struct table *table, int32_t nsid, uint32_t index)
{
	size_t at;

	return find(table, nsid, &at) ? space_find(space_at(table, at), index, NULL) : NULL;
}

bool table_looked(const struct table *table, int32_t nsid)
{
	size_t at;

	return find(table, nsid, &at) && space_at(table, at)->looked;
}

int table_add_nsid(struct table *table, int32_t nsid)
{
	size_t at;
	int r;

	if (find(table, nsid, &at))
		return 0;
	r = insert(table, at, nsid);
	if (r < 0)
		return r;
	tell_nsid(table, nsid, false);
	return 0;
}

/* Links whose peer was in a namespace that is no more. */
static void part_from(struct table *table, int32_t nsid)
{
	for (size_t at = 0; at < table->spaces.count; at++) {
		const struct array *links = &space_at(table, at)->links;

		for (size_t i = 0; i < links->count; i++) {
			struct link *link = array_at(links, i);
			struct link old = *link;

			if (!link->peer_elsewhere || link->peer_nsid != nsid)
				continue;
			link->peer_nsid = NSID_HERE;
			tell(table, LINK_CHANGED, view_at(table, at)->nsid, &old, link);
		}
	}
}

void table_drop_nsid(struct table *table, int32_t nsid)
{
	struct space space;
	size_t at;

	if (nsid == NSID_HERE || !find(table, nsid, &at))
		return;
	want(table, space_at(table, at), false);
	space = *space_at(table, at);
	array_remove(&table->views, at, 1);
	array_remove(&table->spaces, at, 1);
	part_from(table, nsid);
	for (size_t i = 0; i < space.links.count; i++)
		tell(table, LINK_VANISHED, nsid, NULL, array_at(&space.links, i));
	tell_nsid(table, nsid, true);
	space_free(&space);
}

int table_sync_nsids(struct table *table, const struct array *nsids)
{
	size_t place;

	for (size_t at = table->views.count; at-- > 0;) {
		int32_t nsid = view_at(table, at)->nsid;

		if (!array_find(nsids, &nsid, nsid_compare, &place))
			table_drop_nsid(table, nsid);
	}
	for (size_t i = 0; i < nsids->count; i++) {
		const int32_t *nsid = array_at(nsids, i);
		int r = table_add_nsid(table, *nsid);

		if (r < 0)
			return r;
	}
	return 0;
}

static void change(struct table *table, int32_t nsid, struct link *link, const struct link *next)
{
	struct link old = *link;

	*link = *next;
	if (!link_equal(&old, next))
		tell(table, LINK_CHANGED, nsid, &old, link);
}

int table_put_link(struct table *table, int32_t nsid, const struct link *told, uint64_t now)
{
	struct link next = *told;
	struct link *link;
	size_t at, place;

	if (!find(table, nsid, &at))
		return -ENOENT;
	link = space_find(space_at(table, at), told->index, &place);
	if (link && space_replaced(link, told)) {
		(void)table_drop_link(table, nsid, told->index);
		link = NULL;
	}
	if (link) {
		next = space_follow(link, told);
		change(table, nsid, link, &next);
		return 0;
	}
	next.birth = now;
	link = array_insert(&space_at(table, at)->links, place, &next);
	if (!link)
		return -ENOMEM;
	show(table, at);
	tell(table, LINK_APPEARED, nsid, NULL, link);
	return 0;
}

int table_put_port(struct table *table, int32_t nsid, const struct link *told)
{
	struct link *link = NULL;
	struct link next;
	size_t at;

	if (find(table, nsid, &at))
		link = space_find(space_at(table, at), told->index, NULL);
	if (!link)
		return -ENOENT;
	next = *link;
	next.master = told->master;
	next.port_state = told->port_state;
	change(table, nsid, link, &next);
	return 0;
}

int table_drop_link(struct table *table, int32_t nsid, uint32_t index)
{
	const struct link *link = NULL;
	struct link last;
	size_t at, place;

	if (find(table, nsid, &at))
		link = space_find(space_at(table, at), index, &place);
	if (!link)
		return -ENOENT;
	last = *link;
	space_drop(space_at(table, at), place);
	show(table, at);
	tell(table, LINK_VANISHED, nsid, NULL, &last);
	return 0;
}

int table_put_address(struct table *table, int32_t nsid, const struct link_address *row)
{
	struct array *rows;
	size_t at, place;

	if (!find(table, nsid, &at))
		return -ENOENT;
	rows = &space_at(table, at)->addresses;
	if (array_find(rows, row, link_address_compare, &place))
		return 0;
	if (!array_insert(rows, place, row))
		return -ENOMEM;
	show(table, at);
	return 0;
}

int table_drop_address(struct table *table, int32_t nsid, const struct link_address *row)
{
	struct array *rows;
	size_t at, place;

	if (!find(table, nsid, &at))
		return -ENOENT;
	rows = &space_at(table, at)->addresses;
	if (!array_find(rows, row, link_address_compare, &place))
		return -ENOENT;
	array_remove(rows, place, 1);
	show(table, at);
	return 0;
}

/* What was known, and is no more or is another link now. */
static void tell_vanished(const struct table *table, size_t at, const struct array *known)
{
	for (size_t i = 0; i < known->count; i++) {
		const struct link *old = array_at(known, i);
		const struct link *link = space_find(space_at(table, at), old->index, NULL);

		if (!link || link->birth != old->birth)
			tell(table, LINK_VANISHED, view_at(table, at)->nsid, NULL, old);
	}
}

static void tell_found(const struct table *table, size_t at, const struct array *known)
{
	const struct array *links = &space_at(table, at)->links;

	for (size_t i = 0; i < links->count; i++) {
		const struct link *link = array_at(links, i);
		const struct link *old = links_find(known, link->index, NULL);

		if (!old || old->birth != link->birth)
			tell(table, LINK_APPEARED, view_at(table, at)->nsid, NULL, link);
		else if (!link_equal(old, link))
			tell(table, LINK_CHANGED, view_at(table, at)->nsid, old, link);
	}
}

int table_merge(struct table *table, int32_t nsid, struct array *links, struct array *addresses, bool complete,
                uint64_t now)
{
	size_t at;
	int r;

	if (!find(table, nsid, &at))
		return -ENOENT;
	r = space_merge(space_at(table, at), links, addresses, complete, now);
	if (r < 0)
		return r;
	want(table, space_at(table, at), !complete);
	view_at(table, at)->incomplete = !complete;
	view_at(table, at)->refused = false;
	show(table, at);
	tell_vanished(table, at, links);
	tell_found(table, at, links);
	return 0;
}

void table_mark_incomplete(struct table *table, int32_t nsid, bool again)
{
	size_t at;

	if (!find(table, nsid, &at))
		return;
	view_at(table, at)->incomplete = true;
	want(table, space_at(table, at), again);
}

void table_mark_refused(struct table *table, int32_t nsid)
{
	size_t at;

	table_mark_incomplete(table, nsid, false);
	if (find(table, nsid, &at))
		view_at(table, at)->refused = true;
}

void table_mark_all(struct table *table)
{
	for (size_t at = 0; at < table->views.count; at++)
		table_mark_incomplete(table, view_at(table, at)->nsid, true);
}

void table_begin_round(struct table *table)
{
	table->round++;
}

bool table_next_wanted(struct table *table, int32_t *ret_nsid)
{
	for (size_t at = 0; table->wanted > 0 && at < table->spaces.count; at++) {
		struct space *space = space_at(table, at);

		if (!space->wanted || space->round == table->round)
			continue;
		space->round = table->round;
		*ret_nsid = view_at(table, at)->nsid;
		return true;
	}
	return false;
}
