/* SPDX-License-Identifier: GPL-2.0-only */
/* Ten thousand namespaces, as fast as a loop can make them. */
#include "vm/lifecycle_lab.h"

#define CHURN        10000
#define WAIT_SECONDS 120

static void say_mean(const char *what, const struct histogram *histogram)
{
	print_message("# measured: %s %.3f ms on average of %lu\n", what,
	              (double)histogram->sum_ns / 1e6 / (double)histogram->count, histogram->count);
}

static void churn_is_counted_exactly(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct lifecycle total;

	/* the limit follows the memory, and the worker is slower than the loop */
	lab_write_file("/proc/sys/user/max_net_namespaces", "20000");
	lab_open(&lab, NULL);
	lab_churn(&lab, 1, CHURN);
	lab_wait_destroyed(&lab, CHURN, WAIT_SECONDS);
	lifecycle_read(lab.probes, &total);
	assert_int_equal(total.created, CHURN);
	assert_int_equal(total.destroyed, CHURN);
	assert_int_equal(total.lost, 0);
	assert_true(total.exact);
	assert_int_equal(lab_count(&lab, CTNET_CREATED), CHURN);
	assert_int_equal(lab_count(&lab, CTNET_DYING), CHURN);
	assert_int_equal(lab_count(&lab, CTNET_DESTROYED), CHURN);
	assert_histogram(&total.setup, CHURN);
	assert_histogram(&total.teardown, CHURN);
	assert_histogram(&total.lifetime, CHURN);
	say_mean("setting a namespace up took", &total.setup);
	say_mean("taking it apart took", &total.teardown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(churn_is_counted_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
