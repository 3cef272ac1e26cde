/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/** Orders two rows, as for qsort(). */
typedef int (*rows_compare_fn)(const void *a, const void *b);

/**
 * A growing array of rows of one size, kept sorted by whoever fills it. Memory doubles when it is full and is kept when rows go, so a
 * steady state allocates nothing.
 */
struct rows {
	void *data; /* owned; NULL while nothing was ever put in */
	size_t count;
	size_t cap;
	size_t size; /* of one row, > 0 */
};

#define ROWS_OF(type)  ((struct rows){ .size = sizeof(type) })
#define _cleanup_rows_ __attribute__((cleanup(rows_free)))

/** The row at @at; @at may be the count (one behind the last) for the end of a loop. */
void *rows_at(const struct rows *rows, size_t at);

/**
 * Looks for @key among sorted rows.
 *
 * @ret_at: where it is, or where it belongs
 * Returns whether it is there.
 */
bool rows_find(const struct rows *rows, const void *key, rows_compare_fn compare, size_t *ret_at);

/** Makes room for a copy of @row at @at (<= count). Returns the row there, or NULL where there is no memory. */
void *rows_insert(struct rows *rows, size_t at, const void *row);

/** Puts a copy of @row behind the last. Returns 0 or -ENOMEM. */
int rows_append(struct rows *rows, const void *row);

/** Takes @count rows away, beginning at @at. */
void rows_remove(struct rows *rows, size_t at, size_t count);

/** Sorts, unless they are in order already, as most dumps are. */
void rows_sort(struct rows *rows, rows_compare_fn compare);

/** Takes out of sorted rows all that compare equal to the one before (an interrupted dump may tell of a thing twice). */
void rows_unique(struct rows *rows, rows_compare_fn compare);

/** Changes the contents of two arrays of the same row size. */
void rows_swap(struct rows *a, struct rows *b);

/** Gives the memory back; the array can be used again. */
void rows_free(struct rows *rows);
