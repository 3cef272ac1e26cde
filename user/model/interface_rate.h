/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

#include "model/rates.h"
#include "model/snapshot.h"

/**
 * How one interface of a namespace moved between two snapshots; struct netns_rate has only their sum. Pure.
 *
 * @before: the earlier snapshot; may be NULL
 * @ns, @interface: of the later one
 * @seconds: between the two (struct rates)
 * Returns false, @ret untouched, where nothing can be said: no earlier counters, nobody counts, a counter went back.
 */
bool interface_rate(const struct snapshot *before, const struct netns *ns, const struct interface *interface,
                    double seconds, struct rate ret[DIRECTIONS]);
