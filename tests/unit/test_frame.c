/* SPDX-License-Identifier: GPL-2.0-only */
#include "unit.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "render/frame.h"
#include "render/spark.h"

#define FRAME_UTF8                                                                                                     \
	{                                                                                                              \
		.unicode = true                                                                                        \
	}
#define _cleanup_frame_ __attribute__((cleanup(frame_free)))

/* wcwidth(3) knows wide characters in a UTF-8 locale only */
static int utf8(void **state)
{
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

static void assert_line(const struct frame *frame, size_t line, const char *wanted)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	assert_int_equal(frame_line_text(frame, line, &text), 0);
	assert_string_equal(text.data ? text.data : "", wanted);
}

static void text_is_cut_between_characters(void **state)
{
	static const struct {
		size_t width;
		const char *text, *left, *right;
	} cases[] = {
		{ 5, "abcde", "abcde", "abcde" },
		{ 5, "abcdef", "abcd…", "abcd…" },
		{ 5, "ab", "ab", "   ab" },
		{ 5, "中文字", "中文…", "中文…" },
		{ 4, "中文字", "中…", "中…" },
		{ 6, "中文字", "中文字", "中文字" },
		{ 1, "中", "…", "…" },
		{ 5, "e\xcc\x81tat", "e\xcc\x81tat", " e\xcc\x81tat" },
		{ 5, "a\x1b[0m", "a?[0m", "a?[0m" },
		{ 5, "\xff\xfe", "??", "   ??" },
		{ 3,
		  "\xe2\x80\xae"
		  "ab",
		  "?ab", "?ab" },
		{ 0, "abc", "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_frame_ struct frame frame = FRAME_UTF8;

		assert_int_equal(frame_resize(&frame, 2, 12), 0);
		frame_put(&frame, 0, 0, cases[i].width, STYLE_PLAIN, cases[i].text);
		frame_put_right(&frame, 1, 0, cases[i].width, STYLE_PLAIN, cases[i].text);
		assert_line(&frame, 0, cases[i].left);
		assert_line(&frame, 1, cases[i].right);
	}
}

static void combining_marks_without_end_stay_in_their_cell(void **state)
{
	static const char *const bases[] = { "a", "\xc3\xa9", "\xe4\xb8\xad" };

	for (size_t b = 0; b < ARRAY_SIZE(bases); b++) {
		_cleanup_frame_ struct frame frame = FRAME_UTF8;
		const struct frame_cell *cell;
		char text[900];

		(void)snprintf(text, sizeof(text), "%s", bases[b]);
		for (size_t i = 0; i < 400; i++)
			memcpy(text + strlen(bases[b]) + 2 * i, "\xcc\x81", 3);
		assert_int_equal(frame_resize(&frame, 1, 10), 0);
		frame_put(&frame, 0, 0, 10, STYLE_WARN, text);
		cell = frame_cell(&frame, 0, 0);
		assert_true(memchr(cell->text, '\0', sizeof(cell->text)) != NULL);
		assert_true(text_is_utf8(cell->text, strlen(cell->text)));
		assert_int_equal(cell->style, STYLE_WARN);
		assert_string_equal(frame_cell(&frame, 0, 2)->text, " ");
	}
}

static void what_is_outside_is_dropped(void **state)
{
	_cleanup_frame_ struct frame frame = FRAME_UTF8;

	assert_int_equal(frame_resize(&frame, 1, 4), 0);
	frame_put(&frame, 1, 0, 4, STYLE_PLAIN, "below");
	frame_put(&frame, 0, 4, 4, STYLE_PLAIN, "beside");
	frame_put(&frame, 0, 2, SIZE_MAX, STYLE_PLAIN, "ab");
	frame_select(&frame, 7);
	assert_line(&frame, 0, "  ab");
	assert_null(frame_cell(&frame, 1, 0));
}

static void ascii_frame_replaces_each_column(void **state)
{
	_cleanup_frame_ struct frame frame = { .unicode = false };

	assert_int_equal(frame_resize(&frame, 1, 10), 0);
	frame_put(&frame, 0, 0, 10, STYLE_PLAIN, "é中x");
	assert_line(&frame, 0, "???x");
}

static void lowest_bar_is_nothing_and_the_highest_the_peak(void **state)
{
	const double values[] = { NAN, 0, 0.001, 50, 100, 1000 };
	char out[6 * SPARK_BYTES + 1];

	spark_text(values, 6, 100, true, out, sizeof(out));
	assert_string_equal(out, " ▁▂▅██");
	spark_text(values, 6, 100, false, out, sizeof(out));
	assert_string_equal(out, " _.=##");
	spark_text(values, 6, 0, true, out, sizeof(out));
	assert_string_equal(out, " ▁▁▁▁▁");
	spark_text(values, 6, 100, true, out, 6);
	assert_string_equal(out, " ▁");
	assert_true(spark_peak(values, 5) == 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_cut_between_characters),
		cmocka_unit_test(combining_marks_without_end_stay_in_their_cell),
		cmocka_unit_test(what_is_outside_is_dropped),
		cmocka_unit_test(ascii_frame_replaces_each_column),
		cmocka_unit_test(lowest_bar_is_nothing_and_the_highest_the_peak),
	};

	return cmocka_run_group_tests(tests, utf8, NULL);
}
