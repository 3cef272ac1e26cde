/* SPDX-License-Identifier: GPL-2.0-only */
#include "unit.h"

#include <string.h>

#include "app/top_options.h"
#include "base/cleanup.h"

#define MAX_WORDS 8

static bool parse(const char *const words[MAX_WORDS], struct top_options *ret, struct fault *fault)
{
	char *argv[MAX_WORDS + 2] = { (char *)"ctnet-top" };
	int argc = 1;

	for (size_t i = 0; i < MAX_WORDS && words[i]; i++)
		argv[argc++] = (char *)words[i];
	*fault = (struct fault){ .code = EXIT_CODE_OK };
	return top_options_parse(argc, argv, ret, fault);
}

static void nothing_said_is_the_screen_every_two_seconds(void **state)
{
	struct top_options o;
	struct fault fault;

	assert_true(parse((const char *const[MAX_WORDS]){ NULL }, &o, &fault));
	assert_int_equal(o.output, TOP_SCREEN);
	assert_int_equal(o.settings.delay_ns, 2000000000ULL);
	assert_int_equal(o.iterations, 0);
	assert_int_equal(o.settings.sort, SORT_TOTAL);
	assert_false(o.settings.reverse);
	assert_string_equal(o.filter, "");
	assert_true(o.node.collector.attach);
	assert_int_equal(o.node.collector.mode, ATTACH_AUTO);
}

static void options_say_what_is_done(void **state)
{
	static const struct {
		const char *words[MAX_WORDS];
		enum top_output output;
		uint64_t ms, iterations;
		enum sort_column sort;
		bool reverse;
	} cases[] = {
		{ { "-b" }, TOP_TABLE, 2000, 0, SORT_TOTAL, false },
		{ { "-1" }, TOP_TABLE, 2000, 1, SORT_TOTAL, false },
		{ { "-1", "--json" }, TOP_JSON, 2000, 1, SORT_TOTAL, false },
		{ { "--json", "-b" }, TOP_JSON, 2000, 0, SORT_TOTAL, false },
		{ { "--csv", "-1" }, TOP_CSV, 2000, 1, SORT_TOTAL, false },
		{ { "-d", "500ms", "-n", "7" }, TOP_SCREEN, 500, 7, SORT_TOTAL, false },
		{ { "-d0.1" }, TOP_SCREEN, 100, 0, SORT_TOTAL, false },
		{ { "--delay=1h" }, TOP_SCREEN, 3600000, 0, SORT_TOTAL, false },
		{ { "-s", "rx" }, TOP_SCREEN, 2000, 0, SORT_RX, false },
		{ { "-s", "-rx" }, TOP_SCREEN, 2000, 0, SORT_RX, false },
		{ { "-s", "+rx" }, TOP_SCREEN, 2000, 0, SORT_RX, true },
		{ { "-s", "name" }, TOP_SCREEN, 2000, 0, SORT_NAME, false },
		{ { "-s", "+name" }, TOP_SCREEN, 2000, 0, SORT_NAME, false },
		{ { "-s", "-name" }, TOP_SCREEN, 2000, 0, SORT_NAME, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct top_options o;
		struct fault fault;

		assert_true(parse(cases[i].words, &o, &fault));
		assert_int_equal(o.output, cases[i].output);
		assert_int_equal(o.settings.delay_ns / 1000000, cases[i].ms);
		assert_int_equal(o.iterations, cases[i].iterations);
		assert_int_equal(o.settings.sort, cases[i].sort);
		assert_int_equal(o.settings.reverse, cases[i].reverse);
	}
}

static void what_is_wrong_is_said_with_the_remedy(void **state)
{
	static const struct {
		const char *words[MAX_WORDS];
		const char *said;
	} cases[] = {
		{ { "-d", "5x" }, "--delay 5x: not a duration (try 2s, 500ms)" },
		{ { "-d", "" }, "--delay : not a duration (try 2s, 500ms)" },
		{ { "-d", "0" }, "--delay 0: out of range (100ms to 1h)" },
		{ { "-d", "99ms" }, "--delay 99ms: out of range (100ms to 1h)" },
		{ { "-d", "3601" }, "--delay 3601: out of range (100ms to 1h)" },
		{ { "-d", "9999999999999999999999999h" },
		  "--delay 9999999999999999999999999h: out of range (100ms to 1h)" },
		{ { "-n", "-3" }, "--iterations -3: not a number of ticks (try 5; 0: go on)" },
		{ { "-s", "speed" },
		  "--sort speed: no such column (try name, kind, bridge, rx, tx, total, packets, age, netns)" },
		{ { "-s", "--rx" },
		  "--sort --rx: no such column (try name, kind, bridge, rx, tx, total, packets, age, netns)" },
		{ { "-u", "nibbles" }, "--units nibbles: no such units (try bits, bits-binary, bytes, bytes-binary)" },
		{ { "box" }, "argument box: takes options only (see --help)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct top_options o;
		struct fault fault;

		assert_false(parse(cases[i].words, &o, &fault));
		assert_int_equal(fault.code, EXIT_CODE_USAGE);
		assert_string_equal(fault.text, cases[i].said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_said_is_the_screen_every_two_seconds),
		cmocka_unit_test(options_say_what_is_done),
		cmocka_unit_test(what_is_wrong_is_said_with_the_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
