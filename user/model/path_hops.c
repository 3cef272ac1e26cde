/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/path_hops.h"

#include <string.h>

const char *hop_kind_name(enum hop_kind kind)
{
	static const char *const names[] = {
		[HOP_INNER] = "inner end", [HOP_HOST_END] = "host end", [HOP_FAR_END] = "far end",
		[HOP_BRIDGE] = "bridge",   [HOP_MASTER] = "master",     [HOP_LOWER] = "lower",
		[HOP_PORT] = "port",       [HOP_UPLINK] = "uplink",     [HOP_NETNS] = "namespace",
		[HOP_HOST] = "this host",  [HOP_NOWHERE] = "not known",
	};

	return names[kind];
}

const char *hop_via_name(enum hop_via via)
{
	static const char *const names[] = {
		[VIA_PAIR] = "pair",   [VIA_PORT] = "port",   [VIA_MEMBER] = "member",
		[VIA_LOWER] = "lower", [VIA_UPPER] = "upper", [VIA_ROUTE] = "route",
	};

	return names[via];
}

const struct netns *netns_of(const struct snapshot *snap, uint64_t inode)
{
	for (size_t i = 0; inode != 0 && i < snap->namespace_count; i++) {
		if (snap->namespaces[i].inode == inode && !snap->namespaces[i].gone)
			return &snap->namespaces[i];
	}
	return NULL;
}

const struct interface *interface_of(const struct netns *ns, uint32_t index)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (ns->interfaces[i].index == index && !ns->interfaces[i].gone)
			return &ns->interfaces[i];
	}
	return NULL;
}

const struct device *device_of(const struct snapshot *snap, uint32_t index)
{
	for (size_t i = 0; i < snap->device_count; i++) {
		if (snap->devices[i].index == index)
			return &snap->devices[i];
	}
	return NULL;
}

const struct device *pair_of(const struct walk *walk, const struct device *device)
{
	for (size_t i = 0; i < walk->facts->pair_count; i++) {
		if (walk->facts->pairs[i].index == device->index)
			return device_of(walk->snap, walk->facts->pairs[i].peer);
	}
	return NULL;
}

bool device_leads_out(const struct snapshot *snap, const struct device *port)
{
	if (port->kind == LINK_VETH || port->kind == LINK_NETKIT || port->kind == LINK_TUN)
		return false;
	for (size_t i = 0; i < snap->namespace_count; i++) {
		for (size_t n = 0; n < snap->namespaces[i].interface_count; n++) {
			const struct peer *peer = &snap->namespaces[i].interfaces[n].peer;

			if (peer->known && peer->netns == snap->observing_inode && peer->index == port->index)
				return false;
		}
	}
	return true;
}

size_t walk_find(const struct walk *walk, uint64_t netns, uint32_t index)
{
	for (size_t i = 0; netns != 0 && index != 0 && i < walk->count; i++) {
		if (walk->hops[i].netns == netns && walk->hops[i].index == index)
			return i;
	}
	return WALK_FULL;
}

/* The first hop of a namespace that is not a device stands for all that it routes: no path comes there twice. */
static bool is_there(const struct walk *walk, enum hop_kind kind, uint64_t netns)
{
	for (size_t i = 0; i < walk->count; i++) {
		if (walk->hops[i].kind == kind && walk->hops[i].netns == netns)
			return true;
	}
	return false;
}

static size_t new_hop(struct walk *walk, enum hop_kind kind, enum hop_via via, size_t from, uint64_t netns)
{
	if (walk->count == PATH_HOPS) {
		walk->cut = true;
		return WALK_FULL;
	}
	walk->hops[walk->count] =
		(struct hop){ .kind = kind, .via = via, .from = from, .netns = netns, .port_state = PORT_NONE };
	return walk->count++;
}

size_t walk_add(struct walk *walk, enum hop_kind kind, enum hop_via via, size_t from, uint64_t netns)
{
	if ((kind == HOP_HOST || kind == HOP_NETNS) && is_there(walk, kind, netns))
		return WALK_FULL;
	return new_hop(walk, kind, via, from, netns);
}

static void fill_counters(const struct walk *walk, uint32_t index, struct hop *hop)
{
	for (size_t i = 0; i < walk->facts->counter_count; i++) {
		const struct device_stats *stats = &walk->facts->counters[i].stats;

		if (walk->facts->counters[i].index != index)
			continue;
		hop->counted = true;
		hop->traffic[RECEIVE] = (struct count){ stats->rx_packets, stats->rx_bytes };
		hop->traffic[TRANSMIT] = (struct count){ stats->tx_packets, stats->tx_bytes };
	}
}

