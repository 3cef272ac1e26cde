/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The row table: on maps of its own with thousands of interface numbers, and with the program that reads it, on interfaces
 * whose numbers collide.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bpf/passes.h"
#include "observe/kernel/libbpf_log.h"
#include "observe/kernel/rows.h"

#define CPUS 3U

struct table {
	ctnet_entry index[CTNET_INDEX_ENTRIES];
	int chunks;
	struct rows *rows;
};

static int make_table(void **state)
{
	struct table *t = calloc(1, sizeof(*t));
	_cleanup_close_ int pattern = rows_chunk_map(CPUS);
	LIBBPF_OPTS(bpf_map_create_opts, outer, .inner_map_fd = (uint32_t)pattern);

	t->chunks = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "chunks", 4, 4, CTNET_CHUNKS, &outer);
	*state = t;
	return rows_new(t->index, t->chunks, CPUS, &t->rows);
}

static int free_table(void **state)
{
	struct table *t = *state;

	rows_free(t->rows);
	(void)close(t->chunks);
	free(t);
	return 0;
}

/* Writes every byte of one CPU's part of a row through the maps, as the kernel has them. */
static void fill(const struct table *t, uint32_t row, uint32_t cpu, int byte)
{
	uint32_t chunk = row / CTNET_CHUNK_ROWS, slot = cpu * CTNET_CHUNK_ROWS + row % CTNET_CHUNK_ROWS, id;
	_cleanup_close_ int fd = -1;
	struct ctnet_row value;

	memset(&value, byte, sizeof(value));
	assert_int_equal(bpf_map_lookup_elem(t->chunks, &chunk, &id), 0);
	fd = bpf_map_get_fd_by_id(id);
	assert_int_equal(bpf_map_update_elem(fd, &slot, &value, BPF_ANY), 0);
}

static void interfaces_have_rows_of_their_own_across_chunks(void **state)
{
	struct table *t = *state;
	static unsigned char seen[CTNET_CHUNKS * CTNET_CHUNK_ROWS];
	uint32_t row, again;

	memset(seen, 0, sizeof(seen));
	for (uint32_t ifindex = 1; ifindex <= 5000; ifindex++) {
		assert_int_equal(rows_take(t->rows, ifindex, &row), 0);
		assert_int_equal(seen[row]++, 0);
	}
	for (uint32_t ifindex = 1; ifindex <= 5000; ifindex++)
		assert_int_equal(rows_find(t->rows, ifindex, &again), 0);
	assert_int_equal(rows_find(t->rows, 5001, &again), -ENOENT);
	assert_int_equal(rows_used(t->rows), 5000);
}

static void memory_follows_the_interfaces(void **state)
{
	struct table *t = *state;
	uint64_t none = rows_bytes(t->rows), one, full;
	uint32_t row;

	assert_int_equal(rows_take(t->rows, 1, &row), 0);
	one = rows_bytes(t->rows);
	for (uint32_t ifindex = 2; ifindex <= CTNET_CHUNK_ROWS; ifindex++)
		assert_int_equal(rows_take(t->rows, ifindex, &row), 0);
	full = rows_bytes(t->rows);
	assert_int_equal(rows_take(t->rows, CTNET_CHUNK_ROWS + 1, &row), 0);
	assert_true(one - none >= CTNET_CHUNK_ROWS * CPUS * sizeof(struct ctnet_row));
	assert_int_equal(full, one);
	assert_int_equal(rows_bytes(t->rows) - full, one - none);
	rows_give_back(t->rows, 1);
	assert_int_equal(rows_take(t->rows, 70000, &row), 0);
	assert_int_equal(rows_bytes(t->rows) - full, one - none);
	assert_int_equal(none, rows_bytes_for(0, CPUS));
	assert_int_equal(one, rows_bytes_for(1, CPUS));
	assert_int_equal(full, rows_bytes_for(CTNET_CHUNK_ROWS, CPUS));
	assert_int_equal(rows_bytes(t->rows), rows_bytes_for(CTNET_CHUNK_ROWS + 1, CPUS));
}

