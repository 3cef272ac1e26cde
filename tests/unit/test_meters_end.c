/* SPDX-License-Identifier: GPL-2.0-only */
/* Meters that attach to nothing: what the last messages of a pair make of its counters. */
#include <string.h>

#include "unit/unit.h"

#include "base/cleanup.h"
#include "observe/meters.h"

static const struct link host_end = {
	.index = 4,
	.name = "veth4",
	.kind = LINK_VETH,
	.peer_elsewhere = true,
	.peer_nsid = 3,
	.peer_index = 2,
	.birth = 100,
};

static void cleanup_meters(struct meters **meters)
{
	meters_free(*meters);
}

static struct meters *meters_with(const struct link *link)
{
	struct meters *meters;

	assert_int_equal(meters_new(NULL, NULL, &meters), 0);
	assert_true(meters_link_seen(meters, link));
	return meters;
}

static const struct traffic *traffic_of(struct meters *meters, size_t row)
{
	const struct link_traffic *rows;
	size_t count;

	assert_int_equal(meters_read(meters, false, &rows, &count), 0);
	assert_true(row < count);
	return &rows[row].traffic;
}

static void assert_packets(struct meters *meters, size_t row, uint64_t transmit, uint64_t receive)
{
	const struct traffic *traffic = traffic_of(meters, row);

	assert_int_equal(traffic->dir[TRANSMIT].total.packets, transmit);
	assert_int_equal(traffic->dir[TRANSMIT].segments, transmit);
	assert_int_equal(traffic->dir[RECEIVE].total.packets, receive);
}

/* As the kernel tells the end of a pair, whichever end is deleted: each knows what it sent. */
static const struct device_stats host_last = { .tx_packets = 17, .tx_bytes = 1336, .tx_dropped = 3 };
static const struct device_stats inner_last = { .tx_packets = 16, .tx_bytes = 1464 };

static void both_ends_of_a_pair_make_its_last_counters(void **state)
{
	for (int inner_first = 0; inner_first < 2; inner_first++) {
		_cleanup_(cleanup_meters) struct meters *meters = meters_with(&host_end);

		if (inner_first)
			meters_link_ended(meters, 3, 2, &inner_last);
		meters_link_ended(meters, NSID_HERE, 4, &host_last);
		assert_true(meters_link_gone(meters, &host_end));
		if (!inner_first)
			meters_link_ended(meters, 3, 2, &inner_last);
		assert_packets(meters, 0, 16, 20);
		assert_int_equal(traffic_of(meters, 0)->receive_dropped, 3);
		(void)traffic_of(meters, 0);
		meters_drop_told(meters);
		assert_int_equal(meters_untold(meters), 0);
	}
}

static void the_end_of_another_link_changes_nothing(void **state)
{
	_cleanup_(cleanup_meters) struct meters *meters = meters_with(&host_end);

	meters_link_ended(meters, NSID_HERE, 5, &host_last);
	meters_link_ended(meters, 2, 2, &inner_last);
	meters_link_ended(meters, 3, 4, &inner_last);
	assert_packets(meters, 0, 0, 0);
}

/* An nsid and an index are handed out again at once: the pair that lives is meant. */
static void the_living_of_two_pairs_with_one_name_is_meant(void **state)
{
	_cleanup_(cleanup_meters) struct meters *meters = meters_with(&host_end);
	struct link next = host_end;

	next.birth = 200;
	assert_true(meters_link_gone(meters, &host_end));
	assert_true(meters_link_seen(meters, &next));
	meters_link_ended(meters, 3, 2, &inner_last);
	assert_packets(meters, 0, 0, 0);
	assert_packets(meters, 1, 16, 0);
}

/* The kernel destroyed the namespace: of the inner end nothing is told. */
static void an_end_that_is_told_by_half_is_counted(void **state)
{
	_cleanup_(cleanup_meters) struct meters *meters = meters_with(&host_end);

	meters_link_ended(meters, NSID_HERE, 4, &host_last);
	assert_true(meters_link_gone(meters, &host_end));
	assert_packets(meters, 0, 0, 20);
	(void)traffic_of(meters, 0);
	assert_int_equal(meters_untold(meters), 0);
	meters_drop_told(meters);
	assert_int_equal(meters_untold(meters), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ends_of_a_pair_make_its_last_counters),
		cmocka_unit_test(the_end_of_another_link_changes_nothing),
		cmocka_unit_test(the_living_of_two_pairs_with_one_name_is_meant),
		cmocka_unit_test(an_end_that_is_told_by_half_is_counted),
	};

	return cmocka_run_group_tests_name("meters", tests, NULL, NULL);
}
