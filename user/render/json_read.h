/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct json_shape;

/** Reads other people's JSON into structs, and knows where it is, to say what is wrong there. */
struct json_reader {
	struct arena *arena; /* owns all text that is read */
	char path[192];      /* "namespaces[3].interfaces[0]" */
	size_t path_len;
	char *error; /* what is wrong, one line of clean text; the caller's */
	size_t error_size;
};

/** Says what is wrong at the current place. Returns -EINVAL. */
int json_wrong(struct json_reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Steps into a member or an item. Returns what json_leave() takes to step back. */
size_t json_enter_key(struct json_reader *reader, const char *key);
size_t json_enter_item(struct json_reader *reader, size_t index);
void json_leave(struct json_reader *reader, size_t mark);

/**
 * A member of an object, of a JSON type.
 *
 * @optional: it may be missing: @ret is NULL then
 * Returns 0, or -EINVAL for what is no object, has no such member, or one of another type.
 */
int json_member(struct json_reader *reader, json_t *object, const char *key, json_type type, bool optional,
                json_t **ret);

/*
 * A value of the current place. Each returns 0, -EINVAL, or where text is kept -ENOMEM; the output is untouched on failure.
 */

/** A whole number from 0 to @max. */
int json_read_number(struct json_reader *reader, json_t *value, uint64_t max, uint64_t *ret);

/** A number of seconds from 0 to @max. */
int json_read_seconds(struct json_reader *reader, json_t *value, double max, double *ret);

/** Text without control characters, into the arena. */
int json_read_text(struct json_reader *reader, json_t *value, const char **ret);

/** The key of a member itself, as json_read_text(). */
int json_read_key(struct json_reader *reader, const char *key, const char **ret);

/** As json_read_text(), of at most @size - 1 bytes, into @out. */
int json_read_name(struct json_reader *reader, json_t *value, char *out, size_t size);

/** The member @key of @object, a whole number. */
int json_read_counter(struct json_reader *reader, json_t *object, const char *key, uint64_t *ret);

/** All plain members of a struct. @base is partly filled on failure. */
int json_read_shape(struct json_reader *reader, json_t *object, const struct json_shape *shape, void *base);

/** What an array is read into. */
struct json_items {
	size_t size; /* of one item */
	size_t most; /* a longer array is refused */
	int (*read)(struct json_reader *reader, json_t *value, void *item);
	void *items;  /* read, in the arena */
	size_t count; /* likewise */
};

/** The member @key of @object, an array. A missing one that is @optional has no items. */
int json_read_items(struct json_reader *reader, json_t *object, const char *key, bool optional,
                    struct json_items *items);
