/* SPDX-License-Identifier: GPL-2.0-only */
/* Ten thousand namespaces as fast as a loop can make them, and what one costs. */
#include "vm/lifecycle_lab.h"

#include <stdlib.h>

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

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t median(uint64_t *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

static void the_price_of_a_namespace(void **state)
{
	enum { ROUNDS = 7, EACH = 100 };
	uint64_t bare[ROUNDS], probed[ROUNDS], without, with;

	for (size_t i = 0; i < ROUNDS; i++) {
		_cleanup_lab_ struct lab lab = LAB_INIT;

		bare[i] = time_churn(EACH);
		lab_open(&lab, NULL);
		probed[i] = time_churn(EACH);
	}
	without = median(bare, ROUNDS);
	with = median(probed, ROUNDS);
	assert_true(without > 0);
	print_message(
		"# measured: creating a namespace %.1f us without probes, %.1f us with: %+.1f %% "
		"(median of %d alternating rounds of %d)\n",
		(double)without / 1e3 / EACH, (double)with / 1e3 / EACH,
		100.0 * ((double)with - (double)without) / (double)without, ROUNDS, EACH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(churn_is_counted_exactly),
		cmocka_unit_test(the_price_of_a_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
