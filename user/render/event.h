/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

struct buf;
struct event;

/**
 * One event as a line for people: local time, what happened, whose namespace, the details.
 *
 *	12:01:07.123  created      4026532396  box   by dockerd (pid 812), setup 1.9 ms
 *
 * An event that was noticed by looking has "~" before its time: it happened earlier than that.
 *
 * @ret: appended to
 * Returns 0 or -ENOMEM.
 */
int event_render_text(const struct event *event, struct buf *ret);

/** One event as a JSON object on a line of its own; keys without a value are left out. Returns 0 or -ENOMEM. */
int event_render_json(const struct event *event, struct buf *ret);

/**
 * Reads what event_render_json() wrote. Unknown keys are passed over.
 *
 * @ret: untouched on failure
 * Returns 0, -EINVAL where it is no event, or -ENOMEM.
 */
int event_parse_json(const char *line, size_t len, struct event *ret);
