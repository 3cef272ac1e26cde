/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the probes cost whoever creates a namespace. Run where an instruction takes a nanosecond (tests/vm/run -i): what reads as a time
 * is a number of instructions and does not depend on what else this machine does, so that it can be asserted.
 *
 * Counted is the creating thread's own time, one namespace at a time: the worker that takes the old ones apart, waits and other threads
 * are not in it, and the median passes over those that a timer's tick or a fresh slab met. A probe by ftrace is a call, and its
 * instructions say what it takes; one that traps (int3) would take longer than they say, so which are which is told.
 */
#include "vm/lifecycle_lab.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>

#include "base/cleanup.h"

#define KPROBES "/sys/kernel/debug/kprobes"

#define WARM_UP 5 /* namespaces that are not counted: slabs fill, code is met for the first time */
#define EACH    15
#define BLOCKS  4 /* of four rounds: without, with, with, without */

struct round {
	uint64_t took[EACH];
};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(double *values, size_t count, double part)
{
	qsort(values, count, sizeof(*values), compare);
	return values[(size_t)((double)(count - 1) * part + 0.5)];
}

static uint64_t own_time(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Back where we came from, the new one is dropped; what the worker needs to take it apart is there while we sleep. */
static void drop(int home)
{
	struct timespec time = { .tv_nsec = 100000000 };

	if (setns(home, CLONE_NEWNET))
		_exit(1);
	(void)nanosleep(&time, NULL);
}

static void create(void *argument)
{
	struct round *round = argument;
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	for (size_t i = 0; i < WARM_UP + EACH; i++) {
		uint64_t begin = own_time();

		if (unshare(CLONE_NEWNET))
			_exit(1);
		if (i >= WARM_UP)
			round->took[i - WARM_UP] = own_time() - begin;
		drop(home);
	}
}

/*
 * The median of one round. Between a round with probes and one without only this switch is turned: attaching them anew would lay out
 * memory otherwise, and where the allocator of per-CPU memory finds a place for a namespace makes a difference of a tenth.
 */
static double run_round(struct round *round, bool probed)
{
	double values[EACH];

	lab_write_file(KPROBES "/enabled", probed ? "1" : "0");
	run_child(create, round);
	for (size_t i = 0; i < EACH; i++)
		values[i] = (double)round->took[i];
	return quantile(values, EACH, 0.5);
}

static void creating_a_namespace_takes_at_most_3_per_cent_more(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct round *round = shared_alloc(sizeof(*round));
	double without[2 * BLOCKS], with[2 * BLOCKS], more[BLOCKS];
	double middle, low, high;

	lab_open(&lab, NULL);
	(void)run_round(round, true); /* how full the allocators' caches are settles */
	for (size_t i = 0; i < BLOCKS; i++) {
		double *bare = &without[2 * i], *probed = &with[2 * i];

		bare[0] = run_round(round, false);
		probed[0] = run_round(round, true);
		probed[1] = run_round(round, true);
		bare[1] = run_round(round, false);
		more[i] = 100 * ((probed[0] + probed[1]) / (bare[0] + bare[1]) - 1);
	}
	lab_write_file(KPROBES "/enabled", "1");
	assert_int_equal(lifecycle_seen(lab.probes, CTNET_CREATED), (1 + 2 * BLOCKS) * (WARM_UP + EACH));
	middle = quantile(more, BLOCKS, 0.5);
	low = quantile(more, BLOCKS, 0);
	high = quantile(more, BLOCKS, 1);
	print_message("# measured: instructions to create a namespace: %.0f without probes, %.0f with: %+.2f %% "
	              "(%+.2f to %+.2f in %d blocks of 4 rounds of %d)\n",
	              quantile(without, 2 * BLOCKS, 0.5), quantile(with, 2 * BLOCKS, 0.5), middle, low, high, BLOCKS,
	              EACH);
	assert_true(high - low < 1); /* else this says nothing about 3 */
	assert_true(middle > 0);
	assert_true(middle <= 3);
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

/* Keeping their time costs more than they do, so it is kept apart from the measurement above. */
static void the_programs_themselves_are_little_of_it(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	_cleanup_close_ int keep_time = -1;
	double each;

	lab_open(&lab, NULL);
	keep_time = bpf_enable_stats(BPF_STATS_RUN_TIME);
	assert_true(keep_time >= 0);
	lab_churn_unread(EACH);
	lab_wait_unread(&lab, EACH, 60);
	each = (double)time_in_programs() / EACH;
	print_message(
		"# measured: %.0f instructions in the programs for each namespace, from its creation to its end\n",
		each);
	assert_true(each > 0);
}

static bool has_line_with(const char *text, const char *symbol, const char *mark)
{
	char at[80];
	const char *line = text;

	(void)snprintf(at, sizeof(at), " %s+0x", symbol);
	while ((line = strstr(line, at))) {
		const char *end = strchr(line, '\n');
		const char *found = strstr(line, mark);

		if (found && (!end || found < end))
			return true;
		line += strlen(at);
	}
	return false;
}

static void tell_which_probes_are_calls(void **state)
{
	static char list[65536];
	_cleanup_lab_ struct lab lab = LAB_INIT;
	size_t count, calls = 0;
	const struct probe_status *status;

	(void)mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	lab_open(&lab, NULL);
	lab_read_file(KPROBES "/list", list, sizeof(list));
	status = lifecycle_status(lab.probes, &count);
	for (size_t i = 0; i < count; i++) {
		if (has_line_with(list, status[i].symbol, "[FTRACE]"))
			calls++;
		else
			print_message("# note: %s is a trap or a jump, no call\n", status[i].symbol);
	}
	print_message("# note: %zu of %zu probes are calls by ftrace\n", calls, count);
	assert_true(calls > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tell_which_probes_are_calls),
		cmocka_unit_test(creating_a_namespace_takes_at_most_3_per_cent_more),
		cmocka_unit_test(the_programs_themselves_are_little_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
