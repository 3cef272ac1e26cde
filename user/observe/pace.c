/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/pace.h"

#include <sys/timerfd.h>

#include "observe/clock.h"

#define DELAY_NS (2 * 1000000ULL)
#define PAUSE    4

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

uint64_t pace_time(const struct pace *pace)
{
	uint64_t rest = pace->ended + PAUSE * pace->cost;
	uint64_t soon = clock_ns(CLOCK_BOOTTIME) + DELAY_NS;

	return rest > soon ? rest : soon;
}

void pace_arm(int timer, uint64_t when, uint64_t *armed)
{
	const struct itimerspec at = { .it_value = { .tv_sec = (time_t)(when / 1000000000ULL),
		                                     .tv_nsec = (long)(when % 1000000000ULL) } };

	if (when == UINT64_MAX || (*armed != 0 && *armed <= when))
		return;
	if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL) == 0)
		*armed = when;
}
