/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/netlink.h>

#include "model/bridge_detail.h"

/**
 * Reads one RTM_NEWNEIGH of family AF_BRIDGE: an entry of a bridge's forwarding database, or of a tunnel's, which says behind which host an
 * address is. Pure; the bytes may be anyone's.
 *
 * @nlh: a whole message: nlmsg_len bytes are there (mnl_nlmsg_ok())
 * @ret: untouched on failure
 * Returns 0; -ENOMSG: no such message, or what a device takes in for itself (NTF_SELF: multicast groups), which is no entry of a bridge;
 * -EBADMSG: malformed.
 */
int fdb_parse(const struct nlmsghdr *nlh, struct fdb_entry *ret);
