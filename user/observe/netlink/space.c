/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/space.h"

#include <errno.h>
#include <string.h>

#include "observe/netlink/address_parse.h"
#include "observe/netlink/link_parse.h"

void space_free(struct space *space)
{
	array_free(&space->links);
	array_free(&space->addresses);
}

struct link *links_find(const struct array *links, uint32_t index, size_t *ret_at)
{
	const struct link key = { .index = index };
	size_t at;
	bool there = array_find(links, &key, link_compare, &at);

	if (ret_at)
		*ret_at = at;
	return there ? array_at(links, at) : NULL;
}

struct link *space_find(const struct space *space, uint32_t index, size_t *ret_at)
{
	return links_find(&space->links, index, ret_at);
}

static void drop_addresses_of(struct space *space, uint32_t index)
{
	const struct link_address from = { .index = index }; /* sorts before any address of that link */
	size_t first, end;

	(void)array_find(&space->addresses, &from, link_address_compare, &first);
	for (end = first; end < space->addresses.count; end++) {
		const struct link_address *row = array_at(&space->addresses, end);

		if (row->index != index)
			break;
	}
	array_remove(&space->addresses, first, end - first);
}

void space_drop(struct space *space, size_t at)
{
	const struct link *link = array_at(&space->links, at);

	drop_addresses_of(space, link->index);
	array_remove(&space->links, at, 1);
}

struct link space_follow(const struct link *old, const struct link *told)
{
	struct link next = *told;

	next.birth = old->birth;
	if (link_is_paired(told) && told->peer_index == 0) {
		next.peer_index = old->peer_index;
		next.peer_elsewhere = old->peer_elsewhere;
		next.peer_nsid = old->peer_nsid;
	}
	return next;
}

static bool has_other_peer(const struct link *old, const struct link *told)
{
	return link_is_paired(old) && old->peer_index != 0 && told->peer_index != 0 &&
	       old->peer_index != told->peer_index;
}

bool space_replaced(const struct link *old, const struct link *told)
{
	if (old->kind != told->kind)
		return true;
	return has_other_peer(old, told) && old->peer_elsewhere == told->peer_elsewhere &&
	       old->peer_nsid == told->peer_nsid;
}

bool space_same_link(const struct link *old, const struct link *told)
{
	if (old->kind != told->kind || strcmp(old->name, told->name) != 0)
		return false;
	if (old->kind != LINK_BRIDGE && memcmp(old->mac, told->mac, sizeof(old->mac)) != 0)
		return false;
	return !has_other_peer(old, told);
}

static void give_births(const struct array *known, struct array *links, uint64_t now)
{
	for (size_t i = 0; i < links->count; i++) {
		struct link *link = array_at(links, i);
		const struct link *old = links_find(known, link->index, NULL);

		link->birth = now;
		if (old && space_same_link(old, link))
			*link = space_follow(old, link);
	}
}

static int keep_known(const struct array *known, struct array *found, array_compare_fn compare)
{
	size_t at;

	for (size_t i = 0; i < known->count; i++) {
		const void *row = array_at(known, i);

		if (!array_find(found, row, compare, &at) && !array_insert(found, at, row))
			return -ENOMEM;
	}
	return 0;
}

int space_merge(struct space *space, struct array *links, struct array *addresses, bool complete, uint64_t now)
{
	int r;

	give_births(&space->links, links, now);
	if (!complete) {
		r = keep_known(&space->links, links, link_compare);
		if (r < 0)
			return r;
		r = keep_known(&space->addresses, addresses, link_address_compare);
		if (r < 0)
			return r;
	}
	array_swap(&space->links, links);
	array_swap(&space->addresses, addresses);
	space->looked = true;
	return 0;
}
