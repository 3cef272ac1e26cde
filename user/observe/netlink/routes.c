/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/routes.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
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

int routes_read(struct array *ret_routes, bool *ret_routes_known, struct array *ret_counters, struct fault *fault)
{
	_cleanup_array_ struct array routes = ARRAY_OF(struct default_route);
	_cleanup_array_ struct array counters = ARRAY_OF(struct device_counters);
	_cleanup_rtnl_ struct rtnl *rtnl = NULL;
	bool known = false;
	int r = rtnl_open(&rtnl, fault);

	if (r < 0)
		return r;
	r = dump_routes(rtnl, &routes, &known);
	if (r == 0)
		r = dump_counters(rtnl, &counters);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot read the counters of the devices here: %s",
		                 strerror(-r));
	array_swap(ret_routes, &routes);
	array_swap(ret_counters, &counters);
	*ret_routes_known = known;
	return 0;
}
