/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prints how many kHz this machine's time stamp counter has. A machine that is emulated here has the same counter, and on a busy one its
 * kernel measures it wrongly: its clock then goes several times too fast, and all that waits in it gives up too soon.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define WINDOW_NS 100000000U

struct reading {
	uint64_t ns;
	uint64_t ticks;
};

/* The one of some in which the fewest ticks went by: nobody came in between. */
static struct reading read_both(void)
{
	struct reading best = { 0, 0 };
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 100; i++) {
		struct timespec now;
		uint64_t before = __rdtsc();
		uint64_t after;

		(void)clock_gettime(CLOCK_MONOTONIC_RAW, &now);
		after = __rdtsc();
		if (after - before >= least)
			continue;
		least = after - before;
		best.ticks = before + least / 2;
		best.ns = (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
	}
	return best;
}

int main(void)
{
	const struct timespec window = { .tv_nsec = WINDOW_NS };
	struct reading first = read_both();
	struct reading last;

	(void)nanosleep(&window, NULL);
	last = read_both();
	printf("%" PRIu64 "\n", (last.ticks - first.ticks) * 1000000U / (last.ns - first.ns));
	return 0;
}
