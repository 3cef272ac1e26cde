/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/netlink.h>

#include "model/bridge_detail.h"
#include "observe/netlink/attr.h"

/*
 * Pure parsers; the bytes may be anyone's. @nlh: a whole message: nlmsg_len bytes are there (mnl_nlmsg_ok()).
 */

/**
 * Reads an RTM_NEWLINK of a bridge, with its settings in IFLA_INFO_DATA.
 *
 * @ret: untouched on failure
 * Returns 0; -ENOMSG: no link message, or not of a bridge; -EBADMSG: malformed.
 */
int bridge_parse(const struct nlmsghdr *nlh, struct bridge_settings *ret);

/** What an RTM_NEWLINK of family AF_BRIDGE tells: of a port, or (bridge 0 in it) of a bridge itself, that has VLANs of its own. */
struct bridge_port_message {
	struct bridge_port port; /* without counters */
	struct attr vlans;       /* for bridge_vlans_parse(); points into the message */
};

/**
 * Reads an RTM_NEWLINK of family AF_BRIDGE.
 *
 * @ret: untouched on failure
 * Returns 0; -ENOMSG: no such message, or not told by a bridge; -EBADMSG: malformed.
 */
int bridge_port_parse(const struct nlmsghdr *nlh, struct bridge_port_message *ret);

/**
 * Reads the VLANs of such a message (IFLA_BRIDGE_VLAN_INFO, also in ranges: RTEXT_FILTER_BRVLAN_COMPRESSED). The kernel does not join those
 * with different flags.
 *
 * @ret: rows of struct bridge_vlan, appended to in any case
 * Returns 0, -EBADMSG or -ENOMEM.
 */
int bridge_vlans_parse(const struct bridge_port_message *message, struct array *ret);
