/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "model/baseline.h"
#include "unit/unit.h"

static struct count packets(uint64_t n)
{
	return (struct count){ .packets = n, .bytes = n * 100 };
}

static void assert_count(struct count count, uint64_t want)
{
	assert_int_equal(count.packets, want);
	assert_int_equal(count.bytes, want * 100);
}

static void an_interface_born_under_our_eyes_has_none(void **state)
{
	struct baseline baseline = { .set = false };

	assert_count(baseline_total(&baseline, packets(3)), 3);
	baseline_sample(&baseline, HOOK_AFTER_DEVICE, packets(0), packets(0));
	assert_true(baseline.set);
	assert_false(baseline.settled);
	assert_count(baseline_total(&baseline, packets(7)), 7);
}

static void the_first_pair_gives_the_first_bound(void **state)
{
	struct baseline baseline = { .set = false };

	baseline_sample(&baseline, HOOK_BEFORE_DEVICE, packets(1000), packets(10));
	assert_count(baseline.value, 990);
	assert_count(baseline_total(&baseline, packets(15)), 1005);
}

/* Egress: the device is read first, so the hook may be ahead by what passed meanwhile. */
static void before_the_device_the_largest_difference_is_kept(void **state)
{
	struct baseline baseline = { .set = false };

	baseline_sample(&baseline, HOOK_BEFORE_DEVICE, packets(100), packets(5));
	baseline_sample(&baseline, HOOK_BEFORE_DEVICE, packets(120), packets(21));
	baseline_sample(&baseline, HOOK_BEFORE_DEVICE, packets(140), packets(48));
	assert_count(baseline.value, 99);
	assert_false(baseline.settled);
}

/* Ingress: the hook is read first, so the device may be ahead. */
static void after_the_device_the_smallest_difference_is_kept(void **state)
{
	struct baseline baseline = { .set = false };

	baseline_sample(&baseline, HOOK_AFTER_DEVICE, packets(110), packets(5));
	baseline_sample(&baseline, HOOK_AFTER_DEVICE, packets(122), packets(21));
	baseline_sample(&baseline, HOOK_AFTER_DEVICE, packets(155), packets(48));
	assert_count(baseline.value, 101);
	assert_false(baseline.settled);
}

static void packets_and_bytes_have_bounds_of_their_own(void **state)
{
	struct baseline baseline = { .set = false };

	baseline_sample(&baseline, HOOK_AFTER_DEVICE, (struct count){ 110, 5000 }, (struct count){ 0, 0 });
	baseline_sample(&baseline, HOOK_AFTER_DEVICE, (struct count){ 120, 4000 }, (struct count){ 5, 10 });
	assert_int_equal(baseline.value.packets, 110);
	assert_int_equal(baseline.value.bytes, 3990);
}

static void two_pairs_without_a_move_settle_it(void **state)
{
	struct baseline baseline = { .set = false };

	baseline_sample(&baseline, HOOK_AFTER_DEVICE, packets(110), packets(5));
	baseline_sample(&baseline, HOOK_AFTER_DEVICE, packets(115), packets(15));
	assert_false(baseline.settled);
	baseline_sample(&baseline, HOOK_AFTER_DEVICE, packets(115), packets(15));
	assert_true(baseline.settled);
	assert_count(baseline.value, 100);
	/* packets that the device counted and a neighbour dropped before our hook, or the reverse, change it no more */
	baseline_sample(&baseline, HOOK_AFTER_DEVICE, packets(120), packets(90));
	assert_count(baseline.value, 100);
}

/* The same difference is not enough: as many may have passed at both places while others were between them. */
static void equal_differences_with_a_move_settle_nothing(void **state)
{
	struct baseline baseline = { .set = false };

	baseline_sample(&baseline, HOOK_AFTER_DEVICE, packets(110), packets(5));
	baseline_sample(&baseline, HOOK_AFTER_DEVICE, packets(120), packets(15));
	assert_false(baseline.settled);
	baseline_sample(&baseline, HOOK_AFTER_DEVICE, packets(120), packets(16));
	assert_false(baseline.settled);
	baseline_sample(&baseline, HOOK_AFTER_DEVICE, packets(121), packets(16));
	assert_false(baseline.settled);
	assert_count(baseline.value, 104);
}

static void a_hook_ahead_of_the_device_is_a_bound_of_zero(void **state)
{
	struct baseline baseline = { .set = false };

	baseline_sample(&baseline, HOOK_BEFORE_DEVICE, packets(3), packets(5));
	assert_count(baseline.value, 0);
	baseline_sample(&baseline, HOOK_BEFORE_DEVICE, packets(9), packets(7));
	assert_count(baseline.value, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interface_born_under_our_eyes_has_none),
		cmocka_unit_test(the_first_pair_gives_the_first_bound),
		cmocka_unit_test(before_the_device_the_largest_difference_is_kept),
		cmocka_unit_test(after_the_device_the_smallest_difference_is_kept),
		cmocka_unit_test(packets_and_bytes_have_bounds_of_their_own),
		cmocka_unit_test(two_pairs_without_a_move_settle_it),
		cmocka_unit_test(equal_differences_with_a_move_settle_nothing),
		cmocka_unit_test(a_hook_ahead_of_the_device_is_a_bound_of_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
