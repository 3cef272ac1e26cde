/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "app/node_options.h"

/** Names that a question may have at most. */
#define QUESTION_NAMES 2
/** Options of its own that a command may have at most. */
#define QUESTION_FLAGS 4

/** An option of a command that takes no value. */
struct question_flag {
	const char *name;
	const char *help;
	char key; /* its short form; '\0': it has none */
};

/** What one command of `ctnet` lets be said: its own options (those of struct node_options come beside them), names, and its help. */
struct question_form {
	const char *word; /* the command's own name, for what is said of a wrong line */
	const char *args_doc;
	const char *doc;
	struct question_flag flags[QUESTION_FLAGS]; /* up to one without a name */
	bool one_flag;                              /* of them at most one at a time */
	size_t least, most;                         /* how many names */
	const char *too_few;                        /* what is said where there are less, or more */
	const char *too_many;
	const char *no_command; /* what is said where no COMMAND follows the names; NULL: none is to follow */
};

/** What was said. */
struct question {
	struct node_options node;
	const char *names[QUESTION_NAMES]; /* NULL: not given */
	bool flags[QUESTION_FLAGS];        /* as in the form */
	char **command;                    /* ends in NULL, as argv does */
};

/**
 * Reads a command line. What is wrong with it is printed.
 *
 * @fault: for the answer as well
 * Returns true; or false, and the program is to end with EXIT_CODE_USAGE.
 */
bool question_parse(const struct question_form *form, int argc, char **argv, struct fault *fault, struct question *ret);
