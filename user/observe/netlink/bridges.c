/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/bridges.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "observe/netlink/bridge_parse.h"
#include "observe/netlink/fdb_parse.h"
#include "observe/netlink/socket.h"
#include "observe/netlink/stats.h"

struct looking {
	const struct bridges_options *options;
	struct rtnl *rtnl;
	struct bridge_look *look;
};

static struct nlmsghdr *request_links(struct rtnl *rtnl, uint8_t family, uint32_t filter)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_GETLINK, NLM_F_DUMP);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));

	head->ifi_family = family;
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, filter);
	return nlh;
}

static void begin_bridges(void *context)
{
	struct looking *looking = context;

	looking->look->bridges.count = 0;
}

static int take_bridge(void *context, const struct nlmsghdr *nlh)
{
	struct looking *looking = context;
	struct bridge_settings bridge;
	int r = bridge_parse(nlh, &bridge);

	if (r < 0)
		return r;
	if (looking->options->only && strcmp(looking->options->only, bridge.name) != 0)
		return 0;
	return array_append(&looking->look->bridges, &bridge);
}

static int look_bridges(struct looking *looking, bool *ret_complete)
{
	const struct rtnl_sink sink = { begin_bridges, take_bridge, looking };
	struct array *bridges = &looking->look->bridges;
	int r = rtnl_dump(looking->rtnl, request_links(looking->rtnl, AF_UNSPEC, RTEXT_FILTER_SKIP_STATS), &sink,
	                  ret_complete);

	array_sort(bridges, bridge_settings_compare);
	array_unique(bridges, bridge_settings_compare);
	return r;
}

static bool is_of_interest(const struct bridge_look *look, uint32_t bridge)
{
	const struct bridge_settings key = { .index = bridge };
	size_t at;

	return array_find(&look->bridges, &key, bridge_settings_compare, &at);
}

static void begin_ports(void *context)
{
	struct looking *looking = context;

	looking->look->ports.count = 0;
	looking->look->vlans.count = 0;
}

static int take_port(void *context, const struct nlmsghdr *nlh)
{
	struct looking *looking = context;
	struct bridge_port_message told;
	int r = bridge_port_parse(nlh, &told);

	if (r < 0)
		return r;
	if (!is_of_interest(looking->look, told.port.bridge ? told.port.bridge : told.port.index))
		return 0;
	if (told.port.bridge) {
		r = array_append(&looking->look->ports, &told.port);
		if (r < 0)
			return r;
	}
	return bridge_vlans_parse(&told, &looking->look->vlans);
}

static int look_ports(struct looking *looking, bool *ret_complete)
{
	const struct rtnl_sink sink = { begin_ports, take_port, looking };
	struct bridge_look *look = looking->look;
	int r = rtnl_dump(looking->rtnl,
	                  request_links(looking->rtnl, AF_BRIDGE,
	                                RTEXT_FILTER_BRVLAN_COMPRESSED | RTEXT_FILTER_SKIP_STATS),
	                  &sink, ret_complete);

	array_sort(&look->ports, bridge_port_compare);
	array_unique(&look->ports, bridge_port_compare);
	array_sort(&look->vlans, bridge_vlan_compare);
	array_unique(&look->vlans, bridge_vlan_compare);
	return r;
}

static int look_counters(struct looking *looking)
{
	struct array stats = ARRAY_OF(struct link_stats);
	struct array *ports = &looking->look->ports;
	int r = stats_list(looking->rtnl, &stats);

	for (size_t i = 0; r == 0 && i < ports->count; i++) {
		struct bridge_port *port = array_at(ports, i);
		const struct link_stats key = { .index = port->index };
		size_t at;

		port->has_stats = array_find(&stats, &key, stats_compare, &at);
		if (port->has_stats)
			port->stats = ((const struct link_stats *)array_at(&stats, at))->stats;
	}
	array_free(&stats);
	return r;
}

static void begin_entries(void *context)
{
	struct looking *looking = context;

	looking->look->entries.count = 0;
	looking->look->counts.count = 0;
}

static int take_entry(void *context, const struct nlmsghdr *nlh)
{
	struct looking *looking = context;
	const struct bridges_options *options = looking->options;
	struct fdb_count *count, none = { 0 };
	struct fdb_entry entry;
	size_t at;
	int r = fdb_parse(nlh, &entry);

	if (r < 0)
		return r;
	none.port = entry.port;
	if (array_find(&looking->look->counts, &none, fdb_count_compare, &at))
		count = array_at(&looking->look->counts, at);
	else
		count = array_insert(&looking->look->counts, at, &none);
	if (!count)
		return -ENOMEM;
	count->of[entry.kind]++;
	if (!options->only || (options->entries_per_port > 0 && count->kept >= options->entries_per_port))
		return 0;
	count->kept++;
	return array_append(&looking->look->entries, &entry);
}

/* The databases of all bridges, or of one alone: NDA_MASTER, which a kernel takes with strict checking since Linux 5.0. */
static int look_entries(struct looking *looking, bool *ret_complete)
{
	const struct rtnl_sink sink = { begin_entries, take_entry, looking };
	struct nlmsghdr *nlh = rtnl_request(looking->rtnl, RTM_GETNEIGH, NLM_F_DUMP);
	struct ndmsg *head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));
	int r;

	head->ndm_family = AF_BRIDGE;
	if (looking->options->only) {
		const struct bridge_settings *bridge = array_at(&looking->look->bridges, 0);

		mnl_attr_put_u32(nlh, NDA_MASTER, bridge->index);
	}
	r = rtnl_dump(looking->rtnl, nlh, &sink, ret_complete);
	array_sort(&looking->look->entries, fdb_compare);
	return r;
}

static int look(struct looking *looking)
{
	bool bridges, ports, entries;
	int r = look_bridges(looking, &bridges);

	if (r < 0 || looking->look->bridges.count == 0)
		return r;
	r = look_ports(looking, &ports);
	if (r == 0)
		r = look_counters(looking);
	if (r == 0)
		r = look_entries(looking, &entries);
	if (r == 0)
		looking->look->complete = bridges && ports && entries;
	return r;
}

int bridges_look(const struct bridges_options *options, struct bridge_look *ret, struct fault *fault)
{
	_cleanup_bridge_look_ struct bridge_look told = {
		.bridges = ARRAY_OF(struct bridge_settings),
		.ports = ARRAY_OF(struct bridge_port),
		.vlans = ARRAY_OF(struct bridge_vlan),
		.counts = ARRAY_OF(struct fdb_count),
		.entries = ARRAY_OF(struct fdb_entry),
		.complete = true,
	};
	_cleanup_rtnl_ struct rtnl *rtnl = NULL;
	struct looking looking = { .options = options, .look = &told };
	int r = rtnl_open(&rtnl, fault);

	if (r < 0)
		return r;
	looking.rtnl = rtnl;
	r = look(&looking);
	if (r == -EPERM)
		return fault_set(fault, r, EXIT_CODE_NOT_PERMITTED, "needs CAP_NET_ADMIN to read bridges");
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot read the bridges: %s%s%s", strerror(-r),
		                 rtnl_reason(rtnl)[0] ? ": " : "", rtnl_reason(rtnl));
	*ret = told;
	told = (struct bridge_look){ 0 };
	return 0;
}
