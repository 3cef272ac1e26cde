/* SPDX-License-Identifier: GPL-2.0-only */
/* A file of settings, line by line: what is taken, what is refused, and that what is written is read again. */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/config_parse.h"

#define TEXT_MAX 256

/* The first setting of a text that has no other. */
static int only(const char *words, size_t len, struct config_setting *ret, const char **why)
{
	static char text[TEXT_MAX];
	struct config_text reader;
	struct config_setting more;
	const char *later;
	int r;

	assert_true(len < sizeof(text));
	memcpy(text, words, len);
	text[len] = '\0';
	reader = config_begin(text, len);
	r = config_next(&reader, ret, why);
	if (r == 1)
		assert_int_equal(config_next(&reader, &more, &later), 0);
	return r;
}

static void a_line_is_a_name_and_a_value(void **state)
{
	static const struct {
		const char *text, *name, *value;
	} cases[] = {
		{ "interval = 5s\n", "interval", "5s" },
		{ "interval=5s", "interval", "5s" },
		{ "\t interval \t=  5s \t\n", "interval", "5s" },
		{ "interval = 5s # every five\n", "interval", "5s" },
		{ "interval = 5s\t# every five\n", "interval", "5s" },
		{ "# one\n\n   # two\ninterval = 5s\n\n", "interval", "5s" },
		{ "dir = /a b/c#d\n", "dir", "/a b/c#d" },
		{ "dir = \"/a # b\" # where\n", "dir", "/a # b" },
		{ "dir = \" \"", "dir", " " },
		{ "dir = \"a\\\"b\\\\c\\d\"", "dir", "a\"b\\c\\d" },
		{ "dir = a\"b\"\n", "dir", "a\"b\"" },
		{ "dir =\n", "dir", "" },
		{ "dir = # nothing\n", "dir", "" },
		{ "dir = \"\"\n", "dir", "" },
		{ "rule = kind=pod\n", "rule", "kind=pod" },
		{ "dir = x\r\n", "dir", "x" },
		{ "name = bl\xc3\xa4u\n", "name", "bl\xc3\xa4u" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct config_setting setting;
		const char *why;

		assert_int_equal(only(cases[i].text, strlen(cases[i].text), &setting, &why), 1);
		assert_string_equal(setting.name, cases[i].name);
		assert_string_equal(setting.value, cases[i].value);
		assert_null(why);
	}
}

static void nothing_is_no_setting(void **state)
{
	static const char *const texts[] = { "", "\n", "  \t", "# a = b", "\n\n#\n" };
	struct config_setting setting;
	const char *why;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(only(texts[i], strlen(texts[i]), &setting, &why), 0);
}

#define CASE(text, why)                                                                                                \
	{                                                                                                              \
		text, sizeof(text) - 1, why                                                                            \
	}

static void what_is_no_setting_is_said_with_the_remedy(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *why;
	} cases[] = {
		CASE("interval", "not of the form \"name = value\""),
		CASE("= 5s", "not of the form \"name = value\""),
		CASE("Interval = 5s", "not of the form \"name = value\""),
		CASE("inter val = 5s", "not of the form \"name = value\""),
		CASE("[ctnetd]", "not of the form \"name = value\""),
		CASE("\xef\xbb\xbfinterval = 5s", "not of the form \"name = value\""),
		CASE("dir = \"/a", "the quote has no end; put a \" behind the value"),
		CASE("dir = \"/a\\\"", "the quote has no end; put a \" behind the value"),
		CASE("dir = \"/a\\", "the quote has no end; put a \" behind the value"),
		CASE("dir = \"/a\" b", "something stands behind the quoted value; only a # comment may"),
		CASE("dir = a\x1b[31m", "has a control character; write it as plain text"),
		CASE("# a\x7f", "has a control character; write it as plain text"),
		CASE("dir = \xff", "is not UTF-8; write it as plain text"),
		CASE("dir = a\0b", "has a NUL byte; write it as plain text"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct config_setting setting = { NULL, NULL };
		const char *why;

		assert_int_equal(only(cases[i].text, cases[i].len, &setting, &why), -EINVAL);
		assert_string_equal(why, cases[i].why);
		assert_null(setting.name);
	}
}

static void lines_are_numbered_through_comments(void **state)
{
	char text[] = "# one\n\na = 1\nbad\n\r\nb = 2";
	struct config_text reader = config_begin(text, sizeof(text) - 1);
	struct config_setting setting;
	const char *why;

	assert_int_equal(config_next(&reader, &setting, &why), 1);
	assert_int_equal(reader.line, 3);
	assert_int_equal(config_next(&reader, &setting, &why), -EINVAL);
	assert_int_equal(reader.line, 4);
	assert_int_equal(config_next(&reader, &setting, &why), 1);
	assert_int_equal(reader.line, 6);
	assert_string_equal(setting.value, "2");
	assert_int_equal(config_next(&reader, &setting, &why), 0);
}

static void what_is_written_is_read_again(void **state)
{
	static const char *const values[] = {
		"5s", "", " ", "a b", "a#b", "#", "\"", "\\", "a\\\"b", "\t", "kind=pod"
	};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		_cleanup_buf_ struct buf line = BUF_INIT;
		struct config_setting setting;
		const char *why;

		config_write(&line, "name", values[i]);
		(void)buf_puts(&line, "  # why");
		assert_int_equal(only(line.data, line.len, &setting, &why), 1);
		assert_string_equal(setting.name, "name");
		assert_string_equal(setting.value, values[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_a_name_and_a_value),
		cmocka_unit_test(nothing_is_no_setting),
		cmocka_unit_test(what_is_no_setting_is_said_with_the_remedy),
		cmocka_unit_test(lines_are_numbered_through_comments),
		cmocka_unit_test(what_is_written_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
