/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"
#include "model/counters.h"
#include "model/link.h"
#include "observe/netlink/socket.h"

/*
 * Questions about the links and addresses of one namespace: our own (NSID_HERE), or the one behind an nsid, which is not entered and not
 * kept alive (IFLA_TARGET_NETNSID, IFA_TARGET_NETNSID). Indexes count in that namespace, peer_nsid in ours.
 *
 * -EINVAL: no namespace has that nsid any more. -EACCES: it belongs to a user namespace we have no CAP_NET_ADMIN in.
 */

/**
 * All links, sorted by index.
 *
 * @ret: rows of struct link, birth 0; what it held is replaced
 * @ret_complete: see rtnl_dump()
 * Returns 0 or -errno.
 */
int look_links(struct rtnl *rtnl, int32_t nsid, struct array *ret, bool *ret_complete);

/** All addresses, sorted. @ret: rows of struct link_address; what it held is replaced. Otherwise as above. */
int look_addresses(struct rtnl *rtnl, int32_t nsid, struct array *ret, bool *ret_complete);

/** One link. Returns 0, -ENODEV where there is none, or -errno. */
int look_link(struct rtnl *rtnl, int32_t nsid, uint32_t index, struct link *ret);

/**
 * The device counters of one link. (RTM_GETSTATS knows no target namespace.) An nsid and an index may be others' by now.
 *
 * @link: as it is known
 * Returns as above; -ENODEV too where another stands there; -EBADMSG where no counters were told.
 */
int look_stats(struct rtnl *rtnl, int32_t nsid, const struct link *link, struct device_stats *ret);
