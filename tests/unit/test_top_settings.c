/* SPDX-License-Identifier: GPL-2.0-only */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/top_settings.h"

/* Settings as one line of words. */
static void describe(const struct top_settings *s, char *out, size_t size)
{
	(void)snprintf(out, size, "%s%s %s %u%s %x", s->reverse ? "reverse " : "", sort_column_name(s->sort),
	               view_units_name(s->units), (unsigned)(s->delay_ns / 1000000), s->tree ? " tree" : "", s->hidden);
}

static void lines_are_read_and_bad_ones_passed_over(void **state)
{
	static const struct {
		const char *text, *settings, *error;
	} cases[] = {
		{ "", "total bits 2000 0", "" },
		{ "sort = -tx\nunits = bytes\ndelay = 500ms\ntree = yes\nhide = id, image\n", "tx bytes 500 tree c",
		  "" },
		{ "  sort=+rx  ", "reverse rx bits 2000 0", "" },
		{ "# sort = rx\n\n\t\ntree=yes", "total bits 2000 tree 0", "" },
		{ "sort = speed\ntree = yes\n", "total bits 2000 tree 0", "line 1: not a value of that key" },
		{ "tree = yes\nsort\n", "total bits 2000 tree 0", "line 2: not of the form \"name = value\"" },
		{ "colour = red\ntree = maybe\n", "total bits 2000 0", "line 1: not a key that is known" },
		{ "delay = 1ms\n", "total bits 2000 0", "line 1: not a value of that key" },
		{ "delay = 2h\n", "total bits 2000 0", "line 1: not a value of that key" },
		{ "hide = owner\n", "total bits 2000 0", "line 1: not a value of that key" },
		{ "hide =\n", "total bits 2000 0", "" },
		{ "tree = yes\ntree = no\n", "total bits 2000 0", "" },
		{ "units = \x1b[31m\n", "total bits 2000 0",
		  "line 1: has a control character; write it as plain text" },
		{ "units = \xff\n", "total bits 2000 0", "line 1: is not UTF-8; write it as plain text" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct top_settings s = top_settings_standard();
		char error[64] = "";
		char text[128];
		char got[64];

		(void)snprintf(text, sizeof(text), "%s", cases[i].text);
		(void)top_settings_parse(text, strlen(text), &s, error, sizeof(error));
		describe(&s, got, sizeof(got));
		assert_string_equal(got, cases[i].settings);
		assert_string_equal(error, cases[i].error);
	}
}

static void endless_line_is_passed_over(void **state)
{
	char text[5000];
	char error[64] = "";
	struct top_settings s = top_settings_standard();

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "hide = ", 7);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(top_settings_parse(text, sizeof(text) - 1, &s, error, sizeof(error)), 1);
	assert_string_equal(error, "line 1: not a value of that key");
	assert_int_equal(s.hidden, 0);
}

static void what_is_written_is_read_again(void **state)
{
	(void)state;
	for (int sort = 0; sort < SORT_COLUMNS; sort++) {
		for (unsigned i = 0; i < 8; i++) {
			_cleanup_buf_ struct buf text = BUF_INIT;
			const struct top_settings in = {
				(enum sort_column)sort, i & 1, (enum view_units)(i / 2), 1500000000, i & 2, i << 5
			};
			struct top_settings out = top_settings_standard();
			char wanted[64], got[64];

			assert_int_equal(top_settings_render(&in, &text), 0);
			assert_int_equal(top_settings_parse(text.data, text.len, &out, got, sizeof(got)), 0);
			describe(&in, wanted, sizeof(wanted));
			describe(&out, got, sizeof(got));
			assert_string_equal(got, wanted);
		}
	}
}

static void view_takes_them_and_gives_them(void **state)
{
	const struct top_settings in = { SORT_RX, true, VIEW_BYTES, 5000000000, true, 12 };
	struct top_settings out;
	struct view view;
	char wanted[64], got[64];

	(void)state;
	top_settings_to_view(&in, &view);
	assert_int_equal(view.interval_ns, 5000000000);
	out = top_settings_of_view(&view);
	describe(&in, wanted, sizeof(wanted));
	describe(&out, got, sizeof(got));
	assert_string_equal(got, wanted);
}

static void each_column_has_a_name_of_its_own(void **state)
{
	enum table_column column;

	(void)state;
	for (unsigned int i = 0; i < TABLE_COLUMNS; i++) {
		assert_int_equal(table_column_from_name(table_column_name((enum table_column)i), &column), 0);
		assert_int_equal(column, i);
		assert_true(table_column_about((enum table_column)i)[0] != '\0');
	}
	assert_true(table_column_from_name("speed", &column) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read_and_bad_ones_passed_over),
		cmocka_unit_test(endless_line_is_passed_over),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(view_takes_them_and_gives_them),
		cmocka_unit_test(each_column_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
