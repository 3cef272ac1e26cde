/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/route_parse.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "observe/netlink/attr.h"

static const struct attr_rule route_rules[] = {
	[RTA_OIF] = { sizeof(uint32_t), sizeof(uint32_t) },
	[RTA_GATEWAY] = { sizeof(struct in_addr), sizeof(struct in6_addr) },
	[RTA_PRIORITY] = { sizeof(uint32_t), sizeof(uint32_t) },
	[RTA_MULTIPATH] = { 0, UINT16_MAX },
	[RTA_TABLE] = { sizeof(uint32_t), sizeof(uint32_t) },
	[RTA_VIA] = { sizeof(struct rtvia), sizeof(struct rtvia) + sizeof(struct in6_addr) },
};

static size_t size_of_family(uint8_t family)
{
	return family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

static int read_gateway(uint8_t family, const void *data, size_t len, struct default_route *route)
{
	if (len != size_of_family(family))
		return -EBADMSG;
	route->has_gateway = true;
	route->gateway.family = family;
	memcpy(route->gateway.bytes, data, len);
	return 0;
}

/* RTA_GATEWAY is of the route's own family, RTA_VIA tells its own. */
static int read_next(const struct attr *attrs, struct default_route *route)
{
	struct attr via = attrs[RTA_VIA];
	uint16_t family;

	if (attr_there(attrs[RTA_GATEWAY]))
		return read_gateway(route->family, attrs[RTA_GATEWAY].data, attrs[RTA_GATEWAY].len, route);
	if (!attr_there(via))
		return 0;
	memcpy(&family, via.data, sizeof(family));
	if (family != AF_INET && family != AF_INET6)
		return 0;
	return read_gateway((uint8_t)family, (const char *)via.data + sizeof(struct rtvia),
	                    via.len - sizeof(struct rtvia), route);
}

static void keep(struct route_message *told, const struct default_route *route, unsigned int flags)
{
	if (route->index != 0 && !(flags & RTNH_F_DEAD) && told->hop_count < ROUTE_HOPS)
		told->hops[told->hop_count++] = *route;
}

static int read_multipath(struct attr multipath, const struct default_route *common, struct route_message *told)
{
	const char *data = multipath.data;
	size_t len = multipath.len;

	while (len > 0) {
		struct default_route route = *common;
		struct attr attrs[ARRAY_SIZE(route_rules)];
		struct rtnexthop next;
		size_t step;
		int r;

		if (len < sizeof(next))
			return -EBADMSG;
		memcpy(&next, data, sizeof(next));
		if (next.rtnh_len < sizeof(next) || next.rtnh_len > len || next.rtnh_ifindex < 0)
			return -EBADMSG;
		r = attrs_read(data + sizeof(next), next.rtnh_len - sizeof(next), route_rules, ARRAY_SIZE(route_rules),
		               attrs);
		if (r == 0)
			r = read_next(attrs, &route);
		if (r < 0)
			return r;
		route.index = (uint32_t)next.rtnh_ifindex;
		keep(told, &route, next.rtnh_flags);
		step = MNL_ALIGN((size_t)next.rtnh_len);
		if (step >= len)
			return 0;
		data += step;
		len -= step;
	}
	return 0;
}

static bool is_wanted(const struct rtmsg *head)
{
	return (head->rtm_family == AF_INET || head->rtm_family == AF_INET6) && head->rtm_dst_len == 0 &&
	       head->rtm_src_len == 0 && head->rtm_type == RTN_UNICAST && head->rtm_tos == 0;
}

int route_parse(const struct nlmsghdr *nlh, struct route_message *ret)
{
	struct attr attrs[ARRAY_SIZE(route_rules)];
	struct route_message told = { .hop_count = 0 };
	struct default_route route = { .index = 0 };
	const struct rtmsg *head;
	int r;

	if (nlh->nlmsg_type != RTM_NEWROUTE)
		return -ENOMSG;
	head = message_header(nlh, sizeof(*head));
	if (!head)
		return -EBADMSG;
	if (!is_wanted(head))
		return -ENOMSG;
	r = attrs_of_message(nlh, sizeof(*head), route_rules, ARRAY_SIZE(route_rules), attrs);
	if (r < 0)
		return r;
	if (attr_u32(attrs[RTA_TABLE], head->rtm_table) != RT_TABLE_MAIN)
		return -ENOMSG;
	route.family = head->rtm_family;
	route.metric = attr_u32(attrs[RTA_PRIORITY], 0);
	route.index = attr_u32(attrs[RTA_OIF], 0);
	r = read_next(attrs, &route);
	if (r == 0 && attr_there(attrs[RTA_MULTIPATH]))
		r = read_multipath(attrs[RTA_MULTIPATH], &route, &told);
	if (r < 0)
		return r;
	if (!attr_there(attrs[RTA_MULTIPATH]))
		keep(&told, &route, head->rtm_flags);
	*ret = told;
	return 0;
}
