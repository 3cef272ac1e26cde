/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/enrich.h"
#include "model/order.h"

#define SHORT_ID 12 /* characters of a container id that people use */

static int inode_of_owner(const void *key, const void *item)
{
	return ORDER(*(const uint64_t *)key, ((const struct owner_seen *)item)->inode);
}

static int compare_owners(const void *a, const void *b)
{
	const struct owner *x = &((const struct owner_seen *)a)->owner;
	const struct owner *y = &((const struct owner_seen *)b)->owner;
	int r = ORDER(x->kind, y->kind);

	r = r ? r : strcmp(x->name, y->name);
	r = r ? r : strcmp(x->id, y->id);
	return r ? r : ORDER(x->pid, y->pid);
}

/*
 * Whose namespace it is: not one who left; not one who joined another's; else whose process is the oldest, for a namespace is made before
 * anybody can join it. 0 where nothing tells.
 */
static int compare_claims(const struct owner_seen *x, const struct owner_seen *y)
{
	uint64_t unknown = UINT64_MAX;
	int r = ORDER(x->owner.kind, y->owner.kind);

	r = r ? r : ORDER(x->owner.left, y->owner.left);
	r = r ? r : ORDER(x->joined, y->joined);
	return r ? r : ORDER(x->started ? x->started : unknown, y->started ? y->started : unknown);
}

static struct owner copy_owner(struct enrich *enrich, const struct owner *owner)
{
	struct owner copy = {
		.kind = owner->kind,
		.name = enrich_text(enrich, owner->name),
		.id = enrich_text(enrich, owner->id),
		.image = enrich_text(enrich, owner->image),
		.pod_name = enrich_text(enrich, owner->pod_name),
		.pod_namespace = enrich_text(enrich, owner->pod_namespace),
		.pid = owner->pid,
	};
	char short_id[SHORT_ID + 1];

	if (copy.name[0] == '\0' && copy.id[0] != '\0') {
		(void)text_clean(copy.id, strlen(copy.id), short_id, sizeof(short_id));
		copy.name = enrich_text(enrich, short_id);
	}
	return copy;
}

/* An engine that tells the same owner twice (an old state file beside the new one) has told it once. */
static size_t drop_repeated(struct owner_seen *owners, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || compare_owners(&owners[kept - 1], &owners[i]) != 0)
			owners[kept++] = owners[i];
	}
	return kept;
}

static int identity_of_row(const void *key, const void *item)
{
	const struct ns_seen *seen = key;
	const struct netns *row = item;
	int r = ORDER(seen->inode, row->inode);

	return r ? r : ORDER(seen->birth, row->birth);
}

/* The same namespace in the previous snapshot, or NULL. */
static const struct netns *row_before(const struct enrich *enrich, const struct ns_seen *seen)
{
	const struct snapshot *previous = enrich->previous;

	if (!previous || previous->namespace_count == 0)
		return NULL;
	return bsearch(seen, previous->namespaces, previous->namespace_count, sizeof(*previous->namespaces),
	               identity_of_row);
}

static bool is_among(const struct owner *owner, const struct owner_seen *owners, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct owner *other = &owners[i].owner;

		if (owner->id[0] != '\0' ? strcmp(owner->id, other->id) == 0
		                         : owner->kind == other->kind && strcmp(owner->name, other->name) == 0)
			return true;
	}
	return false;
}

/*
 * Whether an owner who is not among those of now is told all the same. An engine tells of the end of a container before the kernel has taken
 * its namespace down, and what it sent last belongs under its name: it is told once more, beside who is there. Where nobody is, the
 * namespace is still that of who was there last, until it ends.
 */
static bool is_kept(const struct enrich *enrich, const struct owner *before, bool deserted)
{
	return deserted || (before->kind < OWNER_UNIT && !(before->left && enrich->previous->published));
}

/* Those of the previous snapshot who left. They leave the name to those of their kind who are there. */
static size_t keep_left(struct enrich *enrich, const struct netns *before, bool deserted, struct owner_seen *owners,
                        size_t count)
{
	size_t present = count;

	for (size_t i = 0; before && i < before->owner_count; i++) {
		struct owner_seen *kept = &owners[count];

		if (is_among(&before->owners[i], owners, present) || !is_kept(enrich, &before->owners[i], deserted))
			continue;
		*kept = (struct owner_seen){ .owner = copy_owner(enrich, &before->owners[i]), .joined = i > 0 };
		kept->owner.pid = 0;
		kept->owner.left = true;
		count++;
	}
	return count;
}

