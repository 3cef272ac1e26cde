/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct snapshot;
struct buf;

/**
 * Renders a snapshot as one JSON object, keys as the contract in the README has them. Pure.
 *
 * @pretty: indented, with a final newline; else one line, with a final newline (one object a tick)
 * @ret: appended to; untouched on failure
 * Returns 0 or -ENOMEM.
 */
int json_render(const struct snapshot *snap, bool pretty, struct buf *ret);

/**
 * Reads what json_render() wrote: for fixtures and replay. The input is other people's bytes: wrong types, missing keys, absurd sizes are
 * refused with the line and column or the key in @ret_error.
 *
 * @ret: snapshot_free() it; untouched on failure
 * Returns 0, -EINVAL or -ENOMEM.
 */
int json_parse_snapshot(const char *text, size_t len, struct snapshot **ret, char *ret_error, size_t error_size);
