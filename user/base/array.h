/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/** Orders two rows, as for qsort(). */
typedef int (*array_compare_fn)(const void *a, const void *b);

/**
 * A growing array of rows of one size, kept sorted by whoever fills it. Memory doubles when it is full and is kept when rows go, so a
 * steady state allocates nothing.
 */
struct array {
	void *data; /* owned; NULL while nothing was ever put in */
	size_t count;
	size_t cap;
	size_t size; /* of one row, > 0 */
};

#define ARRAY_OF(type)  ((struct array){ .size = sizeof(type) })
#define _cleanup_array_ __attribute__((cleanup(array_free)))

/** The row at @at; @at may be the count (one behind the last) for the end of a loop. */
void *array_at(const struct array *array, size_t at);

/**
 * Looks for @key in a sorted array.
 *
 * @ret_at: where it is, or where it belongs
 * Returns whether it is there.
 */
bool array_find(const struct array *array, const void *key, array_compare_fn compare, size_t *ret_at);

/** Makes room for a copy of @row at @at (<= count). Returns the row there, or NULL where there is no memory. */
void *array_insert(struct array *array, size_t at, const void *row);

/** Puts a copy of @row behind the last. Returns 0 or -ENOMEM. */
int array_append(struct array *array, const void *row);

/** Takes @count rows away, beginning at @at. */
void array_remove(struct array *array, size_t at, size_t count);

/** Sorts, unless they are in order already, as most dumps are. */
void array_sort(struct array *array, array_compare_fn compare);

/** Takes out of a sorted array all that compare equal to the one before (an interrupted dump may tell of a thing twice). */
void array_unique(struct array *array, array_compare_fn compare);

/** Changes the contents of two arrays of the same row size. */
void array_swap(struct array *a, struct array *b);

/** Gives the memory back; the array can be used again. */
void array_free(struct array *array);
