/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

struct snapshot;

/**
 * Says on stderr, in one line, where what is counted begins to differ from the kernel's own counters, and when it differs no more.
 *
 * @differs: what was said last; false at first
 */
void say_accuracy(const struct snapshot *snap, bool *differs);