static void a_row_is_the_sum_of_its_cpus_and_of_no_other_row(void **state)
{
	struct table *t = *state;
	struct ctnet_counters got[CTNET_HOOKS];
	uint32_t first, second, third;

	assert_int_equal(rows_take(t->rows, 7, &first), 0);
	assert_int_equal(rows_take(t->rows, 8, &second), 0);
	assert_int_equal(rows_take(t->rows, 9, &third), 0);
	for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
		fill(t, first, cpu, 0xff);
		fill(t, second, cpu, 1);
		fill(t, third, cpu, 0xff);
	}
	rows_read(t->rows, second, got);
	assert_int_equal(got[CTNET_INGRESS].by_class[CTNET_IPV4_TCP].packets, 0x0303030303030303);
	assert_int_equal(got[CTNET_EGRESS].more_wire_bytes, 0x0303030303030303);
}

static void a_row_that_is_used_again_starts_at_zero(void **state)
{
	static const struct ctnet_counters zero[CTNET_HOOKS];
	struct table *t = *state;
	struct ctnet_counters got[CTNET_HOOKS];
	uint32_t row, again;

	assert_int_equal(rows_take(t->rows, 7, &row), 0);
	for (uint32_t cpu = 0; cpu < CPUS; cpu++)
		fill(t, row, cpu, 0xff);
	rows_give_back(t->rows, 7);
	assert_int_equal(rows_find(t->rows, 7, &again), -ENOENT);
	fill(t, row, 0, 0xee); /* as a program that was running when its filter was removed */
	assert_int_equal(rows_take(t->rows, 1031, &again), 0);
	assert_int_equal(again, row);
	rows_read(t->rows, again, got);
	assert_memory_equal(got, zero, sizeof(zero));
}

static void eight_that_collide_have_the_first_bucket_and_more_the_second(void **state)
{
	struct table *t = *state;
	uint32_t row, found;

	for (uint32_t i = 0; i < 40; i++)
		assert_int_equal(rows_take(t->rows, 5 + i * CTNET_INDEX_ENTRIES, &row), 0);
	for (uint32_t i = 0; i < 40; i++)
		assert_int_equal(rows_find(t->rows, 5 + i * CTNET_INDEX_ENTRIES, &found), 0);
}

static void where_both_buckets_are_full_nothing_is_given_until_one_goes(void **state)
{
	struct table *t = *state;
	uint32_t used[2 * CTNET_BUCKET_ENTRIES + 1], count = 0, row;

	for (uint32_t ifindex = 3; count < ARRAY_SIZE(used); ifindex += CTNET_INDEX_ENTRIES)
		if (ctnet_bucket_of(ifindex, 1) == ctnet_bucket_of(3, 1) && ifindex < INT32_MAX)
			used[count++] = ifindex;
	for (uint32_t i = 0; i < 2 * CTNET_BUCKET_ENTRIES; i++)
		assert_int_equal(rows_take(t->rows, used[i], &row), 0);
	assert_int_equal(rows_take(t->rows, used[count - 1], &row), -ENOSPC);
	assert_int_equal(rows_used(t->rows), 2 * CTNET_BUCKET_ENTRIES);
	rows_give_back(t->rows, used[0]);
	assert_int_equal(rows_take(t->rows, used[count - 1], &row), 0);
	assert_int_equal(rows_find(t->rows, used[1], &row), 0);
}

static void thousands_of_scattered_numbers_find_room(void **state)
{
	struct table *t = *state;
	uint32_t row;

	srandom(1);
	for (uint32_t i = 0; i < 4096; i++)
		assert_int_equal(rows_take(t->rows, 1 + i * 65536 + (uint32_t)random() % 65536, &row), 0);
}

/* ---------------------------------------------------------------- with the program */

