/* SPDX-License-Identifier: GPL-2.0-only */
/* What README.md says of the memory of counters, by the function that the agent's own figure comes from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "observe/kernel/rows.h"

#define TABLE (131072 + 2048) /* the index and the directory of chunks, whatever a node has */

static void a_hundred_interfaces_on_four_cpus(void **state)
{
	assert_int_equal(rows_bytes_for(100, 4), TABLE + 4 * 57344); /* 362,496: 0.36 MB */
}

static void a_thousand_interfaces_on_128_cpus(void **state)
{
	assert_int_equal(rows_bytes_for(1000, 128), TABLE + 32 * 1835008); /* 58,853,376: 59 MB */
}

static void the_last_row_of_a_chunk_is_free(void **state)
{
	assert_int_equal(rows_bytes_for(0, 2), TABLE);
	assert_int_equal(rows_bytes_for(32, 2), rows_bytes_for(1, 2));
	assert_true(rows_bytes_for(33, 2) > rows_bytes_for(32, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hundred_interfaces_on_four_cpus),
		cmocka_unit_test(a_thousand_interfaces_on_128_cpus),
		cmocka_unit_test(the_last_row_of_a_chunk_is_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
