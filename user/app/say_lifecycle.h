/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

struct snapshot;

/**
 * Says on stderr, in one line, what this kernel does not let us see of births and deaths, and why: no probes at all, or none for some
 * events. Says nothing where all of them sit.
 */
void say_lifecycle(const struct snapshot *snap);
