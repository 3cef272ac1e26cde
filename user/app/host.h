/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/fault.h"
#include "model/host_facts.h"
#include "observe/collector.h"
#include "observe/netlink/host_tables.h"

/** What was asked of the namespace we run in; the facts point into the tables. */
struct host {
	struct host_facts facts;
	struct host_tables tables;
};

#define _cleanup_host_ __attribute__((cleanup(host_free)))

/**
 * Asks the namespace we run in for what no snapshot holds: its default routes, counters and whether it forwards.
 *
 * @ret: host_free() it
 * Returns 0 or -errno with @fault filled.
 */
int host_read(const struct collector_options *options, struct host *ret, struct fault *fault);

/** Accepts what was never filled but zeroed. */
void host_free(struct host *host);
