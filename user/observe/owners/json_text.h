/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <errno.h>
#include <jansson.h>
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"

/* What the parsers of the engines' JSON files share. */

static inline void cleanup_json(json_t **json)
{
	json_decref(*json);
}
#define _cleanup_json_ _cleanup_(cleanup_json)

/**
 * Reads a JSON object. Refuses invalid UTF-8, embedded NULs, and nesting beyond jansson's own limit (2048), all of them by its defaults.
 *
 * @flags: JSON_*, as for json_loadb()
 * Returns a new reference, or NULL where it is none.
 */
static inline json_t *json_parse_object(const char *text, size_t len, size_t flags)
{
	json_error_t error;
	json_t *json = json_loadb(text, len, flags, &error);

	if (json && !json_is_object(json)) {
		json_decref(json);
		return NULL;
	}
	return json;
}

/** Copies a string, where it is one and not empty, else leaves *@ret alone. Returns 0 or -ENOMEM. */
static inline int json_copy_text(const json_t *value, char **ret)
{
	const char *text = json_string_value(value);
	char *copy;

	if (!text || !*text)
		return 0;
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	free(*ret);
	*ret = copy;
	return 0;
}
