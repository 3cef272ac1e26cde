/* SPDX-License-Identifier: GPL-2.0-only */
#include <locale.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fault.h"
#include "base/text.h"
#include "unit/unit.h"

/* As an array: the bytes may hold NULs. */
#define TEXT(literal) literal, sizeof(literal) - 1

static void clean_text_stays_as_it_is(void **state)
{
	static const char *const texts[] = {
		"", "box", "shop/web-0", "caf\xc3\xa9", "\xe6\x97\xa5\xe6\x9c\xac", "\xf0\x9f\x90\xb3", "a \"b\" \\c",
	};
	char out[64];

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(text_clean(texts[i], strlen(texts[i]), out, sizeof(out)), strlen(texts[i]));
		assert_string_equal(out, texts[i]);
	}
}

static void every_bad_byte_or_character_becomes_one_mark(void **state)
{
	static const struct {
		const char *in;
		size_t len;
		const char *want;
	} cases[] = {
		{ TEXT("a\nb\tc\x1b[31m"), "a?b?c?[31m" },
		{ TEXT("a\0b"), "a?b" },
		{ TEXT("\x7f"), "?" },
		{ TEXT("\xc2\x85"), "?" }, /* C1 control, well formed */
		{ TEXT("\xc2\x9b"
		       "2J"),
		  "?2J" }, /* C1 CSI */
		{ TEXT("\x80\xff"), "??" },
		{ TEXT("\xc3"), "?" }, /* cut short */
		{ TEXT("\xe6\x97"), "??" },
		{ TEXT("\xc0\xaf"), "??" }, /* overlong '/' */
		{ TEXT("\xe0\x80\xaf"), "???" },
		{ TEXT("\xed\xa0\x80"), "???" },      /* a surrogate */
		{ TEXT("\xf4\x90\x80\x80"), "????" }, /* beyond U+10FFFF */
		{ TEXT("\xf8\x88\x80\x80\x80"), "?????" },
		{ TEXT("a\xe2\x80\xae"
		       "b"),
		  "a?b" }, /* right-to-left override */
		{ TEXT("a\xe2\x80\x8b"
		       "b"),
		  "a?b" }, /* zero-width space */
		{ TEXT("\xef\xbb\xbf"
		       "a"),
		  "?a" },                          /* byte order mark */
		{ TEXT("\xf3\xa0\x81\x81"), "?" }, /* tag character */
		{ TEXT("\xc3("
		       "\xc3\xa9"),
		  "?(\xc3\xa9" },
	};
	char out[64];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(text_clean(cases[i].in, cases[i].len, out, sizeof(out)), strlen(cases[i].want));
		assert_string_equal(out, cases[i].want);
		assert_true(text_is_utf8(out, strlen(out)));
	}
}

static void a_cut_never_goes_through_a_character(void **state)
{
	static const char in[] = "ab\xe6\x97\xa5z";
	static const char *const want[] = { NULL, "", "a", "ab", "ab", "ab", "ab\xe6\x97\xa5", "ab\xe6\x97\xa5z" };
	char out[16];

	for (size_t size = 1; size < ARRAY_SIZE(want); size++) {
		memset(out, 'x', sizeof(out));
		assert_int_equal(text_clean(in, strlen(in), out, size), strlen(want[size]));
		assert_string_equal(out, want[size]);
		assert_int_equal(out[size], 'x');
	}
	memset(out, 'x', sizeof(out));
	assert_int_equal(text_clean(in, strlen(in), out, 0), 0);
	assert_int_equal(out[0], 'x');
}

/* Every two-byte sequence: what comes out is text that may be shown. */
static void whatever_goes_in_what_comes_out_is_clean(void **state)
{
	char in[2];
	char out[8];
	char again[8];

	for (unsigned int i = 0; i < 0x10000; i++) {
		in[0] = (char)(i >> 8);
		in[1] = (char)i;
		size_t len = text_clean(in, 2, out, sizeof(out));

		assert_true(text_is_utf8(out, len));
		assert_null(memchr(out, '\n', len));
		assert_int_equal(text_clean(out, len, again, sizeof(again)), len);
		assert_string_equal(out, again);
	}
}

static void utf8_is_told_from_what_is_not(void **state)
{
	assert_true(text_is_utf8("", 0));
	assert_true(text_is_utf8(TEXT("a\0b")));
	assert_true(text_is_utf8(TEXT("\xf4\x8f\xbf\xbf")));
	assert_false(text_is_utf8(TEXT("\xf4\x90\x80\x80")));
	assert_false(text_is_utf8(TEXT("\xed\xbf\xbf")));
	assert_false(text_is_utf8(TEXT("\xc1\xbf")));
	assert_false(text_is_utf8(TEXT("a\xc3")));
	assert_false(text_is_utf8(TEXT("\xbf")));
}

static void columns_count_what_a_terminal_shows(void **state)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	assert_int_equal(text_columns(""), 0);
	assert_int_equal(text_columns("box"), 3);
	assert_int_equal(text_columns("caf\xc3\xa9"), 4);
	assert_int_equal(text_columns("\xe6\x97\xa5\xe6\x9c\xac"), 4); /* wide */
	assert_int_equal(text_columns("e\xcc\x81"), 1);                /* combining */
	assert_int_equal(text_columns("\xff"), 1);
}

static void text_is_fitted_to_columns_not_bytes(void **state)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	assert_int_equal(text_fit("box", 2), 2);
	assert_int_equal(text_fit("box", 3), 3);
	assert_int_equal(text_fit("box", 80), 3);
	assert_int_equal(text_fit("box", 0), 0);
	assert_int_equal(text_fit("\xe6\x97\xa5\xe6\x9c\xac", 1), 0);
	assert_int_equal(text_fit("\xe6\x97\xa5\xe6\x9c\xac", 3), 3);
	assert_int_equal(text_fit("e\xcc\x81x", 1), 3); /* the mark goes with its letter */
}

static void a_fault_is_one_clean_line(void **state)
{
	struct fault fault = { .code = EXIT_CODE_OK };
	char huge[1000];

	assert_int_equal(fault_set(&fault, -2, EXIT_CODE_RUNTIME, "no \"%s\" here", "a\nb\x1b[2J"), -2);
	assert_int_equal(fault.code, EXIT_CODE_RUNTIME);
	assert_string_equal(fault.text, "no \"a?b?[2J\" here");
	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	assert_int_equal(fault_set(&fault, -5, EXIT_CODE_USAGE, "%s", huge), -5);
	assert_int_equal(strlen(fault.text), sizeof(fault.text) - 1);
	assert_int_equal(fault_set(NULL, -7, EXIT_CODE_USAGE, "%s", "x"), -7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clean_text_stays_as_it_is),
		cmocka_unit_test(every_bad_byte_or_character_becomes_one_mark),
		cmocka_unit_test(a_cut_never_goes_through_a_character),
		cmocka_unit_test(whatever_goes_in_what_comes_out_is_clean),
		cmocka_unit_test(utf8_is_told_from_what_is_not),
		cmocka_unit_test(columns_count_what_a_terminal_shows),
		cmocka_unit_test(text_is_fitted_to_columns_not_bytes),
		cmocka_unit_test(a_fault_is_one_clean_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
