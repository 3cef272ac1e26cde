/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP ((size_t)16)

void *array_at(const struct array *array, size_t at)
{
	return array->data ? (char *)array->data + at * array->size : NULL;
}

bool array_find(const struct array *array, const void *key, array_compare_fn compare, size_t *ret_at)
{
	size_t low = 0;
	size_t high = array->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(array_at(array, middle), key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_at = low;
	return low < array->count && compare(array_at(array, low), key) == 0;
}

static int grow(struct array *array)
{
	size_t cap = array->cap ? array->cap * 2 : FIRST_CAP;
	void *data;

	if (array->count < array->cap)
		return 0;
	data = reallocarray(array->data, cap, array->size);
	if (!data)
		return -ENOMEM;
	array->data = data;
	array->cap = cap;
	return 0;
}

void *array_insert(struct array *array, size_t at, const void *row)
{
	char *place;

	if (grow(array) < 0)
		return NULL;
	place = array_at(array, at);
	memmove(place + array->size, place, (array->count - at) * array->size);
	memcpy(place, row, array->size);
	array->count++;
	return place;
}

int array_append(struct array *array, const void *row)
{
	return array_insert(array, array->count, row) ? 0 : -ENOMEM;
}

void array_remove(struct array *array, size_t at, size_t count)
{
	char *place = array_at(array, at);

	if (count == 0)
		return;
	memmove(place, place + count * array->size, (array->count - at - count) * array->size);
	array->count -= count;
}

void array_sort(struct array *array, array_compare_fn compare)
{
	size_t at = 1;

	while (at < array->count && compare(array_at(array, at - 1), array_at(array, at)) <= 0)
		at++;
	if (at < array->count)
		qsort(array->data, array->count, array->size, compare);
}

void array_unique(struct array *array, array_compare_fn compare)
{
	size_t kept = 0;

	for (size_t at = 1; at < array->count; at++) {
		if (compare(array_at(array, kept), array_at(array, at)) == 0)
			continue;
		kept++;
		if (kept != at)
			memcpy(array_at(array, kept), array_at(array, at), array->size);
	}
	if (array->count > 0)
		array->count = kept + 1;
}

void array_swap(struct array *a, struct array *b)
{
	struct array kept = *a;

	*a = *b;
	*b = kept;
}

void array_free(struct array *array)
{
	free(array->data);
	*array = (struct array){ .size = array->size };
}
