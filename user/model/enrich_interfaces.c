/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "model/enrich.h"

/* The two ends of an interface, as far as they were read; never both NULL. */
struct wire {
	const struct link *inner;
	const struct link *host;
};

static bool is_loopback(const struct link *link)
{
	return link->kind == LINK_LOOPBACK || (link->flags & IFF_LOOPBACK);
}

/*
 * Pairs the links of a namespace with the host ends that lead to it: the host's link tells the index of its other end, and
 * that index counts in the namespace of its nsid. A host end that meets no link of its own kind stands alone.
 */
static size_t pair_ends(const struct ns_links *table, struct link_span ends, struct wire *wires)
{
	size_t inner_count = table ? table->link_count : 0;
	size_t count = 0;
	size_t e = 0;

	for (size_t i = 0; i < inner_count; i++) {
		const struct link *inner = &table->links[i];
		struct wire *own;

		while (e < ends.count && ends.links[e]->peer_index < inner->index)
			wires[count++] = (struct wire){ .host = ends.links[e++] };
		if (is_loopback(inner))
			continue;
		own = &wires[count++];
		*own = (struct wire){ .inner = inner };
		for (; e < ends.count && ends.links[e]->peer_index == inner->index; e++) {
			if (!own->host && ends.links[e]->kind == inner->kind)
				own->host = ends.links[e];
			else
				wires[count++] = (struct wire){ .host = ends.links[e] };
		}
	}
	while (e < ends.count)
		wires[count++] = (struct wire){ .host = ends.links[e++] };
	return count;
}

static void fill_host_end(const struct enrich *enrich, const struct link *host, struct interface *out)
{
	const struct lookup *lookup = &enrich->lookup;
	const struct link *master = lookup_link(lookup->here, host->master);
	const struct link_traffic *traffic = lookup_traffic(lookup, host->index, host->birth);

	out->peer.known = true;
	out->peer.netns = enrich->obs->observing_inode;
	out->peer.index = host->index;
	enrich_link_name(host->name, out->peer.name);
	out->host_birth = host->birth;
	if (master && master->kind == LINK_BRIDGE) {
		enrich_link_name(master->name, out->bridge);
		out->port_state = host->port_state;
	}
	if (traffic) {
		out->traffic = traffic->traffic;
		out->counted = traffic->traffic.known ? COUNTED_HOST_END : COUNTED_NOWHERE;
	}
}

/*
 * The link that IFLA_LINK of an inner one names, wherever it is. A nsid that is nobody's known namespace, and the observing one's, read alike:
 * there it is only where a link of that index is.
 */
static void fill_named(const struct enrich *enrich, const struct ns_links *table, uint64_t inode,
                       const struct link *inner, struct peer *out)
{
	const struct link *named;

	if (inner->peer_elsewhere && inner->peer_nsid == NSID_HERE) {
		inode = enrich->obs->observing_inode;
		table = enrich->lookup.here;
	} else if (inner->peer_elsewhere) {
		const struct ns_seen *seen = lookup_namespace(&enrich->lookup, inner->peer_nsid);

		if (!seen)
			return;
		inode = seen->inode;
		table = lookup_table(&enrich->lookup, inner->peer_nsid);
	}
	named = lookup_link(table, inner->peer_index);
	if (!named && inner->peer_elsewhere && inner->peer_nsid == NSID_HERE)
		return;
	out->known = true;
	out->netns = inode;
	out->index = inner->peer_index;
	if (named)
		enrich_link_name(named->name, out->name);
}

/* The other end of a pair that has none in the observing namespace, as the inner end tells it. */
static void fill_far_end(const struct enrich *enrich, const struct ns_links *table, uint64_t inode,
                         const struct link *inner, struct peer *out)
{
	if (link_is_pair(inner->kind) && inner->peer_index != 0 &&
	    !(inner->peer_elsewhere && inner->peer_nsid == NSID_HERE))
		fill_named(enrich, table, inode, inner, out);
}

