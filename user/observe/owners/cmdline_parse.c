/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/cmdline_parse.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* Where we are in the arguments; every one ends with a NUL. */
struct walk {
	const char *argument;
	const char *end;
};

static const char *next_argument(const struct walk *walk)
{
	const char *next = walk->argument + strlen(walk->argument) + 1;

	return next < walk->end ? next : NULL;
}

/*
 * Whether the argument is this option. Its value is in the argument itself, or the one behind it (*@ret_next), or missing (NULL).
 */
static bool is_option(const struct walk *walk, const char *name, const char **ret_value, bool *ret_next)
{
	size_t len = strlen(name);
	bool is_short = name[1] != '-';

	if (strncmp(walk->argument, name, len) != 0)
		return false;
	*ret_next = walk->argument[len] == '\0';
	if (*ret_next)
		*ret_value = next_argument(walk);
	else if (walk->argument[len] == '=')
		*ret_value = walk->argument + len + 1;
	else if (is_short)
		*ret_value = walk->argument + len;
	else
		return false;
	return true;
}

static int keep(struct cmdline *cmdline, int slot, const char *value)
{
	char *copy;

	if (slot == CMDLINE_IGNORED || !value)
		return 0;
	copy = strdup(value);
	if (!copy)
		return -ENOMEM;
	free(cmdline->values[slot]);
	cmdline->values[slot] = copy;
	return 0;
}

/* Takes one argument and goes behind it. Returns whether there may be more, or -ENOMEM. */
static int take(struct walk *walk, const struct cmdline_option *options, size_t count, enum cmdline_end until,
                struct cmdline *cmdline)
{
	const char *argument = walk->argument;

	for (size_t i = 0; i < count; i++) {
		const char *value = NULL;
		bool next = false;

		if (!is_option(walk, options[i].name, &value, &next))
			continue;
		walk->argument = next && value ? value : argument;
		walk->argument += strlen(walk->argument) + 1;
		return keep(cmdline, options[i].slot, value) < 0 ? -ENOMEM : 1;
	}
	walk->argument += strlen(argument) + 1;
	return until == CMDLINE_TO_END || (argument[0] == '-' && strcmp(argument, "--") != 0);
}

int cmdline_parse(const char *text, size_t len, const struct cmdline_option *options, size_t count,
                  enum cmdline_end until, struct cmdline *ret)
{
	_cleanup_(cmdline_free) struct cmdline cmdline = { { NULL } };
	_cleanup_free_ char *copy = malloc(len + 1);
	struct walk walk;
	int r = 1;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, len);
	copy[len] = '\0';
	walk = (struct walk){ copy, copy + len };
	if (len > 0)
		walk.argument += strlen(copy) + 1; /* its own name */
	while (r > 0 && walk.argument < walk.end)
		r = take(&walk, options, count, until, &cmdline);
	if (r < 0)
		return r;
	*ret = cmdline;
	cmdline = (struct cmdline){ { NULL } };
	return 0;
}

char *cmdline_take_path(struct cmdline *cmdline, int slot)
{
	char **value = &cmdline->values[slot];

	return *value && **value == '/' ? TAKE_PTR(*value) : NULL;
}

void cmdline_free(struct cmdline *cmdline)
{
	for (size_t i = 0; i < CMDLINE_SLOTS_MAX; i++)
		free(cmdline->values[i]);
	*cmdline = (struct cmdline){ { NULL } };
}
