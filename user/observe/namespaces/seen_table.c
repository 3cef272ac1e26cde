/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/seen_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_inode(const void *a, const void *b)
{
	const struct ns_seen *x = a;
	const struct ns_seen *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

struct ns_seen *seen_table_find(const struct seen_table *table, uint64_t inode)
{
	const struct ns_seen key = { .inode = inode };

	if (table->count == 0)
		return NULL;
	return bsearch(&key, table->rows, table->count, sizeof(key), compare_inode);
}

int seen_table_reserve(struct seen_table *table, size_t need)
{
	struct ns_seen *rows;
	bool *forgotten;
	size_t cap = need + need / 2;

	if (need <= table->cap)
		return 0;
	rows = reallocarray(table->rows, cap, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	table->rows = rows;
	forgotten = reallocarray(table->forgotten, cap, sizeof(*forgotten));
	if (!forgotten)
		return -ENOMEM;
	table->forgotten = forgotten;
	table->cap = cap;
	return 0;
}

void seen_table_add(struct seen_table *table, const struct ns_seen *row)
{
	if (row->inode != 0)
		table->rows[table->count++] = *row;
}

void seen_table_join(struct seen_table *table)
{
	size_t kept = 0;

	qsort(table->rows, table->count, sizeof(*table->rows), compare_inode);
	for (size_t i = 0; i < table->count; i++) {
		const struct ns_seen *row = &table->rows[i];
		struct ns_seen *last = kept > 0 ? &table->rows[kept - 1] : NULL;

		if (!last || last->inode != row->inode) {
			table->rows[kept++] = *row;
			continue;
		}
		if (last->pid == 0 && row->pid != 0) {
			last->pid = row->pid;
			memcpy(last->comm, row->comm, sizeof(last->comm));
		}
		if (!last->mount) {
			last->mount = row->mount;
			last->name = row->name;
			last->stamp = row->stamp;
		}
		if (!last->holder)
			last->holder = row->holder;
	}
	table->count = kept;
}

/*
 * Whether a row of the last look is of the same namespace. A birth that was told tells; a row that was there before the event of its
 * own birth came is older than nothing. Else another mounted file is another namespace, unless a process stayed in it all the time.
 */
static bool is_same(const struct ns_seen *old, const struct ns_seen *row, uint64_t told)
{
	bool stayed = old->pid != 0 && old->pid == row->pid;

	if (told != 0 && old->told_birth == told)
		return true;
	if (old->stamp != 0 && row->stamp != 0 && old->stamp != row->stamp && !stayed)
		return false;
	return old->told_birth == told || (old->told_birth == 0 && told <= old->birth);
}

void seen_table_keep_births(struct seen_table *table, const struct seen_table *before, const struct births *births,
                            uint64_t now)
{
	for (size_t i = 0; i < table->count; i++) {
		struct ns_seen *row = &table->rows[i];
		const struct ns_seen *old = seen_table_find(before, row->inode);
		uint64_t told = births_of(births, row->inode);
		bool same = old && !before->forgotten[old - before->rows] && is_same(old, row, told);

		row->told_birth = told;
		row->birth = told ? told : now;
		if (same)
			row->birth = old->birth;
		table->forgotten[i] = false;
	}
}

void seen_table_free(struct seen_table *table)
{
	free(table->rows);
	free(table->forgotten);
}
