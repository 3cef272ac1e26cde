/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/births.h"

#include <errno.h>
#include <stdbool.h>

void births_init(struct births *births)
{
	births->items = ARRAY_OF(struct birth);
}

static int compare(const void *a, const void *b)
{
	const struct birth *x = a;
	const struct birth *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static struct birth *find(const struct births *births, uint64_t inode, size_t *ret_at)
{
	const struct birth key = { .inode = inode };
	bool found = array_find(&births->items, &key, compare, ret_at);

	return found ? array_at(&births->items, *ret_at) : NULL;
}

int births_add(struct births *births, uint64_t inode, uint64_t time)
{
	const struct birth birth = { inode, time };
	size_t at;
	struct birth *old = find(births, inode, &at);

	if (old) {
		*old = birth;
		return 0;
	}
	return array_insert(&births->items, at, &birth) ? 0 : -ENOMEM;
}

void births_remove(struct births *births, uint64_t inode, uint64_t time)
{
	size_t at;
	const struct birth *birth = find(births, inode, &at);

	if (birth && birth->time == time)
		array_remove(&births->items, at, 1);
}

uint64_t births_of(const struct births *births, uint64_t inode)
{
	size_t at;
	const struct birth *birth = find(births, inode, &at);

	return birth ? birth->time : 0;
}

void births_free(struct births *births)
{
	array_free(&births->items);
}
