/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/query.h"
#include "model/view.h"

struct buf;

/** What ctnet-top keeps from one time to the next. */
struct top_settings {
	enum sort_column sort;
	bool reverse;
	enum view_units units;
	uint64_t delay_ns;
	bool tree;
	uint32_t hidden; /* columns: a bit for each enum table_column */
};

/** Shortest and longest delay between two looks. */
#define TOP_SETTINGS_DELAY_MIN_NS (100 * 1000000ULL)
#define TOP_SETTINGS_DELAY_MAX_NS (3600 * 1000000000ULL)

/** A file of settings is some hundred bytes; a larger one is none. */
#define TOP_SETTINGS_MOST_BYTES ((size_t)65536)

/** The settings of who never saved any. */
struct top_settings top_settings_standard(void);

/** What a view shows, and how to show it so. */
struct top_settings top_settings_of_view(const struct view *view);
void top_settings_to_view(const struct top_settings *settings, struct view *view);

/** Reads "name", "+name" or "-name" as -s has it. Returns 0 or -EINVAL. */
int top_settings_parse_sort(const char *text, struct top_settings *ret);

/** Writes them as lines "key = value", which top_settings_parse() reads. Returns 0 or -ENOMEM. */
int top_settings_render(const struct top_settings *settings, struct buf *ret);

/**
 * Reads lines as base/config_parse.h has them. What is not known or not allowed is passed over, so that neither an old file nor a newer one
 * keeps anybody from starting.
 *
 * @text: of @len bytes and a NUL behind; it is changed
 * @ret: begins as the caller has it; what the text holds is changed
 * @ret_error: what is wrong with the first line that was passed over, clean text: "line 3: …"; untouched where none was
 * Returns lines passed over.
 */
size_t top_settings_parse(char *text, size_t len, struct top_settings *ret, char *ret_error, size_t error_size);
