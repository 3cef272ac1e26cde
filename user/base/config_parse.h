/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

struct buf;

/** A file of settings, being read line by line. Larger ones are not read. */
#define CONFIG_MAX ((size_t)64 * 1024)

struct config_text {
	char *at; /* the rest */
	char *end;
	unsigned int line; /* of the last setting, or of what is wrong; from 1 */
};

/** One line of it. */
struct config_setting {
	char *name;
	char *value; /* "" where nothing stands behind the '=' */
};

/**
 * Begins to read a text.
 *
 * @text: of @len bytes and a NUL behind; settings point into it, and it is changed
 */
struct config_text config_begin(char *text, size_t len);

/**
 * Takes the next setting: `name = value`, white space around both is nothing. A '#' at the beginning or after white space begins a comment.
 * A value in double quotes is taken as it stands, with \" and \\ for these two.
 *
 * @ret: untouched on failure
 * @ret_why: what is wrong and the remedy, in constant words
 * Returns 1; 0 at the end of the text; or -EINVAL, and @text->line is the line.
 */
int config_next(struct config_text *text, struct config_setting *ret, const char **ret_why);

/** Returns what is wrong with a value that no line could hold (control characters, bytes that are not UTF-8), or NULL. */
const char *config_value_fault(const char *value);

/** Appends `name = value` so that config_next() reads the same again; no newline. */
void config_write(struct buf *out, const char *name, const char *value);
