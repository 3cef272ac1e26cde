/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel says that our maps and programs take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bpf/passes.h"
#include "model/price.h"
#include "observe/kernel/kernel_price.h"

#define NO_SUCH_PROGRAM UINT64_MAX

static struct kernel_price price;

static int open_measured(void **state)
{
	struct fault fault = { 0 };

	if (kernel_price_open(true, &price, &fault) < 0) {
		print_error("%s\n", fault.text);
		return -1;
	}
	return open_programs(state);
}

static int close_measured(void **state)
{
	kernel_price_close(&price);
	return close_programs(state);
}

static void read_price(void)
{
	kernel_price_clear(&price);
	assert_int_equal(traffic_price(programs, &price), 0);
}

static struct program_price program(const char *name)
{
	read_price();
	for (size_t i = 0; i < price.programs.count; i++) {
		const struct program_price *row = array_at(&price.programs, i);

		if (strcmp(row->name, name) == 0)
			return *row;
	}
	return (struct program_price){ .runs = NO_SUCH_PROGRAM };
}

static uint64_t runs_of(const char *name)
{
	return program(name).runs;
}

static uint64_t bytes_of(const char *name)
{
	read_price();
	for (size_t i = 0; i < price.maps.count; i++) {
		const struct map_price *row = array_at(&price.maps, i);

		if (strcmp(row->name, name) == 0)
			return row->bytes;
	}
	return 0;
}

static void run(enum ctnet_hook hook, uint32_t times)
{
	struct packet p = { .len = 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = p.bytes, .repeat = times);

	add_ethernet(&p, 0x0800);
	add_ipv4(&p, 17, 0, 0);
	add_udp(&p);
	opts.data_size_in = (uint32_t)p.len;
	assert_int_equal(bpf_prog_test_run_opts(traffic_program_fd(programs, hook), &opts), 0);
}

static void each_run_is_counted_for_its_program(void **state)
{
	uint64_t ingress = runs_of("ctnet_ingress"), egress = runs_of("ctnet_egress");

	assert_true(ingress != NO_SUCH_PROGRAM && egress != NO_SUCH_PROGRAM);
	run(CTNET_INGRESS, 1000);
	run(CTNET_EGRESS, 7);
	assert_int_equal(runs_of("ctnet_ingress"), ingress + 1000);
	assert_int_equal(runs_of("ctnet_egress"), egress + 7);
	assert_true(program("ctnet_ingress").run_ns > 0);
	assert_true(program("ctnet_egress").run_ns > 0);
}

static void programs_are_told_only_where_they_are_measured(void **state)
{
	struct kernel_price unmeasured;
	struct fault fault;

	assert_int_equal(kernel_price_open(false, &unmeasured, &fault), 0);
	assert_int_equal(traffic_price(programs, &unmeasured), 0);
	assert_int_equal(unmeasured.programs.count, 0);
	assert_true(unmeasured.maps.count > 0);
	kernel_price_close(&unmeasured);
}

/* The kernel's own figure is no less than what the table itself takes for needed, and no more than some pages a map above. */
static void the_maps_are_as_large_as_they_must_be(void **state)
{
	static const char *const table[] = { "ctnet_rows", "ctnet_chunks", "ctnet_lost", "traffic_.bss" };
	uint64_t rows = bytes_of("ctnet_rows"), all = 0;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		all += bytes_of(table[i]);
	assert_true(rows >= sizeof(struct ctnet_row) * CTNET_CHUNK_ROWS);
	assert_true(bytes_of("ctnet_chunks") > 0);
	assert_true(bytes_of("ctnet_lost") > 0);
	assert_true(bytes_of("traffic_.bss") >= CTNET_INDEX_ENTRIES * sizeof(ctnet_entry));
	assert_true(all >= traffic_map_bytes(programs));
	assert_true(all <= traffic_map_bytes(programs) + ARRAY_SIZE(table) * 4 * 4096);
}

/* 33 interfaces take two chunks. */
static void more_interfaces_take_more(void **state)
{
	uint64_t one = bytes_of("ctnet_rows");

	assert_int_equal(shell("for i in $(seq 17); do ip link add v$i type veth peer name w$i || exit 1; done"), 0);
	for (uint32_t i = 1; i <= 17; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "v%u", i);
		assert_int_equal(traffic_attach(programs, if_nametoindex(name)), 0);
		name[0] = 'w';
		assert_int_equal(traffic_attach(programs, if_nametoindex(name)), 0);
	}
	assert_int_equal(bytes_of("ctnet_rows"), 2 * one);
}

/* The programs inside other namespaces have maps of the others: each is told once. */
static void no_map_is_told_twice(void **state)
{
	read_price();
	for (size_t i = 0; i < price.maps.count; i++) {
		const struct map_price *row = array_at(&price.maps, i);

		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(((const struct map_price *)array_at(&price.maps, k))->name, row->name);
	}
}

static void what_is_no_map_has_no_memory(void **state)
{
	assert_int_equal(map_memory(-1), 0);
	assert_int_equal(map_memory(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_run_is_counted_for_its_program),
		cmocka_unit_test(programs_are_told_only_where_they_are_measured),
		cmocka_unit_test(the_maps_are_as_large_as_they_must_be),
		cmocka_unit_test(more_interfaces_take_more),
		cmocka_unit_test(no_map_is_told_twice),
		cmocka_unit_test(what_is_no_map_has_no_memory),
	};

	return cmocka_run_group_tests(tests, open_measured, close_measured);
}
