/* SPDX-License-Identifier: GPL-2.0-only */
/* What the agent tells of its own price. */
#include "unit.h"

#include "prom_checks.h"
#include "render_fixture.h"

static void the_price_is_told_in_base_units(void **state)
{
	_cleanup_buf_ struct buf text = render_all(fixture_empty());

	assert_true(has_line(&text, "ctnet_agent_cpu_seconds_total 12.345678901"));
	assert_true(has_line(&text, "ctnet_agent_resident_memory_bytes 8388608"));
	assert_true(has_line(&text, "ctnet_agent_open_descriptors 42"));
	assert_true(has_line(&text, "ctnet_map_bytes{map=\"ctnet_rows\"} 57344"));
	assert_true(has_line(&text, "ctnet_map_bytes{map=\"traffic_.bss\"} 65536"));
	assert_true(has_line(&text, "ctnet_program_runs_total{program=\"ctnet_ingress\"} 9007199254740993"));
	assert_true(has_line(&text, "ctnet_program_run_seconds_total{program=\"ctnet_ingress\"} 1.000000001"));
	/* one that never ran is told as well: its counter starts at 0 */
	assert_true(has_line(&text, "ctnet_program_runs_total{program=\"ctnet_egress\"} 0"));
	assert_true(has_line(&text, "ctnet_program_run_seconds_total{program=\"ctnet_egress\"} 0"));
}

static void programs_are_told_only_where_they_are_measured(void **state)
{
	struct price price = fixture_price;
	struct prom_own own = { .price = &price };
	struct buf text;

	price.program_count = 0;
	text = render(fixture_empty(), NO_LIMIT, &own);
	assert_null(strstr(text.data, "ctnet_program_"));
	assert_int_equal(lines(&text, "ctnet_map_bytes{"), 2);
	buf_free(&text);
}

static void what_could_not_be_read_is_left_out(void **state)
{
	const struct price price = { .cpu_ns = 0 };
	struct prom_own own = { .price = &price };
	_cleanup_buf_ struct buf text = render(fixture_empty(), NO_LIMIT, &own);

	assert_true(has_line(&text, "ctnet_agent_cpu_seconds_total 0"));
	assert_null(strstr(text.data, "ctnet_agent_resident_memory_bytes"));
	assert_null(strstr(text.data, "ctnet_agent_open_descriptors"));
	assert_null(strstr(text.data, "ctnet_map_bytes"));
}

static void without_a_price_there_is_none(void **state)
{
	struct prom_own own = { 0 };
	_cleanup_buf_ struct buf text = render(fixture_empty(), NO_LIMIT, &own);

	assert_null(strstr(text.data, "ctnet_agent_"));
	assert_null(strstr(text.data, "ctnet_map_"));
	assert_null(strstr(text.data, "ctnet_program_"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_price_is_told_in_base_units),
		cmocka_unit_test(programs_are_told_only_where_they_are_measured),
		cmocka_unit_test(what_could_not_be_read_is_left_out),
		cmocka_unit_test(without_a_price_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
