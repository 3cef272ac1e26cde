/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/option.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/number.h"

#define DOC_MAX 512

const struct app_option *option_find(const struct app_option *table, const char *name)
{
	for (; table->name; table++) {
		if (strcmp(table->name, name) == 0)
			return table;
	}
	return NULL;
}

static int set_yes_no(const char *value, bool *ret, struct fault *fault)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return fault_set(fault, -EINVAL, EXIT_CODE_USAGE, "not yes or no");
	*ret = value[0] == 'y';
	return 0;
}

static int set_time(const struct app_option *option, const char *value, uint64_t *ret, struct fault *fault)
{
	uint64_t ns;
	int r = parse_duration(value, &ns);

	if (r == 0 && (ns < option->min || ns > option->max))
		r = -ERANGE;
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_USAGE, "%s (%s)", r == -ERANGE ? "out of range" : "not a duration",
		                 option->range);
	*ret = ns;
	return 0;
}

static int set_number(const struct app_option *option, const char *value, size_t *ret, struct fault *fault)
{
	uint64_t n;
	int r = parse_u64(value, option->min, option->max, &n);

	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_USAGE, "not %s", option->range);
	*ret = (size_t)n;
	return 0;
}

int option_set(const struct app_option *option, const char *value, void *options, struct fault *fault)
{
	void *at = (char *)options + option->offset;

	switch (option->type) {
	case OPTION_YES_NO:
		return set_yes_no(value, at, fault);
	case OPTION_TIME:
		return set_time(option, value, at, fault);
	case OPTION_NUMBER:
		return set_number(option, value, at, fault);
	case OPTION_TEXT:
		if (*value == '\0')
			return fault_set(fault, -EINVAL, EXIT_CODE_USAGE, "empty (give a %s)", option->shape);
		*(const char **)at = value;
		return 0;
	case OPTION_OWN:
		return option->set(value, options, fault);
	}
	return -EINVAL;
}

static const char *doc(const struct app_option *option, struct arena *arena)
{
	bool told = option->standard && option->type != OPTION_YES_NO;
	char text[DOC_MAX];

	(void)snprintf(text, sizeof(text), "%s%s%s%s", option->help, told ? " (default " : "",
	               told ? option->standard : "", told ? ")" : "");
	return arena_strndup(arena, text, sizeof(text));
}

const struct argp_option *option_argp(const struct app_option *table, struct arena *arena)
{
	struct argp_option *rows;
	size_t count = 0;

	while (table[count].name)
		count++;
	rows = arena_array(arena, count + 1, sizeof(*rows)); /* the last one is all zero: the end */
	for (size_t i = 0; rows && i < count; i++) {
		const struct app_option *option = &table[i];

		rows[i] = (struct argp_option){
			.name = option->name,
			.key = option->key,
			.arg = option->shape,
			.flags = option->type == OPTION_YES_NO && option->shape ? OPTION_ARG_OPTIONAL : 0,
			.doc = doc(option, arena),
			.group = option->group,
		};
		if (!rows[i].doc)
			return NULL;
	}
	return rows;
}
