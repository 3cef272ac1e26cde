/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct buf;

/** A JSON text being written, value after value. A failure to find memory sticks in the buffer. */
struct json_text {
	struct buf *out;
	bool pretty; /* two spaces a level; else one line */
	unsigned int depth;
	unsigned int flat; /* levels that stay on one line although pretty */
	bool first;        /* nothing stands before in this object or array */
};

/* Each value takes the key it stands under, or NULL in an array. */

/** @kind: '{' or '[' */
void json_put_open(struct json_text *json, const char *key, char kind);

/** As json_put_open(); all within is on one line. */
void json_put_open_flat(struct json_text *json, const char *key, char kind);

/** @kind: '}' or ']' */
void json_put_close(struct json_text *json, char kind);

/** Bytes that are not UTF-8 become '?', control characters are escaped. */
void json_put_string(struct json_text *json, const char *key, const char *value);

/** NULL or "" is null. */
void json_put_string_or_null(struct json_text *json, const char *key, const char *value);

/** What is above INT64_MAX is written as INT64_MAX: readers, jansson among them, take no more. */
void json_put_number(struct json_text *json, const char *key, uint64_t value);

/** Seconds with @digits digits behind the point; 0 for what is no time. */
void json_put_seconds(struct json_text *json, const char *key, double value, unsigned int digits);

void json_put_bool(struct json_text *json, const char *key, bool value);
void json_put_null(struct json_text *json, const char *key);
