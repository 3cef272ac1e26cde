/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/departed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"

/* A copy keeps no more of each than a screen shows. */
#define KEPT_OWNERS     16
#define KEPT_INTERFACES 16
#define KEPT_ADDRESSES  8

struct kept {
	struct netns ns;
	double age;         /* seconds since it was seen gone */
	struct arena arena; /* owns all that ns points to */
};

struct departed {
	double seconds;
	size_t max;
	struct kept *kept; /* oldest first */
	size_t count;
	bool updated;
	struct rates shown;
	struct netns_rate *rows; /* of shown, where any row is kept */
	size_t cap;
};

int departed_new(double seconds, size_t max_rows, struct departed **ret)
{
	struct departed *departed = calloc(1, sizeof(*departed));

	if (!departed)
		return -ENOMEM;
	departed->kept = calloc(max_rows, sizeof(*departed->kept));
	if (!departed->kept && max_rows > 0) {
		free(departed);
		return -ENOMEM;
	}
	departed->seconds = seconds;
	departed->max = max_rows;
	*ret = departed;
	return 0;
}

static void forget(struct departed *departed, size_t i)
{
	arena_free(&departed->kept[i].arena);
	departed->count--;
	memmove(&departed->kept[i], &departed->kept[i + 1], (departed->count - i) * sizeof(departed->kept[0]));
}

void departed_free(struct departed *departed)
{
	if (!departed)
		return;
	while (departed->count > 0)
		forget(departed, departed->count - 1);
	free(departed->kept);
	free(departed->rows);
	free(departed);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static int copy_owners(struct arena *arena, const struct netns *from, struct netns *to)
{
	size_t count = least(from->owner_count, KEPT_OWNERS);
	struct owner *owners = arena_array(arena, count, sizeof(*owners));

	if (!owners)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct owner *owner = &from->owners[i];

		owners[i].kind = owner->kind;
		owners[i].pid = owner->pid;
		owners[i].name = arena_strndup(arena, owner->name, OWNER_TEXT_MAX);
		owners[i].id = arena_strndup(arena, owner->id, OWNER_TEXT_MAX);
		owners[i].image = arena_strndup(arena, owner->image, OWNER_TEXT_MAX);
		owners[i].pod_name = arena_strndup(arena, owner->pod_name, OWNER_TEXT_MAX);
		owners[i].pod_namespace = arena_strndup(arena, owner->pod_namespace, OWNER_TEXT_MAX);
		if (!owners[i].name || !owners[i].id || !owners[i].image || !owners[i].pod_name ||
		    !owners[i].pod_namespace)
			return -ENOMEM;
	}
	to->owners = owners;
	to->owner_count = count;
	return 0;
}

static int copy_interfaces(struct arena *arena, const struct netns *from, struct netns *to)
{
	size_t count = least(from->interface_count, KEPT_INTERFACES);
	struct interface *interfaces = arena_array(arena, count, sizeof(*interfaces));

	if (!interfaces)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		size_t addresses = least(from->interfaces[i].address_count, KEPT_ADDRESSES);
		struct address *copy = arena_array(arena, addresses, sizeof(*copy));

		if (!copy)
			return -ENOMEM;
		if (addresses > 0)
			memcpy(copy, from->interfaces[i].addresses, addresses * sizeof(*copy));
		interfaces[i] = from->interfaces[i];
		interfaces[i].addresses = copy;
		interfaces[i].address_count = addresses;
	}
	to->interfaces = interfaces;
	to->interface_count = count;
	return 0;
}

static int copy_netns(const struct netns *from, struct kept *to)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct netns ns = *from;

	ns.name = arena_strndup(&arena, from->name, OWNER_TEXT_MAX);
	ns.held_by = arena_strndup(&arena, from->held_by, OWNER_TEXT_MAX);
	if (!ns.name || !ns.held_by || copy_owners(&arena, from, &ns) < 0 || copy_interfaces(&arena, from, &ns) < 0)
		return -ENOMEM;
	*to = (struct kept){ .ns = ns, .arena = arena };
	arena = (struct arena)ARENA_INIT;
	return 0;
}

static struct kept *find(const struct departed *departed, struct row_key id)
{
	for (size_t i = 0; i < departed->count; i++) {
		if (row_key_equal(row_key_of(&departed->kept[i].ns), id))
			return &departed->kept[i];
	}
	return NULL;
}

static int keep(struct departed *departed, const struct netns *ns)
{
	struct kept kept;

	/* a host end whose namespace nobody found tells nobody's death: it may be the tail of one that is told already */
	if (departed->max == 0 || ns->inode == 0 || find(departed, row_key_of(ns)))
		return 0;
	if (copy_netns(ns, &kept) < 0)
		return -ENOMEM;
	if (departed->count == departed->max)
		forget(departed, 0);
	departed->kept[departed->count++] = kept;
	return 0;
}

static void age(struct departed *departed, double seconds)
{
	size_t i = 0;

	while (i < departed->count) {
		departed->kept[i].age += seconds;
		if (departed->kept[i].age >= departed->seconds)
			forget(departed, i);
		else
			i++;
	}
}

static bool in_snapshot(const struct rates *rates, struct row_key id)
{
	for (size_t i = 0; i < rates->namespace_count; i++) {
		if (row_key_equal(row_key_of(rates->namespaces[i].ns), id))
			return true;
	}
	return false;
}

/* Puts the kept rows behind those of the round. */
static int join(struct departed *departed, const struct rates *rates)
{
	size_t need = rates->namespace_count + departed->count;
	size_t count = rates->namespace_count;

	if (need > departed->cap) {
		struct netns_rate *rows = reallocarray(departed->rows, need, sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		departed->rows = rows;
		departed->cap = need;
	}
	if (count > 0)
		memcpy(departed->rows, rates->namespaces, count * sizeof(*departed->rows));
	for (size_t i = 0; i < departed->count; i++) {
		const struct netns *ns = &departed->kept[i].ns;

		if (!in_snapshot(rates, row_key_of(ns)))
			departed->rows[count++] = (struct netns_rate){ .ns = ns };
	}
	departed->shown.namespaces = departed->rows;
	departed->shown.namespace_count = count;
	return 0;
}

int departed_update(struct departed *departed, const struct rates *rates)
{
	int r = 0;

	departed->shown = *rates;
	departed->updated = true;
	age(departed, rates->seconds);
	for (size_t i = 0; i < rates->namespace_count && r == 0; i++) {
		if (rates->namespaces[i].ns->gone)
			r = keep(departed, rates->namespaces[i].ns);
	}
	if (r < 0 || departed->count == 0)
		return r;
	return join(departed, rates);
}

const struct rates *departed_rates(const struct departed *departed)
{
	return departed->updated ? &departed->shown : NULL;
}

bool departed_age(const struct departed *departed, struct row_key id, double *ret_seconds)
{
	const struct kept *kept = find(departed, id);

	if (!kept)
		return false;
	*ret_seconds = kept->age;
	return true;
}
