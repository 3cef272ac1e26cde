/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

struct snapshot;
struct rates;
struct netns_rate;
struct buf;

/**
 * The table of `ctnet ls`: one line an interface, columns as wide as their content, the header first. Text is
 * cleaned already; no line ends in spaces; an empty snapshot gives the header alone. "-" stands for what there is none of, or
 * what nobody knows. Further owners of a namespace have a line of their own below.
 *
 * @ret: appended to; untouched on failure but for its mark `failed`
 * Returns 0 or -ENOMEM.
 */
int table_render_namespaces(const struct snapshot *snap, struct buf *ret);

/**
 * The batch screen of ctnet-top: the two header lines (sources, totals), then one line a namespace with its rates, in bits per second. Before
 * the owner stands '!' for one that is held without a process, '~' for one that is gone or was attached to mid-life.
 *
 * @rows: as query_select() ordered them
 * @columns: terminal columns to stay within (80 or more)
 * @ret: appended to; untouched on failure but for its mark `failed`
 * Returns 0 or -ENOMEM.
 */
int table_render_rates(const struct rates *rates, const struct netns_rate *const *rows, size_t count, size_t columns,
                       struct buf *ret);
