/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/host_tables.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "observe/netlink/link_parse.h"
#include "observe/netlink/look.h"
#include "observe/netlink/route_parse.h"
#include "observe/netlink/socket.h"
#include "observe/netlink/stats.h"

/* What one dump adds to the list of all families. */
struct taking {
	struct array *routes;
	size_t before;
};

static void begin(void *context)
{
	struct taking *taking = context;

	taking->routes->count = taking->before;
}

static int take(void *context, const struct nlmsghdr *nlh)
{
	const struct taking *taking = context;
	struct route_message told;
	int r = route_parse(nlh, &told);

	for (size_t i = 0; r == 0 && i < told.hop_count; i++)
		r = array_append(taking->routes, &told.hops[i]);
	return r;
}

/* The kernel tells every route of the table (no filter is finer), of which a router may have a million: they are only passed over. */
static int dump_family(struct rtnl *rtnl, uint8_t family, struct array *routes, bool *ret_complete)
{
	struct taking taking = { routes, routes->count };
	const struct rtnl_sink sink = { .begin = begin, .take = take, .context = &taking };
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_GETROUTE, NLM_F_DUMP);
	struct rtmsg *head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));

	head->rtm_family = family;
	mnl_attr_put_u32(nlh, RTA_TABLE, RT_TABLE_MAIN);
	return rtnl_dump(rtnl, nlh, &sink, ret_complete);
}

static int dump_routes(struct rtnl *rtnl, struct array *routes, bool *ret_known)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	bool known = true;

	for (size_t i = 0; i < sizeof(families); i++) {
		bool complete = true;
		int r = dump_family(rtnl, families[i], routes, &complete);

		if (r == -ENOMEM)
			return r;
		/* -ENOENT: the table was never used; the others: a kernel without that family */
		known = known && complete && (r == 0 || r == -ENOENT || r == -EAFNOSUPPORT || r == -EOPNOTSUPP);
	}
	array_sort(routes, default_route_compare);
	*ret_known = known;
	return 0;
}

static int dump_counters(struct rtnl *rtnl, struct array *counters)
{
	_cleanup_array_ struct array rows = ARRAY_OF(struct link_stats);
	int r = stats_list(rtnl, &rows);

	for (size_t i = 0; r == 0 && i < rows.count; i++) {
		const struct link_stats *row = array_at(&rows, i);
		const struct device_counters out = { .index = row->index, .stats = row->stats };

		r = array_append(counters, &out);
	}
	return r;
}

static int dump_pairs(struct rtnl *rtnl, struct array *pairs)
{
	_cleanup_array_ struct array rows = ARRAY_OF(struct link);
	bool complete; /* a pair that an interrupted dump left out is not followed this time */
	int r = look_links(rtnl, NSID_HERE, &rows, &complete);

	for (size_t i = 0; r == 0 && i < rows.count; i++) {
		const struct link *link = array_at(&rows, i);
		const struct device_pair pair = { .index = link->index, .peer = link->peer_index };

		if (link_is_paired(link) && !link->peer_elsewhere && link->peer_index != 0)
			r = array_append(pairs, &pair);
	}
	return r;
}

int host_tables_read(struct host_tables *ret, struct fault *fault)
{
	_cleanup_host_tables_ struct host_tables tables = {
		.routes = ARRAY_OF(struct default_route),
		.counters = ARRAY_OF(struct device_counters),
		.pairs = ARRAY_OF(struct device_pair),
	};
	_cleanup_rtnl_ struct rtnl *rtnl = NULL;
	int r = rtnl_open(&rtnl, fault);

	if (r < 0)
		return r;
	r = dump_routes(rtnl, &tables.routes, &tables.routes_known);
	if (r == 0)
		r = dump_counters(rtnl, &tables.counters);
	if (r == 0)
		r = dump_pairs(rtnl, &tables.pairs);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot read the routes and counters here: %s",
		                 strerror(-r));
	*ret = tables;
	tables = (struct host_tables){ 0 };
	return 0;
}

void host_tables_free(struct host_tables *tables)
{
	array_free(&tables->routes);
	array_free(&tables->counters);
	array_free(&tables->pairs);
}