static size_t count_ports(const struct snapshot *snap, uint32_t master)
{
	size_t count = 0;

	for (size_t i = 0; i < snap->device_count; i++)
		count += snap->devices[i].master == master;
	return count;
}

size_t walk_add_device(struct walk *walk, enum hop_kind kind, enum hop_via via, size_t from,
                       const struct device *device)
{
	const struct device *master = device->master ? device_of(walk->snap, device->master) : NULL;
	uint64_t netns = walk->snap->observing_inode;
	struct hop *hop;
	size_t at;

	if (walk_find(walk, netns, device->index) != WALK_FULL)
		return WALK_FULL;
	at = new_hop(walk, kind, via, from, netns);
	if (at == WALK_FULL)
		return at;
	hop = &walk->hops[at];
	memcpy(hop->name, device->name, sizeof(hop->name));
	hop->index = device->index;
	hop->read = true;
	hop->link = device->kind;
	hop->up = device->up;
	hop->mtu = device->mtu;
	hop->has_mac = device->has_mac;
	memcpy(hop->mac, device->mac, sizeof(hop->mac));
	hop->addresses = device->addresses;
	hop->address_count = device->address_count;
	if (master)
		memcpy(hop->master, master->name, sizeof(hop->master));
	hop->port_state = device->port_state;
	hop->port_count = count_ports(walk->snap, device->index);
	fill_counters(walk, device->index, hop);
	return at;
}

size_t walk_add_interface(struct walk *walk, enum hop_kind kind, enum hop_via via, size_t from, const struct netns *ns,
                          const struct interface *link)
{
	const struct interface *master = link->master ? interface_of(ns, link->master) : NULL;
	struct hop *hop;
	size_t at;

	if (walk_find(walk, ns->inode, link->index) != WALK_FULL)
		return WALK_FULL;
	at = new_hop(walk, kind, via, from, ns->inode);
	if (at == WALK_FULL)
		return at;
	hop = &walk->hops[at];
	hop->ns = ns;
	memcpy(hop->name, link->name, sizeof(hop->name));
	hop->index = link->index;
	hop->read = true;
	hop->link = link->kind;
	hop->up = link->up;
	hop->gone = link->gone;
	hop->mtu = link->mtu;
	hop->has_mac = link->has_mac;
	memcpy(hop->mac, link->mac, sizeof(hop->mac));
	hop->addresses = link->addresses;
	hop->address_count = link->address_count;
	if (master)
		memcpy(hop->master, master->name, sizeof(hop->master));
	hop->counted = link->traffic.known;
	for (size_t d = 0; d < DIRECTIONS; d++)
		hop->traffic[d] = link->traffic.dir[d].total;
	return at;
}

size_t walk_add_end(struct walk *walk, enum hop_kind kind, enum hop_via via, size_t from, const struct peer *end)
{
	size_t at = walk_find(walk, end->netns, end->index) == WALK_FULL ? new_hop(walk, kind, via, from, end->netns)
	                                                                 : WALK_FULL;

	if (at == WALK_FULL)
		return at;
	walk->hops[at].ns = netns_of(walk->snap, end->netns);
	memcpy(walk->hops[at].name, end->name, sizeof(end->name));
	walk->hops[at].index = end->index;
	return at;
}

size_t walk_add_bridge(struct walk *walk, size_t from, const char name[IFNAMSIZ])
{
	const struct bridge *bridge = NULL;
	struct hop *hop;
	size_t at;

	for (size_t i = 0; i < walk->snap->bridge_count && !bridge; i++) {
		if (!walk->snap->bridges[i].gone && strcmp(walk->snap->bridges[i].name, name) == 0)
			bridge = &walk->snap->bridges[i];
	}
	at = new_hop(walk, HOP_BRIDGE, VIA_PORT, from, walk->snap->observing_inode);
	if (at == WALK_FULL)
		return at;
	hop = &walk->hops[at];
	memcpy(hop->name, name, sizeof(hop->name));
	if (!bridge)
		return at;
	hop->index = bridge->index;
	hop->read = true;
	hop->link = LINK_BRIDGE;
	hop->up = bridge->up;
	hop->mtu = bridge->mtu;
	hop->has_mac = bridge->has_mac;
	memcpy(hop->mac, bridge->mac, sizeof(hop->mac));
	hop->addresses = bridge->addresses;
	hop->address_count = bridge->address_count;
	hop->port_count = bridge->port_count;
	hop->counted = bridge->traffic.known;
	for (size_t d = 0; d < DIRECTIONS; d++)
		hop->traffic[d] = bridge->traffic.dir[d].total;
	return at;
}
