/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bridge_view;
struct buf;

/**
 * All bridges for people: a table of bridges, and one of their ports with whose each is. Text is cleaned already; no line ends in spaces.
 *
 * @ret: appended to; untouched on failure but for its mark `failed`
 * Returns 0 or -ENOMEM.
 */
int bridge_table_render(const struct bridge_view *bridges, size_t count, struct buf *ret);

/** One bridge for people: its settings, its ports with theirs, and its forwarding database. @ret and the rest as above. */
int bridge_detail_render(const struct bridge_view *bridge, struct buf *ret);

/**
 * The same as a JSON object: {"version": 1, "observing_netns": …, "bridges": […]}. Keys of a port's "flags" are those of `bridge -d -j
 * link`. "in" is what came into the bridge through a port, "out" what left through it: of a container's port its transmit and its receive.
 *
 * @entries: with "fdb" in each bridge, and "fdb_left_out"; else the counts alone
 */
int bridge_json_render(const struct bridge_view *bridges, size_t count, uint64_t observing_netns, bool entries,
                       struct buf *ret);
