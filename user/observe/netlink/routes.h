/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

#include "base/array.h"
#include "base/fault.h"

/**
 * The default routes of the main table, IPv4 and IPv6, and the kernel's counters of every device, of the namespace we run in, asked once on
 * a socket of its own. Another namespace's routes cannot be had so: RTM_GETROUTE knows no nsid.
 *
 * @ret_routes: rows of struct default_route, sorted by default_route_compare(); what it held is replaced
 * @ret_routes_known: false where a dump was interrupted to the end, or not answered
 * @ret_counters: rows of struct device_counters, sorted by index; likewise
 * Returns 0 or -errno with @fault filled.
 */
int routes_read(struct array *ret_routes, bool *ret_routes_known, struct array *ret_counters, struct fault *fault);
