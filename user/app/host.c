/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/host.h"

#include "observe/forwarding.h"
#include "observe/netlink/routes.h"

int host_read(const struct collector_options *options, struct host *ret, struct fault *fault)
{
	struct host host = { .routes = ARRAY_OF(struct default_route), .counters = ARRAY_OF(struct device_counters) };
	struct host_facts *facts = &host.facts;
	int r = routes_read(&host.routes, &facts->routes_known, &host.counters, fault);

	if (r < 0)
		return r;
	forwarding_read(options->proc ? options->proc : "/proc", &facts->ipv4, &facts->ipv6);
	facts->routes = host.routes.data;
	facts->route_count = host.routes.count;
	facts->counters = host.counters.data;
	facts->counter_count = host.counters.count;
	*ret = host;
	return 0;
}

void host_free(struct host *host)
{
	array_free(&host->routes);
	array_free(&host->counters);
}
