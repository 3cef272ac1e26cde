/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/netlink.h>
#include <stddef.h>

#include "model/host_facts.h"

/** Most next hops of one route that are read: more share the load of nobody. */
#define ROUTE_HOPS 32

/** The next hops of one default route. */
struct route_message {
	struct default_route hops[ROUTE_HOPS];
	size_t hop_count; /* 0: none that is alive, or told by number only (RTA_NH_ID) */
};

/**
 * Reads one RTM_NEWROUTE. Pure; the bytes may be anyone's.
 *
 * @nlh: a whole message: nlmsg_len bytes are there (mnl_nlmsg_ok())
 * @ret: untouched on failure
 * Returns 0; -ENOMSG where it is no default route of the main table for unicast, IPv4 or IPv6; -EBADMSG where it is malformed.
 */
int route_parse(const struct nlmsghdr *nlh, struct route_message *ret);
