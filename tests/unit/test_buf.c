/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "unit/unit.h"

static void appended_bytes_stand_in_order_with_a_nul_behind(void **state)
{
	_cleanup_buf_ struct buf buf = BUF_INIT;

	assert_int_equal(buf_puts(&buf, "one"), 0);
	assert_int_equal(buf_putc(&buf, ' '), 0);
	assert_int_equal(buf_printf(&buf, "%d %s", 2, "three"), 0);
	assert_int_equal(buf_append(&buf, "\0x", 2), 0);
	assert_int_equal(buf.len, 13);
	assert_memory_equal(buf.data, "one 2 three\0x", 14);
}

static void an_empty_append_makes_an_empty_string(void **state)
{
	_cleanup_buf_ struct buf buf = BUF_INIT;

	assert_int_equal(buf_append(&buf, NULL, 0), 0);
	assert_non_null(buf.data);
	assert_string_equal(buf.data, "");
}

static void reserved_room_is_an_empty_string_too(void **state)
{
	_cleanup_buf_ struct buf buf = BUF_INIT;

	assert_int_equal(buf_reserve(&buf, 100), 0);
	assert_true(buf.cap > 100);
	assert_string_equal(buf.data, "");
}

static void it_grows_as_far_as_needed_and_keeps_what_it_has(void **state)
{
	_cleanup_buf_ struct buf buf = BUF_INIT;

	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(buf_putc(&buf, (char)('a' + i % 26)), 0);
	assert_int_equal(buf.len, 100000);
	for (size_t i = 0; i < buf.len; i++)
		assert_int_equal(buf.data[i], 'a' + i % 26);
	assert_int_equal(buf.data[buf.len], '\0');
}

static void printf_of_much_text_is_not_cut(void **state)
{
	_cleanup_buf_ struct buf buf = BUF_INIT;
	char text[5000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(buf_printf(&buf, "<%s>", text), 0);
	assert_int_equal(buf.len, 5001);
	assert_int_equal(buf.data[5000], '>');
}

static void the_first_failure_sticks_until_the_reset(void **state)
{
	_cleanup_buf_ struct buf buf = BUF_INIT;

	assert_int_equal(buf_puts(&buf, "kept"), 0);
	assert_int_equal(buf_reserve(&buf, SIZE_MAX), -ENOMEM);
	assert_true(buf.failed);
	assert_int_equal(buf_puts(&buf, "more"), -ENOMEM);
	assert_int_equal(buf_printf(&buf, "more"), -ENOMEM);
	assert_string_equal(buf.data, "kept");
	buf_reset(&buf);
	assert_int_equal(buf_puts(&buf, "new"), 0);
	assert_string_equal(buf.data, "new");
}

static void a_reset_keeps_the_memory(void **state)
{
	_cleanup_buf_ struct buf buf = BUF_INIT;
	size_t cap;

	assert_int_equal(buf_reserve(&buf, 10000), 0);
	cap = buf.cap;
	buf_reset(&buf);
	assert_int_equal(buf.len, 0);
	assert_string_equal(buf.data, "");
	assert_int_equal(buf.cap, cap);
}

static void a_freed_buffer_can_be_used_again(void **state)
{
	struct buf buf = BUF_INIT;

	buf_free(&buf);
	buf_reset(&buf);
	assert_int_equal(buf_puts(&buf, "x"), 0);
	buf_free(&buf);
	assert_null(buf.data);
	assert_int_equal(buf_puts(&buf, "y"), 0);
	assert_string_equal(buf.data, "y");
	buf_free(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appended_bytes_stand_in_order_with_a_nul_behind),
		cmocka_unit_test(an_empty_append_makes_an_empty_string),
		cmocka_unit_test(reserved_room_is_an_empty_string_too),
		cmocka_unit_test(it_grows_as_far_as_needed_and_keeps_what_it_has),
		cmocka_unit_test(printf_of_much_text_is_not_cut),
		cmocka_unit_test(the_first_failure_sticks_until_the_reset),
		cmocka_unit_test(a_reset_keeps_the_memory),
		cmocka_unit_test(a_freed_buffer_can_be_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
