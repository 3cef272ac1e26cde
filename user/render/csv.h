/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

struct rates;
struct netns_rate;
struct buf;

/**
 * The names of the columns, one line. New columns come last; none is renamed.
 *
 * @ret: appended to; untouched on failure
 * Returns 0 or -ENOMEM.
 */
int csv_render_header(struct buf *ret);

/**
 * One line (RFC 4180, but ended by a newline alone) for each row: time, whose it is, rates a second and cumulative counters. Pure.
 *
 * @rows: as query_select() ordered them
 * @ret: appended to; untouched on failure
 * Returns 0 or -ENOMEM.
 */
int csv_render_rates(const struct rates *rates, const struct netns_rate *const *rows, size_t count, struct buf *ret);
