/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * The values of a JSON tree that is being built. Each is the caller's, mostly to hand on to json_object_set_new() or
 * json_array_append_new(); NULL where there is no memory, which both of them take and answer with -1.
 */

/** Longest text that is written and read, in bytes with the NUL. */
#define TREE_TEXT_MAX 1024

/** Text, cleaned by text_clean() and cut to TREE_TEXT_MAX: jansson takes no bytes that are not UTF-8. */
json_t *tree_text(const char *text);

/** As tree_text(); NULL and "" are null. */
json_t *tree_text_or_null(const char *text);

/** A whole number; what is above INT64_MAX is INT64_MAX: jansson, among other readers, takes no more. */
json_t *tree_number(uint64_t value);

/** Steps in a second, for tree_seconds(). */
#define TREE_MILLISECONDS 1e3
#define TREE_MICROSECONDS 1e6

/** A number of seconds, rounded to @steps a second; what is no time (negative, not finite, far too large) is 0. */
json_t *tree_seconds(double value, double steps);

/** object[@key] = @value, which it takes over. The key is cleaned as by tree_text(). Returns 0, or -1 where there is no memory. */
int tree_set(json_t *object, const char *key, json_t *value);

/**
 * Writes a tree and a final newline; numbers with a fraction in as few digits as say them.
 *
 * @tree: NULL, or any of its values NULL when it was built: there was no memory
 * @layout: JSON_COMPACT or JSON_INDENT(n)
 * @ret: appended to; untouched on failure but for its mark `failed`
 * Returns 0 or -ENOMEM.
 */
int tree_write(const json_t *tree, size_t layout, struct buf *ret);
