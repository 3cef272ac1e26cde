/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "unit/unit.h"

static void whole_numbers_are_read_and_nothing_else(void **state)
{
	static const struct {
		const char *text;
		int want;
		uint64_t value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "42", 0, 42 },
		{ "007", 0, 7 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "99999999999999999999999999", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "1x", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 },
		{ "99999999999999999999999999x", -EINVAL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t value = 12345;

		assert_int_equal(parse_u64(cases[i].text, 0, UINT64_MAX, &value), cases[i].want);
		assert_true(value == (cases[i].want == 0 ? cases[i].value : 12345));
	}
}

static void the_bounds_of_a_number_are_inside(void **state)
{
	uint64_t value = 0;

	assert_int_equal(parse_u64("5", 5, 9, &value), 0);
	assert_int_equal(parse_u64("9", 5, 9, &value), 0);
	assert_int_equal(parse_u64("4", 5, 9, &value), -ERANGE);
	assert_int_equal(parse_u64("10", 5, 9, &value), -ERANGE);
	assert_int_equal(value, 9);
}

static void durations_are_read_with_their_unit(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} cases[] = {
		{ "5", 5000000000 },
		{ "5s", 5000000000 },
		{ "500ms", 500000000 },
		{ "250us", 250000 },
		{ "2m", 120000000000 },
		{ "2min", 120000000000 },
		{ "1h", 3600000000000 },
		{ "0.5s", 500000000 },
		{ ".5s", 500000000 },
		{ "5.", 5000000000 },
		{ "1.000000001s", 1000000001 },
		{ "0.1h", 360000000000 },
		{ "0.0000000019s", 1 },
		{ "8784h", 8784 * 3600000000000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t ns = 0;

		assert_int_equal(parse_duration(cases[i].text, &ns), 0);
		assert_int_equal(ns, cases[i].ns);
	}
}

static void what_is_no_duration_is_refused(void **state)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "", -EINVAL },      { "5x", -EINVAL },      { "x5", -EINVAL },
		{ "-5s", -EINVAL },   { "+5", -EINVAL },      { "1e3", -EINVAL },
		{ "inf", -EINVAL },   { ".", -EINVAL },       { ".s", -EINVAL },
		{ "1.2.3", -EINVAL }, { "5 s", -EINVAL },     { "0x5", -EINVAL },
		{ "0,5s", -EINVAL },  { "5ss", -EINVAL },     { "s", -EINVAL },
		{ "0", -ERANGE },     { "0.0", -ERANGE },     { "0.0000000001s", -ERANGE },
		{ "8785h", -ERANGE }, { "8784.1h", -ERANGE }, { "99999999999999999999999999999999999999s", -ERANGE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t ns = 77;

		assert_int_equal(parse_duration(cases[i].text, &ns), cases[i].want);
		assert_int_equal(ns, 77);
	}
}

static void quantities_take_at_most_seven_columns(void **state)
{
	static const struct {
		double value;
		enum unit_system units;
		const char *want;
	} cases[] = {
		{ 0, UNITS_SI, "0" },
		{ 980, UNITS_SI, "980" },
		{ 999.4, UNITS_SI, "999" },
		{ 999.5, UNITS_SI, "1.0 k" },
		{ 9800, UNITS_SI, "9.8 k" },
		{ 9949, UNITS_SI, "9.9 k" },
		{ 9951, UNITS_SI, "10 k" },
		{ 1.2e6, UNITS_SI, "1.2 M" },
		{ 999499, UNITS_SI, "999 k" },
		{ 999500, UNITS_SI, "1.0 M" },
		{ 1.8446744073709552e19, UNITS_SI, "18 E" },
		{ 1e30, UNITS_SI, "999 E" },
		{ 1e30, UNITS_BINARY, "999 Ei" },
		{ 1024, UNITS_BINARY, "1.0 Ki" },
		{ 1536 * 1024, UNITS_BINARY, "1.5 Mi" },
		{ -3, UNITS_SI, "0" },
		{ 0.4, UNITS_SI, "0" },
	};
	char text[32];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		format_quantity(cases[i].value, cases[i].units, text, sizeof(text));
		assert_string_equal(text, cases[i].want);
		assert_true(strlen(text) <= 7);
	}
	format_quantity((double)INFINITY, UNITS_SI, text, sizeof(text));
	assert_string_equal(text, "999 E");
	format_quantity((double)NAN, UNITS_SI, text, sizeof(text));
	assert_string_equal(text, "0");
}

static void bytes_are_shown_with_their_unit(void **state)
{
	char text[32];

	format_bytes(0, text, sizeof(text));
	assert_string_equal(text, "0 B");
	format_bytes(980, text, sizeof(text));
	assert_string_equal(text, "980 B");
	format_bytes(1200000, text, sizeof(text));
	assert_string_equal(text, "1.2 MB");
	format_bytes(UINT64_MAX, text, sizeof(text));
	assert_string_equal(text, "18 EB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers_are_read_and_nothing_else),
		cmocka_unit_test(the_bounds_of_a_number_are_inside),
		cmocka_unit_test(durations_are_read_with_their_unit),
		cmocka_unit_test(what_is_no_duration_is_refused),
		cmocka_unit_test(quantities_take_at_most_seven_columns),
		cmocka_unit_test(bytes_are_shown_with_their_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
