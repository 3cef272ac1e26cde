/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

#include "base/array.h"
#include "base/fault.h"

/** What the namespace we run in tells of itself besides its links; freed with host_tables_free(). */
struct host_tables {
	struct array routes;   /* rows of struct default_route, of the main table, sorted by default_route_compare() */
	bool routes_known;     /* false where a dump was interrupted to the end, or not answered */
	struct array counters; /* rows of struct device_counters, of every device, sorted by index */
	struct array pairs;    /* rows of struct device_pair, sorted by index */
};

/**
 * Asks once, on a socket of its own. Another namespace's routes cannot be had so: RTM_GETROUTE knows no nsid.
 *
 * @ret: untouched on failure
 * Returns 0 or -errno with @fault filled.
 */
int host_tables_read(struct host_tables *ret, struct fault *fault);

/** Accepts what is zeroed. */
void host_tables_free(struct host_tables *tables);
#define _cleanup_host_tables_ __attribute__((cleanup(host_tables_free)))
