/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "observe/kernel/lifecycle_decode.h"

static struct ctnet_lifecycle_event record(enum ctnet_event_kind kind)
{
	return (struct ctnet_lifecycle_event){
		.time_ns = 5000000000,
		.cookie = 4097,
		.birth_ns = 4000000000,
		.duration_ns = 1000000,
		.cgroup = 1234567890123,
		.kind = kind,
		.inode = 4026532396,
		.other_inode = 4026531840,
		.ifindex = 3,
		.other_ifindex = 8,
		.pid = 11384,
		.tid = 11385,
		.comm = "dockerd",
		.name = "eth0",
		.other_name = "veth2125897",
	};
}

static void every_field_is_taken_over(void **state)
{
	struct ctnet_lifecycle_event raw = record(CTNET_MOVED);
	struct lifecycle_event event;

	assert_int_equal(lifecycle_decode(&raw, sizeof(raw), &event), 0);
	assert_int_equal(event.kind, CTNET_MOVED);
	assert_int_equal(event.time, 5000000000);
	assert_int_equal(event.cookie, 4097);
	assert_int_equal(event.birth, 4000000000);
	assert_int_equal(event.duration, 1000000);
	assert_int_equal(event.cgroup, 1234567890123);
	assert_int_equal(event.inode, 4026532396);
	assert_int_equal(event.other_inode, 4026531840);
	assert_int_equal(event.ifindex, 3);
	assert_int_equal(event.other_ifindex, 8);
	assert_int_equal(event.pid, 11384);
	assert_int_equal(event.tid, 11385);
	assert_string_equal(event.comm, "dockerd");
	assert_string_equal(event.name, "eth0");
	assert_string_equal(event.other_name, "veth2125897");
}

static void text_without_an_end_or_with_controls_is_cleaned(void **state)
{
	struct ctnet_lifecycle_event raw = record(CTNET_CREATED);
	struct lifecycle_event event;

	memset(raw.comm, 'x', sizeof(raw.comm));
	memcpy(raw.name, "e\x1b[2J\n\xff", 8);
	assert_int_equal(lifecycle_decode(&raw, sizeof(raw), &event), 0);
	assert_string_equal(event.comm, "xxxxxxxxxxxxxxx");
	assert_string_equal(event.name, "e?[2J??");
}

static void another_size_or_an_unknown_kind_is_refused(void **state)
{
	struct ctnet_lifecycle_event raw = record(CTNET_LEFT);
	struct lifecycle_event event = { .inode = 7 };

	assert_int_equal(lifecycle_decode(&raw, sizeof(raw) - 1, &event), -EPROTO);
	assert_int_equal(lifecycle_decode(&raw, 0, &event), -EPROTO);
	raw.kind = CTNET_EVENT_KINDS;
	assert_int_equal(lifecycle_decode(&raw, sizeof(raw), &event), -EPROTO);
	raw.kind = UINT32_MAX;
	assert_int_equal(lifecycle_decode(&raw, sizeof(raw), &event), -EPROTO);
	assert_int_equal(event.inode, 7);
}

static void totals_are_summed_and_histograms_copied(void **state)
{
	struct ctnet_lifecycle_totals totals = {
		.seen = { [CTNET_CREATED] = 12, [CTNET_DYING] = 11, [CTNET_DESTROYED] = 10 },
		.lost = { [CTNET_CREATED] = 1, [CTNET_LEFT] = 2 },
		.setup = { .bucket = { [0] = 5, [27] = 7 }, .count = 12, .sum_ns = 99 },
		.lifetime = { .bucket = { [3] = 10 }, .count = 10, .sum_ns = 77 },
	};
	struct lifecycle lifecycle = { .exact = true };

	lifecycle_decode_totals(&totals, &lifecycle);
	assert_int_equal(lifecycle.created, 12);
	assert_int_equal(lifecycle.destroyed, 10);
	assert_int_equal(lifecycle.lost, 3);
	assert_true(lifecycle.exact);
	assert_int_equal(lifecycle.setup.bucket[0], 5);
	assert_int_equal(lifecycle.setup.bucket[27], 7);
	assert_int_equal(lifecycle.setup.count, 12);
	assert_int_equal(lifecycle.setup.sum_ns, 99);
	assert_int_equal(lifecycle.teardown.count, 0);
	assert_int_equal(lifecycle.lifetime.bucket[3], 10);
	assert_int_equal(lifecycle.lifetime.sum_ns, 77);
}

static void every_kind_has_a_name_of_its_own(void **state)
{
	for (enum ctnet_event_kind a = 0; a < CTNET_EVENT_KINDS; a++) {
		assert_non_null(lifecycle_kind_name(a));
		for (enum ctnet_event_kind b = 0; b < a; b++)
			assert_string_not_equal(lifecycle_kind_name(a), lifecycle_kind_name(b));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_taken_over),
		cmocka_unit_test(text_without_an_end_or_with_controls_is_cleaned),
		cmocka_unit_test(another_size_or_an_unknown_kind_is_refused),
		cmocka_unit_test(totals_are_summed_and_histograms_copied),
		cmocka_unit_test(every_kind_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
