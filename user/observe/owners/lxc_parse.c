/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/lxc_parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/owners/cmdline_parse.h"

enum { SLOT_NAME };

/* The options of lxc-start and lxc-execute that take a value as an argument of its own. */
static const struct cmdline_option options[] = {
	{ "--name", SLOT_NAME },
	{ "-n", SLOT_NAME },
	{ "--lxcpath", CMDLINE_IGNORED },
	{ "-P", CMDLINE_IGNORED },
	{ "--rcfile", CMDLINE_IGNORED },
	{ "-f", CMDLINE_IGNORED },
	{ "--define", CMDLINE_IGNORED },
	{ "-s", CMDLINE_IGNORED },
	{ "--logfile", CMDLINE_IGNORED },
	{ "-o", CMDLINE_IGNORED },
	{ "--logpriority", CMDLINE_IGNORED },
	{ "-l", CMDLINE_IGNORED },
	{ "--console", CMDLINE_IGNORED },
	{ "-c", CMDLINE_IGNORED },
	{ "--pidfile", CMDLINE_IGNORED },
	{ "-p", CMDLINE_IGNORED },
	{ "--uid", CMDLINE_IGNORED },
	{ "-u", CMDLINE_IGNORED },
	{ "--gid", CMDLINE_IGNORED },
	{ "-g", CMDLINE_IGNORED },
};

static bool is_title(const char *text, size_t len, const char *name)
{
	static const char head[] = "[lxc monitor] ";
	size_t title = strnlen(text, len), name_len = strlen(name);

	return title > sizeof(head) - 1 + name_len && memcmp(text, head, sizeof(head) - 1) == 0 &&
	       text[title - name_len - 1] == ' ' && memcmp(text + title - name_len, name, name_len) == 0;
}

static bool is_program(const char *text, size_t len)
{
	static const char *const programs[] = { "lxc-start", "lxc-execute" };
	size_t word = strnlen(text, len);

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		size_t want = strlen(programs[i]);

		if (word >= want && memcmp(text + word - want, programs[i], want) == 0 &&
		    (word == want || text[word - want - 1] == '/'))
			return true;
	}
	return false;
}

bool lxc_is_monitor_of(const char *text, size_t len, const char *name)
{
	_cleanup_(cmdline_free) struct cmdline cmdline = { { NULL } };

	if (is_title(text, len, name))
		return true;
	if (!is_program(text, len) ||
	    cmdline_parse(text, len, options, ARRAY_SIZE(options), CMDLINE_TO_COMMAND, &cmdline) < 0)
		return false;
	return cmdline.values[SLOT_NAME] && strcmp(cmdline.values[SLOT_NAME], name) == 0;
}
