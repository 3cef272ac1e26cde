/* SPDX-License-Identifier: GPL-2.0-only */
/* Ten thousand namespaces as fast as a loop can make them, and what one costs. */
#include "vm/lifecycle_lab.h"

#include <bpf/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

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

/* What the kernel says our programs took since it began to keep the time, ns. */
static uint64_t time_in_programs(void)
{
	uint64_t total = 0;
	uint32_t id = 0;

	while (bpf_prog_get_next_id(id, &id) == 0) {
		struct bpf_prog_info info = { 0 };
		uint32_t size = sizeof(info);
		_cleanup_close_ int fd = bpf_prog_get_fd_by_id(id);

		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size) == 0 &&
		    strncmp(info.name, "ctnet_", 6) == 0)
			total += info.run_time_ns;
	}
	return total;
}

static uint64_t time_probed(size_t each, uint64_t *in_programs)
{
	_cleanup_lifecycle_ struct lifecycle_probes *probes = NULL;
	struct fault fault;
	uint64_t time;

	assert_int_equal(lifecycle_open(NULL, &probes, &fault), 0);
	time = time_churn(each);
	*in_programs += time_in_programs();
	return time;
}

/* Printed, not asserted: under emulation the noise is larger than the price. */
static void the_price_of_a_namespace(void **state)
{
	enum { ROUNDS = 21, EACH = 50 };
	_cleanup_close_ int keep_time = bpf_enable_stats(BPF_STATS_RUN_TIME);
	uint64_t bare[ROUNDS], probed[ROUNDS], without, with, in_programs = 0;

	assert_true(keep_time >= 0);
	for (size_t i = 0; i < ROUNDS; i++) {
		bare[i] = time_churn(EACH);
		probed[i] = time_probed(EACH, &in_programs);
	}
	without = median(bare, ROUNDS);
	with = median(probed, ROUNDS);
	assert_true(without > 0);
	assert_true(in_programs > 0);
	print_message(
		"# measured: creating a namespace %.1f us without probes, %.1f us with: %+.1f %% "
		"(median of %d alternating rounds of %d); the programs themselves %.1f us\n",
		(double)without / 1e3 / EACH, (double)with / 1e3 / EACH,
		100.0 * ((double)with - (double)without) / (double)without, ROUNDS, EACH,
		(double)in_programs / 1e3 / EACH / ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(churn_is_counted_exactly),
		cmocka_unit_test(the_price_of_a_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
