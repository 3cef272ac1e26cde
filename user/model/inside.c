/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/inside.h"

#include <stdlib.h>

#include "model/lookup.h"
#include "model/order.h"

static bool is_bridge_port(const struct ns_links *ns, const struct link *link)
{
	const struct link *master = link->master != 0 ? lookup_link(ns, link->master) : NULL;

	return master && master->kind == LINK_BRIDGE;
}

static bool has_host_end(const struct link *link)
{
	return link_is_pair(link->kind) && link->peer_elsewhere && link->peer_nsid == NSID_HERE;
}

/* Leaves taps aside, which depend on the others. */
static bool leads_out(const struct ns_links *ns, const struct link *link)
{
	switch (link->kind) {
	case LINK_OTHER:
		return !(link->flags & IFF_LOOPBACK);
	case LINK_VETH:
	case LINK_NETKIT:
		return link->peer_elsewhere && link->peer_nsid != NSID_HERE && !is_bridge_port(ns, link);
	case LINK_MACVLAN:
	case LINK_IPVLAN:
	case LINK_VLAN:
		return link->peer_elsewhere;
	case LINK_VXLAN:
	case LINK_VIRTUAL:
		return link->peer_elsewhere && !is_bridge_port(ns, link);
	case LINK_LOOPBACK:
	case LINK_BRIDGE:
	case LINK_BOND:
	case LINK_TEAM:
	case LINK_DUMMY:
	case LINK_IFB:
	case LINK_TUN:
	case LINK_KINDS:
		return false;
	}
	return false;
}

bool inside_counts(const struct ns_links *ns, const struct link *link)
{
	if (link->kind != LINK_TUN)
		return leads_out(ns, link);
	if (is_bridge_port(ns, link))
		return false;
	for (size_t i = 0; i < ns->link_count; i++) {
		if (has_host_end(&ns->links[i]) || leads_out(ns, &ns->links[i]))
			return false;
	}
	return true;
}

static int nsid_of_table(const void *key, const void *item)
{
	return ORDER(*(const int32_t *)key, ((const struct ns_links *)item)->nsid);
}

/* Spreads over the links of one table, both ways. Returns whether that reached another. */
static bool spread(const struct ns_links *tables, size_t count, size_t at, int32_t except, bool *reached)
{
	bool more = false;

	for (size_t i = 0; i < tables[at].link_count; i++) {
		const struct link *link = &tables[at].links[i];
		const struct ns_links *other;

		if (!link->peer_elsewhere || link->peer_index == 0)
			continue;
		other = bsearch(&link->peer_nsid, tables, count, sizeof(*tables), nsid_of_table);
		if (!other || !lookup_link(other, link->peer_index) || reached[at] == reached[other - tables])
			continue;
		if (except != NSID_HERE && other->nsid == except)
			continue;
		reached[at] = reached[other - tables] = true;
		more = true;
	}
	return more;
}

void inside_reached(const struct ns_links *tables, size_t count, int32_t except, bool *reached)
{
	bool more = count > 0 && tables[0].nsid == NSID_HERE;

	if (more)
		reached[0] = true;
	while (more) {
		more = false;
		for (size_t at = 0; at < count; at++)
			more |= (except == NSID_HERE || tables[at].nsid != except) &&
			        spread(tables, count, at, except, reached);
	}
}