/* What the engines told, the name given by `ip netns`, and where there is neither the oldest process; in order. */
static size_t collect_owners(struct enrich *enrich, const struct ns_seen *seen, const struct netns *before,
                             const struct owner_seen *told, size_t told_count, struct owner_seen *owners)
{
	bool named = seen->name && seen->name[0] != '\0';
	size_t count = 0;

	for (; count < told_count; count++) {
		owners[count] = told[count];
		owners[count].owner = copy_owner(enrich, &told[count].owner);
	}
	if (named) {
		const struct owner name = { .kind = OWNER_NETNS, .name = seen->name, .pid = seen->pid };

		owners[count++] = (struct owner_seen){ .owner = copy_owner(enrich, &name) };
	}
	count = keep_left(enrich, before, count == 0 && seen->pid == 0, owners, count);
	if (count == 0 && seen->pid > 0) {
		char comm[sizeof(seen->comm) + 1] = "";
		const struct owner process = { .kind = OWNER_PROCESS, .name = comm, .pid = seen->pid };

		memcpy(comm, seen->comm, sizeof(seen->comm));
		owners[count++] = (struct owner_seen){ .owner = copy_owner(enrich, &process) };
	}
	qsort(owners, count, sizeof(*owners), compare_owners);
	return drop_repeated(owners, count);
}

/* Puts the one whose namespace it is first and leaves the others in their order. */
static void put_in_order(const struct owner_seen *owners, size_t count, struct owner *ret)
{
	size_t first = 0, next = 1;

	for (size_t i = 1; i < count; i++) {
		if (compare_claims(&owners[i], &owners[first]) < 0)
			first = i;
	}
	for (size_t i = 0; i < count; i++)
		ret[i == first ? 0 : next++] = owners[i].owner;
}

static bool has_process(const struct ns_seen *seen, const struct netns *row)
{
	if (seen->pid > 0)
		return true;
	for (size_t i = 0; i < row->owner_count; i++) {
		if (row->owners[i].pid > 0)
			return true;
	}
	return false;
}

/* Nothing found that holds it: it may just have been born, or be dying. Then nothing is said. */
static void fill_holder(struct enrich *enrich, const struct ns_seen *seen, struct netns *row)
{
	char holder[OWNER_TEXT_MAX];

	row->held_by = "";
	if (has_process(seen, row))
		return;
	if (seen->holder)
		(void)snprintf(holder, sizeof(holder), "%s", seen->holder);
	else if (seen->mount && seen->mount[0] != '\0')
		(void)snprintf(holder, sizeof(holder), "mount %s", seen->mount);
	else
		return;
	row->held = true;
	row->held_by = enrich_text(enrich, holder);
}

void enrich_owners(struct enrich *enrich, const struct ns_seen *seen, struct netns *row)
{
	const struct observation *obs = enrich->obs;
	size_t first = lower_bound(&seen->inode, obs->owners, obs->owner_count, sizeof(*obs->owners), inode_of_owner);
	size_t end = first;
	const struct netns *before = row_before(enrich, seen);
	struct owner_seen *claims;
	struct owner *owners;
	size_t count, most;

	row->kind = OWNER_NONE;
	row->name = "";
	while (end < obs->owner_count && obs->owners[end].inode == seen->inode)
		end++;
	/* one for the name and one for the process */
	most = end - first + 2 + (before ? before->owner_count : 0);
	claims = arena_array(enrich->scratch, most, sizeof(*claims));
	owners = enrich_array(enrich, most, sizeof(*owners));
	if (!claims || !owners) {
		enrich->failed = true;
		return;
	}
	count = collect_owners(enrich, seen, before, end > first ? &obs->owners[first] : NULL, end - first, claims);
	put_in_order(claims, count, owners);
	row->owners = owners;
	row->owner_count = count;
	if (count > 0) {
		row->kind = owners[0].kind;
		row->name = owners[0].name;
	}
	fill_holder(enrich, seen, row);
}
