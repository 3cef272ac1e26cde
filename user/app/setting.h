/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "app/option.h"

struct arena;
struct buf;

/** Who gave a setting; the later win. */
enum setting_giver { GIVEN_BY_NOBODY, GIVEN_BY_FILE, GIVEN_BY_COMMAND_LINE };

struct setting {
	const struct app_option *option;
	const char *value;
	enum setting_giver giver;
	const char *file; /* GIVEN_BY_FILE: its path */
	unsigned int line;
};

/** More than these nobody may give; what is in force has room for the file's, the command line's and the defaults. */
#define SETTINGS_GIVEN 224
#define SETTINGS_MAX   512

/** Settings in the order they were given, each option once but those that add up. */
struct settings {
	struct setting items[SETTINGS_MAX];
	size_t count;
};

/**
 * Puts a setting behind the others, unless it says again what the same giver said already, or there are too many.
 *
 * Returns 0, or -EINVAL with @fault filled.
 */
int settings_add(struct settings *settings, const struct setting *setting, struct fault *fault);

/** Says that a setting is no good, where it stands and why. Returns @error. */
int setting_refuse(const struct setting *setting, int error, const char *why, struct fault *fault);

/**
 * Reads a configuration file (base/config_parse.h); what it says is not checked, but for names.
 *
 * @must: false: a file that is not there says nothing
 * @arena: owns the text that @ret points to, and @path
 * Returns 0; or -errno with @fault filled: file, line and remedy.
 */
int settings_read(const char *path, bool must, const struct app_option *table, struct arena *arena,
                  struct settings *ret, struct fault *fault);

/**
 * What is in force, in the table's order: of each option what the command line says, else the file, else the default.
 *
 * @ret: may have fewer than there are options: some are not set
 */
void settings_merge(const struct app_option *table, const struct settings *file, const struct settings *line,
                    struct settings *ret);

/**
 * Reads all values into their places.
 *
 * Returns 0, or -errno with @fault filled.
 */
int settings_apply(const struct settings *settings, void *options, struct fault *fault);

/** Whether an option has the same values in both. */
bool settings_agree(const struct settings *a, const struct settings *b, const struct app_option *option);

/** Appends what is in force as a file that reads the same again; behind each line who gave it. */
void settings_print(const struct app_option *table, const struct settings *settings, struct buf *out);
