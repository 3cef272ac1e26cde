/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"

/**
 * The rtnetlink socket that questions are asked on, one after the other. Strict checking is on: the kernel refuses what it does not
 * understand (it would dump our own namespace where it does not know IFLA_TARGET_NETNSID).
 */
struct rtnl;

/** Called for each message of an answer. Returns 0, -ENOMSG (none of ours, ignored), -EBADMSG (unreadable) or another -errno. */
typedef int (*rtnl_take_fn)(void *context, const struct nlmsghdr *nlh);

/** Where a dump goes. */
struct rtnl_sink {
	void (*begin)(void *context); /* before each attempt: throw away what an interrupted one has told */
	rtnl_take_fn take;
	void *context;
};

/**
 * Opens a socket in the namespace we run in.
 *
 * @ret: freed with rtnl_free(); untouched on failure
 * Returns 0 or -errno with @fault filled.
 */
int rtnl_open(struct rtnl **ret, struct fault *fault);

/** Accepts NULL. */
void rtnl_free(struct rtnl *rtnl);
void rtnl_freep(struct rtnl **rtnl);
#define _cleanup_rtnl_ __attribute__((cleanup(rtnl_freep)))

int rtnl_fd(const struct rtnl *rtnl);

/**
 * Begins a request in the socket's own buffer, where the next request will be too. There is room for 1 kB of headers and attributes.
 *
 * @flags: NLM_F_DUMP or 0; NLM_F_REQUEST is put in
 */
struct nlmsghdr *rtnl_request(struct rtnl *rtnl, uint16_t type, uint16_t flags);

/** Asks for one thing. Returns 0; the kernel's -errno; what @take returned; or -ETIMEDOUT. */
int rtnl_ask(struct rtnl *rtnl, struct nlmsghdr *request, rtnl_take_fn take, void *context);

/** Asks for something to be done (NLM_F_ACK is put in). Returns 0; the kernel's -errno; or -ETIMEDOUT. */
int rtnl_tell(struct rtnl *rtnl, struct nlmsghdr *request);

/**
 * Asks for many. A dump that the kernel had to interrupt (NLM_F_DUMP_INTR: the list changed meanwhile, rows may be missing or twice) is
 * asked for again, a few times: on a node in turmoil none may ever be whole, so the last one is taken as it is.
 *
 * @ret_complete: false where it was interrupted to the end, or a message could not be read
 * Returns 0; the kernel's -errno; what take() returned, unless -ENOMSG or -EBADMSG; or -ETIMEDOUT.
 */
int rtnl_dump(struct rtnl *rtnl, struct nlmsghdr *request, const struct rtnl_sink *sink, bool *ret_complete);

/** Why the kernel refused the last request, in its own words (extended acknowledgement, cleaned); "" where it said nothing. */
const char *rtnl_reason(const struct rtnl *rtnl);

/**
 * Receives one datagram from the kernel; what others may have sent is dropped.
 *
 * @ret_nsid: of the namespace it is from (NETLINK_LISTEN_ALL_NSID); NSID_HERE where none is told; may be NULL
 * Returns its length; -EMSGSIZE where it was longer than @size; or -errno.
 */
ssize_t netlink_receive(int fd, void *buffer, size_t size, int flags, int32_t *ret_nsid);
