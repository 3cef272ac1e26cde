/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

static bool is_number(uint64_t value, const char *name)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	return value != 0 && strcmp(text, name) == 0;
}

bool event_matches(const struct event *event, const char *name)
{
	const struct lifecycle_event *what = &event->what;
	const char *const words[] = { event->owner, what->name, what->other_name, what->comm };
	const uint64_t numbers[] = { what->inode, what->other_inode, (uint64_t)what->pid };

	if (name[0] == '\0')
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i], name) == 0)
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (is_number(numbers[i], name))
			return true;
	}
	return false;
}
