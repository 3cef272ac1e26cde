/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <stddef.h>

#include "base/array.h"
#include "observe/netlink/socket.h"
#include "observe/netlink/wiring.h"

/* struct rtnl_link_stats64 grows at its end with the kernel: what is needed is in its first eight numbers. */
#define STATS_NEEDED offsetof(struct rtnl_link_stats64, multicast)

/** @bytes: a struct rtnl_link_stats64 of the kernel's, STATS_NEEDED bytes at least; need not be aligned. */
struct device_stats stats_of_bytes(const void *bytes);

/**
 * Reads one RTM_NEWSTATS with IFLA_STATS_LINK_64. Pure; the bytes may be anyone's.
 *
 * @nlh: a whole message: nlmsg_len bytes are there (mnl_nlmsg_ok())
 * @ret: untouched on failure
 * Returns 0; -ENOMSG where it is no stats message; -EBADMSG where it is malformed or has no such counters.
 */
int stats_parse(const struct nlmsghdr *nlh, struct link_stats *ret);

/** The counters of all links of the socket's namespace, sorted by index. @ret: rows of struct link_stats, replaced. Returns 0 or -errno. */
int stats_list(struct rtnl *rtnl, struct array *ret);

/** The counters of one link. Returns 0, -ENODEV, or -errno. */
int stats_of(struct rtnl *rtnl, uint32_t index, struct device_stats *ret);

/** Orders struct link_stats by index. */
int stats_compare(const void *a, const void *b);
