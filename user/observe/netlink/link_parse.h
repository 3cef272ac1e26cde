/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/netlink.h>
#include <stdbool.h>

#include "model/counters.h"
#include "model/link.h"

/** One RTM_NEWLINK or RTM_DELLINK. */
struct link_message {
	struct link link; /* birth 0. peer_nsid is an nsid of the namespace that told it, see below */
	bool gone;        /* RTM_DELLINK: unregistered, or moved to another namespace */
	bool moved;       /* IFLA_NEW_NETNSID is there: it lives on in another namespace */
	bool has_stats;
	struct device_stats stats; /* IFLA_STATS64; of a gone link its last counters */
	bool port_only;            /* from the bridge code (AF_BRIDGE): index, name, master and port_state only */
};

/**
 * Reads one message. Pure; the bytes may be anyone's.
 *
 * peer_nsid counts in the namespace of whoever asked for a dump, but in the namespace of the *link* when the message is an event
 * (rtmsg_ifinfo() fills it in for the link's own namespace, also where NETLINK_LISTEN_ALL_NSID delivers it elsewhere).
 *
 * @nlh: a whole message: nlmsg_len bytes are there (mnl_nlmsg_ok())
 * @ret: untouched on failure
 * Returns 0; -ENOMSG where it is no link message, or one of a family that is not ours; -EBADMSG where it is malformed.
 */
int link_parse(const struct nlmsghdr *nlh, struct link_message *ret);

/** Whether all but the birth is the same. */
bool link_equal(const struct link *a, const struct link *b);

/** Whether links of this kind come in pairs, each end telling the other's index. */
bool link_is_paired(const struct link *link);

/** Orders struct link by index. */
int link_compare(const void *a, const void *b);
