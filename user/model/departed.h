/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/rates.h"
#include "model/row_key.h"

struct departed;

/**
 * Keeps the rows of namespaces that are gone for some seconds after the snapshot has dropped them, so that a person
 * sees what went. It owns copies; it has no clock but the seconds of the rates it is given.
 *
 * @seconds: how long a row stays
 * @max_rows: rows kept at most; the oldest go first
 * @ret: freed with departed_free()
 * Returns 0 or -ENOMEM.
 */
int departed_new(double seconds, size_t max_rows, struct departed **ret);

/** Accepts NULL. */
void departed_free(struct departed *departed);

/**
 * Takes a new round in: copies the rows that are gone in it (not those whose namespace is not known), and forgets those that were kept
 * long enough.
 *
 * @rates: must outlive the next call, as departed_rates() points into it
 * Returns 0, or -ENOMEM: departed_rates() then gives @rates as they are.
 */
int departed_update(struct departed *departed, const struct rates *rates);

/**
 * The rates of the last update with the kept rows behind them: all their rates are 0, their counters the last ones. Totals and bridges
 * are those of the update. NULL before the first update; valid until the next one.
 */
const struct rates *departed_rates(const struct departed *departed);

/** Whether a row is kept (or gone in this very round), and for how many seconds it has been. */
bool departed_age(const struct departed *departed, struct row_key id, double *ret_seconds);
