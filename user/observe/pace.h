/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/**
 * When something is done that events ask for: soon, so that a short life is named, but never so often that it takes more than about a fifth
 * of a core. The next time waits at least four times as long as the last one took.
 */
struct pace {
	uint64_t ended; /* the last time, CLOCK_BOOTTIME ns */
	uint64_t cost;  /* of it, time on a CPU: on a busy node it takes longer, but no more of it */
	uint64_t cpu;   /* where the one under way began */
};

/** Around what is done. */
void pace_begin(struct pace *pace);
void pace_end(struct pace *pace);

/** Whether it may be done now. */
bool pace_is_over(const struct pace *pace);

/** When it may be done next, CLOCK_BOOTTIME ns. */
uint64_t pace_time(const struct pace *pace);

/**
 * Arms a timer, unless it is armed for an earlier time.
 *
 * @timer: of CLOCK_BOOTTIME
 * @when: as pace_time(); UINT64_MAX: never
 * @armed: what it is armed for; 0: it is not. To be set to 0 when it went off
 */
void pace_arm(int timer, uint64_t when, uint64_t *armed);
