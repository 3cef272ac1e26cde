/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/look.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "observe/netlink/address_parse.h"
#include "observe/netlink/link_parse.h"
#include "observe/netlink/space.h"

static struct nlmsghdr *request_links(struct rtnl *rtnl, uint16_t flags, int32_t nsid, uint32_t index)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_GETLINK, flags);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));

	head->ifi_index = (int)index;
	/* with a mask the kernel measures every link of our own namespace first, for whichever is asked (rtnl_calcit()) */
	if (nsid == NSID_HERE)
		mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	else
		mnl_attr_put_u32(nlh, IFLA_TARGET_NETNSID, (uint32_t)nsid);
	return nlh;
}

static void begin(void *context)
{
	struct array *rows = context;

	rows->count = 0;
}

static int take_link(void *context, const struct nlmsghdr *nlh)
{
	struct link_message told;
	int r;

	r = link_parse(nlh, &told);
	if (r < 0)
		return r;
	return told.port_only || told.gone ? -ENOMSG : array_append(context, &told.link);
}

int look_links(struct rtnl *rtnl, int32_t nsid, struct array *ret, bool *ret_complete)
{
	const struct rtnl_sink sink = { .begin = begin, .take = take_link, .context = ret };
	int r;

	r = rtnl_dump(rtnl, request_links(rtnl, NLM_F_DUMP, nsid, 0), &sink, ret_complete);
	if (r < 0)
		return r;
	array_sort(ret, link_compare);
	array_unique(ret, link_compare);
	return 0;
}

static int take_address(void *context, const struct nlmsghdr *nlh)
{
	struct address_message told;
	int r;

	r = address_parse(nlh, &told);
	if (r < 0)
		return r;
	return told.gone ? -ENOMSG : array_append(context, &told.row);
}

int look_addresses(struct rtnl *rtnl, int32_t nsid, struct array *ret, bool *ret_complete)
{
	const struct rtnl_sink sink = { .begin = begin, .take = take_address, .context = ret };
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_GETADDR, NLM_F_DUMP);
	int r;

	(void)mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifaddrmsg));
	if (nsid != NSID_HERE)
		mnl_attr_put_u32(nlh, IFA_TARGET_NETNSID, (uint32_t)nsid);
	r = rtnl_dump(rtnl, nlh, &sink, ret_complete);
	if (r < 0)
		return r;
	array_sort(ret, link_address_compare);
	array_unique(ret, link_address_compare);
	return 0;
}

static int take_one(void *context, const struct nlmsghdr *nlh)
{
	struct link_message told;
	struct link *ret = context;
	int r;

	r = link_parse(nlh, &told);
	if (r < 0)
		return r;
	*ret = told.link;
	return 0;
}

int look_link(struct rtnl *rtnl, int32_t nsid, uint32_t index, struct link *ret)
{
	if (index == 0 || index > INT32_MAX)
		return -ENODEV;
	return rtnl_ask(rtnl, request_links(rtnl, 0, nsid, index), take_one, ret);
}

static int take_message(void *context, const struct nlmsghdr *nlh)
{
	return link_parse(nlh, context);
}

int look_stats(struct rtnl *rtnl, int32_t nsid, const struct link *link, struct device_stats *ret)
{
	struct link_message told;
	int r;

	if (link->index == 0 || link->index > INT32_MAX)
		return -ENODEV;
	r = rtnl_ask(rtnl, request_links(rtnl, 0, nsid, link->index), take_message, &told);
	if (r < 0)
		return r;
	if (!space_same_link(link, &told.link))
		return -ENODEV;
	if (!told.has_stats)
		return -EBADMSG;
	*ret = told.stats;
	return 0;
}
