/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/pace.h"

#include <time.h>

#define DELAY_NS (2 * 1000000ULL)
#define PAUSE    4

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

void pace_begin(struct pace *pace)
{
	pace->cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

void pace_end(struct pace *pace)
{
	pace->cost = clock_ns(CLOCK_THREAD_CPUTIME_ID) - pace->cpu;
	pace->ended = clock_ns(CLOCK_BOOTTIME);
}

bool pace_is_over(const struct pace *pace)
{
	return clock_ns(CLOCK_BOOTTIME) >= pace->ended + PAUSE * pace->cost;
}

uint64_t pace_time(const struct pace *pace, uint64_t now)
{
	uint64_t rest = pace->ended + PAUSE * pace->cost;

	return rest > now + DELAY_NS ? rest : now + DELAY_NS;
}