/* What a macvlan, ipvlan, VLAN or VXLAN stands on. */
static void fill_lower(const struct enrich *enrich, const struct ns_links *table, uint64_t inode,
                       const struct link *inner, struct peer *out)
{
	if (!link_is_pair(inner->kind) && inner->peer_index != 0 &&
	    (inner->peer_elsewhere || inner->peer_index != inner->index))
		fill_named(enrich, table, inode, inner, out);
}

/* What is counted in the namespace itself. */
static void fill_inside(const struct enrich *enrich, const struct link *inner, struct interface *out)
{
	const struct link_traffic *traffic = lookup_inside(&enrich->lookup, inner->index, inner->birth);

	out->birth = inner->birth;
	if (!traffic || !traffic->traffic.known)
		return;
	out->traffic = traffic->traffic;
	out->counted = COUNTED_INSIDE;
}

static void fill_inner_end(struct enrich *enrich, const struct ns_links *table, uint64_t inode,
                           const struct link *inner, struct interface *out)
{
	enrich_link_name(inner->name, out->name);
	out->index = inner->index;
	out->kind = inner->kind;
	memcpy(out->mac, inner->mac, sizeof(out->mac));
	out->has_mac = inner->has_mac;
	out->up = enrich_link_up(inner);
	out->mtu = inner->mtu;
	out->master = inner->master;
	fill_lower(enrich, table, inode, inner, &out->lower);
	out->addresses = enrich_addresses(enrich, table, inner->index, &out->address_count);
}

/* A pair has a carrier at one end only while the other end is up, so the host end tells that much of the inner one. */
static void fill_unread_end(const struct link *host, struct interface *out)
{
	out->index = host->peer_index;
	out->kind = host->kind;
	out->up = enrich_link_up(host);
}

void enrich_interfaces(struct enrich *enrich, int32_t nsid, struct netns *row)
{
	const struct ns_links *table = lookup_table(&enrich->lookup, nsid);
	struct link_span ends = lookup_host_ends(&enrich->lookup, nsid);
	size_t most = (table ? table->link_count : 0) + ends.count;
	struct wire *wires = arena_array(enrich->scratch, most, sizeof(*wires));
	struct interface *interfaces;
	size_t count;

	if (!wires) {
		enrich->failed = true;
		return;
	}
	count = pair_ends(table, ends, wires);
	interfaces = enrich_array(enrich, count, sizeof(*interfaces));
	if (!interfaces)
		return;
	for (size_t i = 0; i < count; i++) {
		struct interface *out = &interfaces[i];

		out->port_state = PORT_NONE;
		if (wires[i].inner)
			fill_inner_end(enrich, table, row->inode, wires[i].inner, out);
		else
			fill_unread_end(wires[i].host, out);
		if (wires[i].host) {
			fill_host_end(enrich, wires[i].host, out);
			continue;
		}
		fill_far_end(enrich, table, row->inode, wires[i].inner, &out->peer);
		fill_inside(enrich, wires[i].inner, out);
	}
	row->interfaces = interfaces;
	row->interface_count = count;
}

void enrich_host_end(struct enrich *enrich, const struct link *host, struct netns *row)
{
	struct interface *out = enrich_array(enrich, 1, sizeof(*out));

	if (!out)
		return;
	out->port_state = PORT_NONE;
	fill_unread_end(host, out);
	fill_host_end(enrich, host, out);
	row->interfaces = out;
	row->interface_count = 1;
}

void enrich_lost_interface(struct enrich *enrich, const struct link_traffic *lost, struct netns *row)
{
	struct interface *out = enrich_array(enrich, 1, sizeof(*out));

	if (!out)
		return;
	out->port_state = PORT_NONE;
	fill_unread_end(lost->last, out);
	out->peer.known = true;
	out->peer.netns = enrich->obs->observing_inode;
	out->peer.index = lost->index;
	enrich_link_name(lost->last->name, out->peer.name);
	out->host_birth = lost->birth;
	out->traffic = lost->traffic;
	out->counted = COUNTED_HOST_END;
	out->up = false;
	out->gone = true;
	row->interfaces = out;
	row->interface_count = 1;
}
