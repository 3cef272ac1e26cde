/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/stats.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/netlink/attr.h"

static const struct attr_rule stats_rules[] = {
	[IFLA_STATS_LINK_64] = { STATS_NEEDED, UINT16_MAX },
};

struct device_stats stats_of_bytes(const void *bytes)
{
	struct rtnl_link_stats64 told;

	memcpy(&told, bytes, STATS_NEEDED);
	return (struct device_stats){
		.rx_packets = told.rx_packets,
		.rx_bytes = told.rx_bytes,
		.tx_packets = told.tx_packets,
		.tx_bytes = told.tx_bytes,
		.rx_dropped = told.rx_dropped,
		.tx_dropped = told.tx_dropped,
	};
}

int stats_parse(const struct nlmsghdr *nlh, struct link_stats *ret)
{
	struct attr attrs[ARRAY_SIZE(stats_rules)];
	const struct if_stats_msg *head;
	int r;

	if (nlh->nlmsg_type != RTM_NEWSTATS)
		return -ENOMSG;
	head = message_header(nlh, sizeof(*head));
	if (!head || head->ifindex == 0)
		return -EBADMSG;
	r = attrs_of_message(nlh, sizeof(*head), stats_rules, ARRAY_SIZE(stats_rules), attrs);
	if (r < 0)
		return r;
	if (!attr_there(attrs[IFLA_STATS_LINK_64]))
		return -EBADMSG;
	*ret = (struct link_stats){
		.index = head->ifindex,
		.stats = stats_of_bytes(attrs[IFLA_STATS_LINK_64].data),
	};
	return 0;
}

static struct nlmsghdr *request_stats(struct rtnl *rtnl, uint16_t flags, uint32_t index)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_GETSTATS, flags);
	struct if_stats_msg *head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));

	head->ifindex = index;
	head->filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
	return nlh;
}

int stats_compare(const void *a, const void *b)
{
	const struct link_stats *x = a;
	const struct link_stats *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

static void begin_list(void *context)
{
	struct array *rows = context;

	rows->count = 0;
}

static int take_listed(void *context, const struct nlmsghdr *nlh)
{
	struct link_stats told;
	int r;

	r = stats_parse(nlh, &told);
	return r < 0 ? r : array_append(context, &told);
}

int stats_list(struct rtnl *rtnl, struct array *ret)
{
	const struct rtnl_sink sink = { .begin = begin_list, .take = take_listed, .context = ret };
	bool complete; /* a link that an interrupted dump left out has no counters this time */
	int r;

	r = rtnl_dump(rtnl, request_stats(rtnl, NLM_F_DUMP, 0), &sink, &complete);
	if (r < 0)
		return r;
	array_sort(ret, stats_compare);
	return 0;
}

static int take_one(void *context, const struct nlmsghdr *nlh)
{
	return stats_parse(nlh, context);
}

int stats_of(struct rtnl *rtnl, uint32_t index, struct device_stats *ret)
{
	struct link_stats told;
	int r;

	if (index == 0 || index > INT32_MAX)
		return -ENODEV;
	r = rtnl_ask(rtnl, request_stats(rtnl, 0, index), take_one, &told);
	if (r < 0)
		return r;
	*ret = told.stats;
	return 0;
}
