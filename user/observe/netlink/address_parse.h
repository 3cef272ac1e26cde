/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/netlink.h>
#include <stdbool.h>

#include "model/observation.h"

/** One RTM_NEWADDR or RTM_DELADDR. */
struct address_message {
	struct link_address row;
	bool gone; /* RTM_DELADDR */
};

/**
 * Reads one message. Pure; the bytes may be anyone's. On a point-to-point link IFA_ADDRESS is the other side's address and IFA_LOCAL
 * ours, so IFA_LOCAL is taken where it is there.
 *
 * @nlh: a whole message: nlmsg_len bytes are there (mnl_nlmsg_ok())
 * @ret: untouched on failure
 * Returns 0; -ENOMSG where it is no address message, or one of a family other than IPv4 and IPv6; -EBADMSG where it is malformed.
 */
int address_parse(const struct nlmsghdr *nlh, struct address_message *ret);

/** Orders struct link_address by index, then address_compare(). */
int link_address_compare(const void *a, const void *b);
