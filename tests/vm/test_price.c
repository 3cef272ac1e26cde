/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the probes cost. Run where an instruction takes a nanosecond (tests/vm/run -i): what reads as a time is a number of
 * instructions and does not depend on what else the machine does, so that it can be asserted.
 */
#include "vm/lifecycle_lab.h"

#include <bpf/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

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

		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && strncmp(info.name, "ctnet_", 6) == 0)
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

static void the_programs_take_little_of_a_namespace(void **state)
{
	enum { ROUNDS = 9, EACH = 50 };
	_cleanup_close_ int keep_time = bpf_enable_stats(BPF_STATS_RUN_TIME);
	uint64_t bare[ROUNDS], probed[ROUNDS], in_programs = 0;
	double without, with, own;

	assert_true(keep_time >= 0);
	for (size_t i = 0; i < ROUNDS; i++) {
		bare[i] = time_churn(EACH);
		probed[i] = time_probed(EACH, &in_programs);
	}
	without = (double)median(bare, ROUNDS) / EACH;
	with = (double)median(probed, ROUNDS) / EACH;
	own = (double)in_programs / EACH / ROUNDS;
	print_message("# measured: instructions to create a namespace: %.0f without probes, %.0f with, %+.1f %% "
	              "(medians of %d alternating rounds of %d); %.0f in the programs until it is destroyed, %.2f %%\n",
	              without, with, 100 * (with - without) / without, ROUNDS, EACH, own, 100 * own / without);
	assert_true(own > 0);
	assert_true(own < 0.03 * without);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_programs_take_little_of_a_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
