/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdint.h>

/**
 * How often a place in the kernel was passed and our program there did not run. Counters; 0 on kernels that do not count it (before 6.7).
 */

/** The kprobe was busy on that CPU, or a return probe had no instance left. @link_fd: of a kprobe's link. */
uint64_t missed_by_kprobe(int link_fd);

/** Another program was running on that CPU. */
uint64_t missed_by_program(int program_fd);
