/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/array.h"
#include "observe/netlink/socket.h"

/** One RTM_NEWNSID or RTM_DELNSID. */
struct nsid_message {
	int32_t nsid; /* NSID_HERE where the answer is "none" */
	bool gone;    /* RTM_DELNSID */
};

/**
 * Reads one message. Pure; the bytes may be anyone's.
 *
 * @nlh: a whole message: nlmsg_len bytes are there (mnl_nlmsg_ok())
 * @ret: untouched on failure
 * Returns 0; -ENOMSG where it is no nsid message; -EBADMSG where it is malformed.
 */
int nsid_parse(const struct nlmsghdr *nlh, struct nsid_message *ret);

/**
 * Asks for the nsid that the socket's namespace has for another one (RTM_GETNSID). Never makes one.
 *
 * Returns 0 and the nsid or NSID_HERE where it has none; -ESRCH or -EBADF where there is no such process or descriptor; or -errno.
 */
int nsid_of_fd(struct rtnl *rtnl, int netns_fd, int32_t *ret);
int nsid_of_pid(struct rtnl *rtnl, pid_t pid, int32_t *ret);

/**
 * Gives a namespace an nsid in the socket's namespace, where it has none (RTM_NEWNSID), so that it can be asked about and its events are told
 * here. A number in a table of our own namespace and nothing more: it holds nobody alive (alloc_netid() in net/core/net_namespace.c takes
 * no reference), the kernel makes the same one as soon as a pair leads there, and takes it back when that namespace is destroyed
 * (unhash_nsid()), so there are never more than namespaces. It cannot be taken back before: rtnetlink has no RTM_DELNSID to ask for.
 *
 * Returns 0 (also where it had one), -EPERM without CAP_NET_ADMIN, or -errno; then nsid_of_fd() tells which.
 */
int nsid_give(struct rtnl *rtnl, int netns_fd);

/**
 * The nsid that the socket's namespace has for itself. The kernel makes one when somebody asks for the links of another namespace
 * whose peers are here (rtnl_fill_ifinfo() needs a number for IFLA_LINK_NETNSID); from then on our own events carry it too.
 */
int nsid_of_self(struct rtnl *rtnl, int32_t *ret);

/**
 * Lists all nsids of the socket's namespace, sorted.
 *
 * @ret: rows of int32_t; what it held is replaced
 * Returns 0 or -errno.
 */
int nsid_list(struct rtnl *rtnl, struct array *ret);

/** Orders int32_t. */
int nsid_compare(const void *a, const void *b);
