/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/counters.h"
#include "model/link.h"

/** Where the observing namespace sends what it has no other route for: one next hop of a default route of its main table. */
struct default_route {
	uint8_t family; /* of what is sent there: AF_INET or AF_INET6 */
	uint32_t metric;
	uint32_t index;   /* of the device it leaves by */
	bool has_gateway; /* else the whole world is taken to be on the link */
	struct address
		gateway; /* of the other family for an IPv4 route through IPv6 (RTA_VIA); its prefix says nothing */
};

/** Orders by family, metric, index, then gateway. For qsort. */
int default_route_compare(const void *a, const void *b);

/** Whether the observing namespace passes on what is not for itself. */
enum forwarding { FORWARDING_UNKNOWN, FORWARDING_OFF, FORWARDING_ON };

/** "not known", "off" or "on". */
const char *forwarding_name(enum forwarding forwarding);

/** The kernel's counters of one device of the observing namespace. */
struct device_counters {
	uint32_t index;
	struct device_stats stats;
};

/** A pair with both ends in the observing namespace, as it is seen from one of them. */
struct device_pair {
	uint32_t index;
	uint32_t peer;
};

/** What is asked of the observing namespace itself, on demand: it is in no snapshot. */
struct host_facts {
	enum forwarding ipv4;
	enum forwarding ipv6;
	bool routes_known;                  /* false: could not be read, or not to the end */
	const struct default_route *routes; /* sorted by default_route_compare() */
	size_t route_count;
	const struct device_counters *counters; /* sorted by index */
	size_t counter_count;
	const struct device_pair *pairs; /* each twice, once from either end; sorted by index */
	size_t pair_count;
};