static uint64_t packets_of(uint32_t ifindex)
{
	return look(ifindex).hook[CTNET_INGRESS].by_class[CTNET_ARP].packets;
}

static void send_arp(uint32_t ifindex)
{
	static const struct expected want = { .class = CTNET_ARP };
	const struct __sk_buff context = { .ifindex = ifindex };
	struct packet p;

	add_ethernet(&p, ETH_ARP);
	packet_add(&p, 28);
	passes(p.bytes, p.len, CTNET_INGRESS, &context, &want);
}

/* More than a chunk has rows, in one first bucket, so that most are in their second. */
static void the_program_finds_each_of_many_colliding_interfaces(void **state)
{
	enum { PAIRS = 40 };

	for (uint32_t i = 0; i < PAIRS; i++)
		assert_int_equal(shell("ip link add c%u index %u type veth peer name d%u index %u", i,
		                       77 + i * CTNET_INDEX_ENTRIES, i, 900000 + i),
		                 0);
	for (uint32_t i = 0; i < PAIRS; i++)
		assert_int_equal(traffic_attach(programs, 77 + i * CTNET_INDEX_ENTRIES), 0);
	for (uint32_t i = 0; i < PAIRS; i++)
		for (uint32_t n = 0; n <= i; n++)
			send_arp(77 + i * CTNET_INDEX_ENTRIES);
	for (uint32_t i = 0; i < PAIRS; i++)
		assert_int_equal(packets_of(77 + i * CTNET_INDEX_ENTRIES), i + 1);
	for (uint32_t i = 0; i < PAIRS; i++)
		traffic_detach(programs, 77 + i * CTNET_INDEX_ENTRIES);
}

static void a_packet_without_a_row_passes_and_is_a_counted_loss(void **state)
{
	struct __sk_buff context = { 0 };
	struct packet p;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = p.bytes, .repeat = 5, .ctx_in = &context,
	            .ctx_size_in = sizeof(context));
	struct seen before = look(LOOPBACK), after;

	assert_int_equal(shell("ip link add v0 index 4711 type veth peer name v1"), 0);
	context.ifindex = 4711;
	add_ethernet(&p, ETH_ARP);
	packet_add(&p, 28);
	opts.data_size_in = (uint32_t)p.len;
	assert_int_equal(bpf_prog_test_run_opts(traffic_program_fd(programs, CTNET_EGRESS), &opts), 0);
	assert_int_equal((int)opts.retval, -1);
	after = look(LOOPBACK);
	assert_memory_equal(after.hook, before.hook, sizeof(before.hook));
	assert_int_equal(after.lost[CTNET_LOST_NO_ROW] - before.lost[CTNET_LOST_NO_ROW], 5);
	assert_int_equal(after.lost[CTNET_LOST_UNPARSED], before.lost[CTNET_LOST_UNPARSED]);
	assert_int_equal(shell("ip link del v0"), 0);
}

int main(void)
{
#define on_a_table(f) cmocka_unit_test_setup_teardown(f, make_table, free_table)
	const struct CMUnitTest tests[] = {
		on_a_table(interfaces_have_rows_of_their_own_across_chunks),
		on_a_table(memory_follows_the_interfaces),
		on_a_table(a_row_is_the_sum_of_its_cpus_and_of_no_other_row),
		on_a_table(a_row_that_is_used_again_starts_at_zero),
		on_a_table(eight_that_collide_have_the_first_bucket_and_more_the_second),
		on_a_table(where_both_buckets_are_full_nothing_is_given_until_one_goes),
		on_a_table(thousands_of_scattered_numbers_find_room),
		cmocka_unit_test(the_program_finds_each_of_many_colliding_interfaces),
		cmocka_unit_test(a_packet_without_a_row_passes_and_is_a_counted_loss),
	};

	libbpf_log_silence();
	return cmocka_run_group_tests(tests, open_programs, close_programs);
}
