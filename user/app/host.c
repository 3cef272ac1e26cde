/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/host.h"

#include "observe/forwarding.h"

int host_read(const struct collector_options *options, struct host *ret, struct fault *fault)
{
	struct host_tables tables;
	struct host_facts facts = { 0 };
	int r = host_tables_read(&tables, fault);

	if (r < 0)
		return r;
	forwarding_read(options->proc ? options->proc : "/proc", &facts.ipv4, &facts.ipv6);
	facts.routes_known = tables.routes_known;
	facts.routes = tables.routes.data;
	facts.route_count = tables.routes.count;
	facts.counters = tables.counters.data;
	facts.counter_count = tables.counters.count;
	facts.pairs = tables.pairs.data;
	facts.pair_count = tables.pairs.count;
	*ret = (struct host){ facts, tables };
	return 0;
}

void host_free(struct host *host)
{
	host_tables_free(&host->tables);
}
