/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/link.h"
#include "observe/netlink/socket.h"
#include "observe/netlink/table.h"

/**
 * Keeps the two ends of each pair in agreement. The kernel tells nobody when a link's peer goes to another namespace, nor the first end of
 * a new pair that it got a second (seen with veth on 6.18); so an end that is contradicted by the other is asked for.
 */
struct peers {
	struct rtnl *rtnl;
	struct table *table;
	int32_t self; /* the nsid that our namespace has for itself, see nsid_of_self(); NSID_HERE while it has none */
};

/** Whether that nsid is our own namespace's (or NSID_HERE). */
bool peers_is_self(struct peers *peers, int32_t nsid);

/** Takes an nsid that was met into the table, unless it is our own. Returns 0 or -ENOMEM. */
int peers_know(struct peers *peers, int32_t nsid);

/** Puts the peer's nsid, as told in our count (by a dump or an event of ours), in order and takes it into the table. Returns 0 or -ENOMEM. */
int peers_settle(struct peers *peers, struct link *link);

/**
 * The same for an event of another namespace, which tells the nsid in that namespace's count: for a pair that leads here the host end
 * says it too; else the link is asked for.
 *
 * Returns 0; -ENODEV where the link is gone; or -errno.
 */
int peers_translate(struct peers *peers, int32_t nsid, struct link *link);

/** Asks for the other end of a link where it does not agree. Returns 0; -ENODEV where it is gone; or -errno. */
int peers_mend(struct peers *peers, int32_t nsid, const struct link *link);

/** Asks for the other end of a link that has moved away. @link: where and as it was. Returns as above. */
int peers_mend_moved(struct peers *peers, int32_t nsid, const struct link *link);
