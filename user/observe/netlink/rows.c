/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP ((size_t)16)

void *rows_at(const struct rows *rows, size_t at)
{
	return rows->data ? (char *)rows->data + at * rows->size : NULL;
}

bool rows_find(const struct rows *rows, const void *key, rows_compare_fn compare, size_t *ret_at)
{
	size_t low = 0;
	size_t high = rows->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(rows_at(rows, middle), key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_at = low;
	return low < rows->count && compare(rows_at(rows, low), key) == 0;
}

static int grow(struct rows *rows)
{
	size_t cap = rows->cap ? rows->cap * 2 : FIRST_CAP;
	void *data;

	if (rows->count < rows->cap)
		return 0;
	data = reallocarray(rows->data, cap, rows->size);
	if (!data)
		return -ENOMEM;
	rows->data = data;
	rows->cap = cap;
	return 0;
}

void *rows_insert(struct rows *rows, size_t at, const void *row)
{
	char *place;

	if (grow(rows) < 0)
		return NULL;
	place = rows_at(rows, at);
	memmove(place + rows->size, place, (rows->count - at) * rows->size);
	memcpy(place, row, rows->size);
	rows->count++;
	return place;
}

int rows_append(struct rows *rows, const void *row)
{
	return rows_insert(rows, rows->count, row) ? 0 : -ENOMEM;
}

void rows_remove(struct rows *rows, size_t at, size_t count)
{
	char *place = rows_at(rows, at);

	if (count == 0)
		return;
	memmove(place, place + count * rows->size, (rows->count - at - count) * rows->size);
	rows->count -= count;
}

void rows_sort(struct rows *rows, rows_compare_fn compare)
{
	size_t at = 1;

	while (at < rows->count && compare(rows_at(rows, at - 1), rows_at(rows, at)) <= 0)
		at++;
	if (at < rows->count)
		qsort(rows->data, rows->count, rows->size, compare);
}

void rows_unique(struct rows *rows, rows_compare_fn compare)
{
	size_t kept = 0;

	for (size_t at = 1; at < rows->count; at++) {
		if (compare(rows_at(rows, kept), rows_at(rows, at)) == 0)
			continue;
		kept++;
		if (kept != at)
			memcpy(rows_at(rows, kept), rows_at(rows, at), rows->size);
	}
	if (rows->count > 0)
		rows->count = kept + 1;
}

void rows_swap(struct rows *a, struct rows *b)
{
	struct rows kept = *a;

	*a = *b;
	*b = kept;
}

void rows_free(struct rows *rows)
{
	free(rows->data);
	*rows = (struct rows){ .size = rows->size };
}
