/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

struct argp_option;
struct arena;

/** What an option's value is, and what it is put into. */
enum option_type {
	OPTION_YES_NO, /* bool */
	OPTION_TIME,   /* uint64_t, nanoseconds */
	OPTION_NUMBER, /* size_t */
	OPTION_TEXT,   /* const char * */
	OPTION_OWN,    /* what its own function makes of it */
};

/**
 * One option of a program: the one place that says what it is called, what it takes and what it means, for the command line, --help, the
 * configuration file, --print-config and the manual page. Tables end with a row without a name.
 */
struct app_option {
	const char *name; /* as --NAME, and NAME in the file */
	int key;          /* of argp: its letter, or a number of its own */
	int group;        /* of argp: those of one group stand together in --help */
	enum option_type type;
	const char *shape;    /* what --help calls its value: "DIR"; NULL: takes none */
	const char *standard; /* value where nobody gives one, as it would be written; NULL: not set */
	const char *help;
	const char *range; /* what it may be, in words: "a number from 1 to 10" */
	uint64_t min, max; /* of a number or a time in nanoseconds */
	size_t offset;     /* of what it is put into */
	int (*set)(const char *value, void *options, struct fault *fault); /* OPTION_OWN: as option_set() */
	bool list;    /* can be given more than once: each adds to the others */
	bool command; /* says what to do now: no setting, so not for a file */
	bool fixed;   /* a running program cannot change it */
};

/** The row of that name, or NULL. */
const struct app_option *option_find(const struct app_option *table, const char *name);

/**
 * Reads a value into its place.
 *
 * @options: the struct that the offsets are of
 * Returns 0; or -EINVAL or -ERANGE with @fault filled: why the value is no good and what would be, without option and value.
 */
int option_set(const struct app_option *option, const char *value, void *options, struct fault *fault);

/**
 * The table as argp wants it.
 *
 * @arena: owns what is returned
 * Returns NULL where there is no memory.
 */
const struct argp_option *option_argp(const struct app_option *table, struct arena *arena);
