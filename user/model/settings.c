/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/settings.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "base/text.h"

#define LINE_SIZE 512

struct settings settings_standard(void)
{
	return (struct settings){ .sort = SORT_TOTAL, .units = VIEW_BITS, .delay_ns = 2000000000ULL };
}

struct settings settings_of_view(const struct view *view)
{
	return (struct settings){ view->sort, view->reverse, view->units, view->interval_ns, view->tree, view->hidden };
}

void settings_to_view(const struct settings *settings, struct view *view)
{
	view_init(view, settings->sort, settings->reverse, settings->delay_ns);
	view->units = settings->units;
	view->tree = settings->tree;
	view->hidden = settings->hidden;
}

int settings_parse_sort(const char *text, struct settings *ret)
{
	bool is_signed = text[0] == '+' || text[0] == '-';

	if (sort_column_from_name(text + (is_signed ? 1 : 0), &ret->sort) < 0)
		return -EINVAL;
	ret->reverse = is_signed && view_sorts_downward(ret->sort) != (text[0] == '-');
	return 0;
}

static int read_units(const char *value, struct settings *ret)
{
	return view_units_from_name(value, &ret->units);
}

static int read_delay(const char *value, struct settings *ret)
{
	uint64_t ns;

	if (parse_duration(value, &ns) < 0 || ns < SETTINGS_DELAY_MIN_NS || ns > SETTINGS_DELAY_MAX_NS)
		return -EINVAL;
	ret->delay_ns = ns;
	return 0;
}

static int read_tree(const char *value, struct settings *ret)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return -EINVAL;
	ret->tree = strcmp(value, "yes") == 0;
	return 0;
}

static int read_hidden(const char *value, struct settings *ret)
{
	enum table_column column;
	char copy[LINE_SIZE];
	uint32_t hidden = 0;
	char *rest = copy;
	char *name;

	(void)snprintf(copy, sizeof(copy), "%s", value);
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

static void put_sort(const struct settings *s, struct buf *out)
{
	bool downward = view_sorts_downward(s->sort) != s->reverse;

	(void)buf_printf(out, "%c%s", downward ? '-' : '+', sort_column_name(s->sort));
}

static void put_units(const struct settings *s, struct buf *out)
{
	(void)buf_puts(out, view_units_name(s->units));
}

static void put_delay(const struct settings *s, struct buf *out)
{
	(void)buf_printf(out, "%" PRIu64 "ms", s->delay_ns / 1000000);
}

static void put_tree(const struct settings *s, struct buf *out)
{
	(void)buf_puts(out, s->tree ? "yes" : "no");
}

static void put_hidden(const struct settings *s, struct buf *out)
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
	int (*read)(const char *value, struct settings *ret);
	void (*put)(const struct settings *settings, struct buf *out);
} known[] = {
	{ "sort", settings_parse_sort, put_sort }, { "units", read_units, put_units },
	{ "delay", read_delay, put_delay },        { "tree", read_tree, put_tree },
	{ "hide", read_hidden, put_hidden },
};

int settings_render(const struct settings *settings, struct buf *ret)
{
	(void)buf_puts(ret, "# ctnet-top writes this when S is pressed; its options come before it.\n");
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		(void)buf_printf(ret, "%s = ", known[i].key);
		known[i].put(settings, ret);
		(void)buf_putc(ret, '\n');
	}
	return ret->failed ? -ENOMEM : 0;
}

/* Takes the blanks at both ends away. */
static char *trim(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

/* Returns NULL, or what is wrong. */
static const char *read_line(char *line, struct settings *ret)
{
	char *text = trim(line);
	char *equals = strchr(text, '=');
	const char *key;

	if (text[0] == '\0' || text[0] == '#')
		return NULL;
	if (!equals)
		return "not \"key = value\"";
	*equals = '\0';
	key = trim(text);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i].key, key) == 0)
			return known[i].read(trim(equals + 1), ret) < 0 ? "not a value of that key" : NULL;
	}
	return "not a key that is known";
}

/* Copies a line with nothing but text and blanks in it. Returns false where it does not fit. */
static bool copy_line(const char *text, size_t len, char out[LINE_SIZE])
{
	char blank[LINE_SIZE];

	if (len >= LINE_SIZE)
		return false;
	for (size_t i = 0; i < len; i++)
		blank[i] = isspace((unsigned char)text[i]) ? ' ' : text[i];
	(void)text_clean(blank, len, out, LINE_SIZE);
	return true;
}

size_t settings_parse(const char *text, size_t len, struct settings *ret, char *ret_error, size_t error_size)
{
	const char *end = text + len;
	size_t passed_over = 0;
	size_t line_len;

	for (size_t number = 1; text < end; number++, text += line_len + 1) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		char line[LINE_SIZE];
		const char *wrong;

		line_len = (size_t)((newline ? newline : end) - text);
		wrong = copy_line(text, line_len, line) ? read_line(line, ret) : "too long";
		if (wrong && passed_over++ == 0)
			(void)snprintf(ret_error, error_size, "line %zu: %s", number, wrong);
		if (!newline)
			break;
	}
	return passed_over;
}
