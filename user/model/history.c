/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/history.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define FIRST_ROWS ((size_t)64)
#define MAX_ROUND  1e9 /* seconds: keeps the count of seconds a number */

/*
 * Second number s since the start covers [s, s + 1) and lives in slot s % HISTORY_SECONDS of every ring.
 */
struct row {
	struct row_key id;
	uint64_t first; /* second in which it was first seen */
	uint64_t last;  /* second in which it was last seen */
	float bytes[DIRECTIONS][HISTORY_SECONDS];
};

struct history {
	double from, to;                /* the current round, in seconds since the start */
	float covered[HISTORY_SECONDS]; /* how much of each second was seen: 0 to 1 */
	uint64_t born[HISTORY_SECONDS];
	uint64_t died[HISTORY_SECONDS];
	struct row *rows; /* the first @sorted by identity, then those of this round */
	size_t count, sorted, cap, max;
	size_t next; /* where the next row of an ordered round is expected */
};

static uint64_t second_of(double time)
{
	return (uint64_t)time;
}

static size_t slot_of(uint64_t second)
{
	return (size_t)(second % HISTORY_SECONDS);
}

/* The second that ends at, or is cut by, the end of the current round. */
static uint64_t newest(const struct history *history)
{
	return history->to > 1 ? (uint64_t)ceil(history->to) - 1 : 0;
}

/* The oldest second that still has a slot. */
static uint64_t oldest(const struct history *history)
{
	return newest(history) >= HISTORY_SECONDS ? newest(history) - HISTORY_SECONDS + 1 : 0;
}

int history_new(size_t max_rows, struct history **ret)
{
	struct history *history = calloc(1, sizeof(*history));

	if (!history)
		return -ENOMEM;
	history->max = max_rows;
	*ret = history;
	return 0;
}

void history_free(struct history *history)
{
	if (!history)
		return;
	free(history->rows);
	free(history);
}

static void clear_slot(struct history *history, size_t slot)
{
	history->covered[slot] = 0;
	history->born[slot] = 0;
	history->died[slot] = 0;
	for (size_t i = 0; i < history->count; i++) {
		history->rows[i].bytes[RECEIVE][slot] = 0;
		history->rows[i].bytes[TRANSMIT][slot] = 0;
	}
}

/* Adds @rate for the time of the current round to the seconds it covers. */
static void spread(const struct history *history, double rate, float ring[HISTORY_SECONDS])
{
	uint64_t first = second_of(history->from);

	if (first < oldest(history))
		first = oldest(history);
	for (uint64_t s = first; s <= newest(history); s++) {
		double begin = fmax(history->from, (double)s);
		double end = fmin(history->to, (double)s + 1);

		ring[slot_of(s)] += (float)(rate * (end - begin));
	}
}

void history_advance(struct history *history, double seconds, uint64_t born, uint64_t died)
{
	uint64_t before = newest(history);
	uint64_t now;

	if (!(seconds > 0)) /* also what is no number */
		seconds = 0;
	if (seconds > MAX_ROUND)
		seconds = MAX_ROUND;
	history->from = history->to;
	history->to += seconds;
	now = newest(history);
	for (uint64_t s = now; s > before && now - s < HISTORY_SECONDS; s--)
		clear_slot(history, slot_of(s));
	spread(history, 1, history->covered);
	history->born[slot_of(now)] += born;
	history->died[slot_of(now)] += died;
	history->next = 0;
}

static int compare_rows(const void *a, const void *b)
{
	return row_key_compare(((const struct row *)a)->id, ((const struct row *)b)->id);
}

static struct row *find(const struct history *history, struct row_key id)
{
	const struct row key = { .id = id };

	if (history->sorted == 0)
		return NULL;
	return bsearch(&key, history->rows, history->sorted, sizeof(key), compare_rows);
}

static int add_row(struct history *history, struct row_key id, struct row **ret)
{
	if (history->count == history->max)
		return -ENOSPC;
	if (history->count == history->cap) {
		size_t cap = history->cap ? history->cap * 2 : FIRST_ROWS;
		struct row *rows = reallocarray(history->rows, cap, sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		history->rows = rows;
		history->cap = cap;
	}
	*ret = &history->rows[history->count++];
	memset(*ret, 0, sizeof(**ret));
	(*ret)->id = id;
	(*ret)->first = second_of(history->from);
	return 0;
}

int history_add(struct history *history, struct row_key id, const double bytes_per_second[DIRECTIONS])
{
	struct row *row = NULL;
	int r;

	if (history->next < history->sorted && row_key_equal(history->rows[history->next].id, id))
		row = &history->rows[history->next];
	if (!row)
		row = find(history, id);
	if (row) {
		history->next = (size_t)(row - history->rows) + 1;
	} else {
		r = add_row(history, id, &row);
		if (r < 0)
			return r;
	}
	row->last = newest(history);
	spread(history, bytes_per_second[RECEIVE], row->bytes[RECEIVE]);
	spread(history, bytes_per_second[TRANSMIT], row->bytes[TRANSMIT]);
	return 0;
}

void history_settle(struct history *history)
{
	bool grown = history->count > history->sorted;
	size_t kept = 0;

	for (size_t i = 0; i < history->count; i++) {
		if (history->rows[i].last < oldest(history))
			continue;
		if (kept != i)
			history->rows[kept] = history->rows[i];
		kept++;
	}
	history->count = kept;
	history->sorted = kept;
	if (grown)
		qsort(history->rows, kept, sizeof(*history->rows), compare_rows);
}

/* What the row moved in the seconds [first, last] and how much of them was seen. */
static double mean(const struct history *history, const struct row *row, enum history_what what, uint64_t first,
                   uint64_t last)
{
	double bytes = 0;
	double seen = 0;

	if (first < row->first)
		first = row->first;
	if (last > row->last)
		last = row->last;
	for (uint64_t s = first; s <= last; s++) {
		size_t slot = slot_of(s);

		seen += (double)history->covered[slot];
		if (what != HISTORY_TRANSMIT)
			bytes += (double)row->bytes[RECEIVE][slot];
		if (what != HISTORY_RECEIVE)
			bytes += (double)row->bytes[TRANSMIT][slot];
	}
	return seen > 0 ? bytes / seen : (double)NAN;
}

bool history_read(const struct history *history, struct row_key id, enum history_what what, size_t points, double *ret)
{
	const struct row *row = find(history, id);
	uint64_t width; /* seconds a point */
	uint64_t last;  /* number of the newest point since the start */

	if (points == 0)
		return row != NULL;
	width = (HISTORY_SECONDS + points - 1) / points;
	last = newest(history) / width;
	for (size_t i = 0; i < points; i++) {
		uint64_t back = points - 1 - i;
		uint64_t first;

		ret[i] = (double)NAN;
		if (!row || back > last)
			continue;
		first = (last - back) * width;
		if (first + width <= oldest(history))
			continue;
		ret[i] = mean(history, row, what, first < oldest(history) ? oldest(history) : first, first + width - 1);
	}
	return row != NULL;
}

double history_mean(const struct history *history, struct row_key id, enum history_what what)
{
	const struct row *row = find(history, id);

	return row ? mean(history, row, what, oldest(history), newest(history)) : (double)NAN;
}

void history_lifecycle(const struct history *history, uint64_t *ret_born, uint64_t *ret_died)
{
	*ret_born = 0;
	*ret_died = 0;
	for (size_t i = 0; i < HISTORY_SECONDS; i++) {
		*ret_born += history->born[i];
		*ret_died += history->died[i];
	}
}

size_t history_rows(const struct history *history)
{
	return history->count;
}
