/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

struct array;
struct buf;

/**
 * What is exposed, as a table for people.
 *
 * @rows: of struct exposed
 * @dir: "/run/netns"
 * @ret: appended to; untouched on failure but for its mark `failed`
 * Returns 0 or -ENOMEM.
 */
int exposed_table_render(const struct array *rows, const char *dir, struct buf *ret);

/**
 * As a JSON object: {"version": 1, "done": …, "exposed": [{"name", "netns", "path", "owner", "there"}]}.
 *
 * @done: "exposed", "already", "unexposed" or "listed"
 */
int exposed_json_render(const struct array *rows, const char *dir, const char *done, struct buf *ret);
