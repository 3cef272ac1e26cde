/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/top_settings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/config_parse.h"
#include "base/number.h"

/* All columns' names, with room between them. */
#define LINE_SIZE 512

struct top_settings top_settings_standard(void)
{
	return (struct top_settings){ .sort = SORT_TOTAL, .units = VIEW_BITS, .delay_ns = 2000000000ULL };
}

struct top_settings top_settings_of_view(const struct view *view)
{
	return (struct top_settings){ view->sort,        view->reverse, view->units,
		                      view->interval_ns, view->tree,    view->hidden };
}

void top_settings_to_view(const struct top_settings *settings, struct view *view)
{
	view_init(view, settings->sort, settings->reverse, settings->delay_ns);
	view->units = settings->units;
	view->tree = settings->tree;
	view->hidden = settings->hidden;
}

int top_settings_parse_sort(const char *text, struct top_settings *ret)
{
	bool is_signed = text[0] == '+' || text[0] == '-';

	if (sort_column_from_name(text + (is_signed ? 1 : 0), &ret->sort) < 0)
		return -EINVAL;
	ret->reverse = is_signed && view_sorts_downward(ret->sort) != (text[0] == '-');
	return 0;
}

static int read_units(const char *value, struct top_settings *ret)
{
	return view_units_from_name(value, &ret->units);
}

static int read_delay(const char *value, struct top_settings *ret)
{
	uint64_t ns;

	if (parse_duration(value, &ns) < 0 || ns < TOP_SETTINGS_DELAY_MIN_NS || ns > TOP_SETTINGS_DELAY_MAX_NS)
		return -EINVAL;
	ret->delay_ns = ns;
	return 0;
}

static int read_tree(const char *value, struct top_settings *ret)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return -EINVAL;
	ret->tree = strcmp(value, "yes") == 0;
	return 0;
}

static int read_hidden(const char *value, struct top_settings *ret)
{
	enum table_column column;
	char copy[LINE_SIZE];
	uint32_t hidden = 0;
	char *rest = copy;
	char *name;

	if (snprintf(copy, sizeof(copy), "%s", value) >= (int)sizeof(copy))
		return -EINVAL;
	while ((name = strsep(&rest, ", "))) {
		if (name[0] == '\0')
			continue;
		if (table_column_from_name(name, &column) < 0 || column == COLUMN_OWNER)
			return -EINVAL;
		hidden |= 1U << column;
	}
	ret->hidden = hidden;
	return 0;
}

static void put_sort(const struct top_settings *s, struct buf *out)
{
	bool downward = view_sorts_downward(s->sort) != s->reverse;

	(void)buf_printf(out, "%c%s", downward ? '-' : '+', sort_column_name(s->sort));
}

static void put_units(const struct top_settings *s, struct buf *out)
{
	(void)buf_puts(out, view_units_name(s->units));
}

static void put_delay(const struct top_settings *s, struct buf *out)
{
	(void)buf_printf(out, "%" PRIu64 "ms", s->delay_ns / 1000000);
}

static void put_tree(const struct top_settings *s, struct buf *out)
{
	(void)buf_puts(out, s->tree ? "yes" : "no");
}

static void put_hidden(const struct top_settings *s, struct buf *out)
{
	const char *between = "";

	for (unsigned int i = 0; i < TABLE_COLUMNS; i++) {
		if (!(s->hidden & 1U << i))
			continue;
		(void)buf_printf(out, "%s%s", between, table_column_name((enum table_column)i));
		between = ", ";
	}
}

static const struct setting {
	const char *key;
	int (*read)(const char *value, struct top_settings *ret);
	void (*put)(const struct top_settings *settings, struct buf *out);
} known[] = {
	{ "sort", top_settings_parse_sort, put_sort },
	{ "units", read_units, put_units },
	{ "delay", read_delay, put_delay },
	{ "tree", read_tree, put_tree },
	{ "hide", read_hidden, put_hidden },
};

int top_settings_render(const struct top_settings *settings, struct buf *ret)
{
	(void)buf_puts(ret, "# ctnet-top writes this when S is pressed; its options come before it.\n");
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		(void)buf_printf(ret, "%s = ", known[i].key);
		known[i].put(settings, ret);
		(void)buf_putc(ret, '\n');
	}
	return ret->failed ? -ENOMEM : 0;
}

/* Returns NULL, or what is wrong. */
static const char *take(const struct config_setting *setting, struct top_settings *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i].key, setting->name) == 0)
			return known[i].read(setting->value, ret) < 0 ? "not a value of that key" : NULL;
	}
	return "not a key that is known";
}

size_t top_settings_parse(char *text, size_t len, struct top_settings *ret, char *ret_error, size_t error_size)
{
	struct config_text config = config_begin(text, len);
	struct config_setting setting;
	size_t passed_over = 0;
	const char *wrong;
	int r;

	while ((r = config_next(&config, &setting, &wrong)) != 0) {
		if (r > 0)
			wrong = take(&setting, ret);
		if (wrong && passed_over++ == 0)
			(void)snprintf(ret_error, error_size, "line %u: %s", config.line, wrong);
	}
	return passed_over;
}
