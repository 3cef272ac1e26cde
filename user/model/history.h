/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/counters.h"
#include "model/row_key.h"

/** How far back a history goes. */
#define HISTORY_SECONDS 60

struct history;

/**
 * The last minute of rates of many rows (namespaces, or bridges), second by second. It has no clock: time passes by what
 * history_advance() is told. A round of any length is spread over the seconds it covered.
 *
 * @max_rows: rows kept at most (> 0); what comes beyond has no history
 * @ret: freed with history_free()
 * Returns 0 or -ENOMEM.
 */
int history_new(size_t max_rows, struct history **ret);

/** Accepts NULL. */
void history_free(struct history *history);

/**
 * Begins a round: @seconds have passed since the last one. 0 (the first round, which has no rates) is allowed.
 *
 * @born, @died: namespaces in that time
 */
void history_advance(struct history *history, double seconds, uint64_t born, uint64_t died);

/**
 * Adds one row's rates of this round, in bytes a second. At most once for each row in a round; rows are found again fastest
 * where each round brings them in the order of row_key_compare(), but need not come so.
 *
 * Returns 0, -ENOSPC (@max_rows are there already) or -ENOMEM: the row then has no history, nothing else happens.
 */
int history_add(struct history *history, struct row_key id, const double bytes_per_second[DIRECTIONS]);

/** Ends a round: rows that have not been added for a whole minute are forgotten. */
void history_settle(struct history *history);

/** RECEIVE, TRANSMIT or both together. */
enum history_what { HISTORY_RECEIVE, HISTORY_TRANSMIT, HISTORY_BOTH };

/**
 * Reads a row's last minute as @points means in bytes a second, oldest first; NAN for a time that was not seen. The borders
 * between points stay where they are while time passes, so that a bar moves but does not change.
 *
 * @points: at most HISTORY_SECONDS
 * Returns whether the row is known; else all of @ret is NAN.
 */
bool history_read(const struct history *history, struct row_key id, enum history_what what, size_t points, double *ret);

/** The row's mean over the time it was seen in the last minute, bytes a second; NAN where it was not seen. */
double history_mean(const struct history *history, struct row_key id, enum history_what what);

/** Namespaces born and died in the last minute. */
void history_lifecycle(const struct history *history, uint64_t *ret_born, uint64_t *ret_died);

/** Rows kept now. */
size_t history_rows(const struct history *history);
