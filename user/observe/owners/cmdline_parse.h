/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

/** An option that takes a value: "--name value", "--name=value", "-n value", "-nvalue". */
struct cmdline_option {
	const char *name; /* with its dashes */
	int slot;         /* where its value goes; CMDLINE_IGNORED: it only must not be taken for something else */
};

#define CMDLINE_IGNORED   (-1)
#define CMDLINE_SLOTS_MAX 4

/** Values that a command line gives; owned text, NULL: not given. */
struct cmdline {
	char *values[CMDLINE_SLOTS_MAX];
};

enum cmdline_end {
	CMDLINE_TO_END,     /* every argument may be an option */
	CMDLINE_TO_COMMAND, /* what stands behind the first that is none is the command line of another program */
};

/**
 * Reads the command line of a process (/proc/PID/cmdline: arguments separated by NUL). Where an option is given more than once, the last
 * one counts.
 *
 * @text, @len: any bytes
 * @options, @count: the options that take a value; all others are taken for options without one
 * @ret: cmdline_free() it; untouched on failure
 * Returns 0 or -ENOMEM.
 */
int cmdline_parse(const char *text, size_t len, const struct cmdline_option *options, size_t count,
                  enum cmdline_end until, struct cmdline *ret);

/**
 * Takes a value that is a path over. One that is relative, to a directory that is not ours, is none for us.
 *
 * Returns owned text, or NULL.
 */
char *cmdline_take_path(struct cmdline *cmdline, int slot);

/** Accepts a zeroed one, which it leaves behind. */
void cmdline_free(struct cmdline *cmdline);
