/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

#include "model/observation.h"

/**
 * Whether a link inside a namespace is to be counted there: it is a way out, and no end of it is in the observing namespace, where it would
 * be counted already. A packet is to count once for each namespace it enters or leaves, so of links that pass it on to each other only the
 * last one before the outside counts:
 *  - a macvlan, ipvlan, VLAN or tunnel only where what it stands on is in another namespace; else that carries its packets;
 *  - no bridge, bond or team: their ports do; and no dummy or ifb, through which nothing leaves;
 *  - no pair, tap or tunnel that is a port of a bridge: the bridge of a nested engine passes packets of its own containers, which
 *    leave through another link; a NIC, macvlan, ipvlan or VLAN does count there, being that other link;
 *  - a tun or tap only where nothing else leads out (slirp4netns, pasta): a VPN's packets leave once more, packed, through eth0.
 *
 * @ns: the links of the namespace, which has an nsid here
 * @link: one of them
 */
bool inside_counts(const struct ns_links *ns, const struct link *link);

/**
 * Which namespaces hang together with the observing one: by a link of either that names one of the other (a pair, or what it stands on), or
 * by way of others that do.
 *
 * @except: not by way of this one: the machine's, which has all its containers behind it; NSID_HERE: of none
 * @tables: sorted by nsid, NSID_HERE first
 * @reached: @count of them, false; set for each table that is reached
 */
void inside_reached(const struct ns_links *tables, size_t count, int32_t except, bool *reached);
