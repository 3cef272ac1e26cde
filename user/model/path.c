/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/path.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "model/path_hops.h"

static void follow_interface(struct walk *walk, const struct netns *ns, const struct interface *link, size_t at);

static void cross_here(struct walk *walk, const struct device *device, size_t at);

static bool is_bond(enum link_kind kind)
{
	return kind == LINK_BOND || kind == LINK_TEAM;
}

static bool is_way_out(const struct walk *walk, const struct device *device, const struct device *port)
{
	if (port->master != device->index)
		return false;
	return is_bond(device->kind) ||
	       (device->kind == LINK_BRIDGE && (device_leads_out(walk->snap, port) || pair_of(walk, port)));
}

/* What a device of the observing namespace stands on, or leaves by. A device that is on the path already ends it. */
static void follow_device(struct walk *walk, const struct device *device, size_t at)
{
	const struct snapshot *snap = walk->snap;

	for (size_t i = 0; i < snap->device_count; i++) {
		const struct device *next = &snap->devices[i];
		const struct device *pair = pair_of(walk, next);
		size_t hop;

		if (device->lower != 0 && next->index == device->lower)
			hop = walk_add_device(walk, HOP_LOWER, VIA_LOWER, at, next);
		else if (is_way_out(walk, device, next))
			hop = walk_add_device(walk, HOP_PORT, VIA_MEMBER, at, next);
		else
			continue;
		if (hop != WALK_FULL && pair)
			cross_here(walk, pair, hop);
		else if (hop != WALK_FULL)
			follow_device(walk, next, hop);
	}
}

/* The best default routes of one family; several of one metric share the load. */
static void add_uplinks(struct walk *walk, uint8_t family, size_t at)
{
	const struct host_facts *facts = walk->facts;
	const struct default_route *best = NULL;

	for (size_t i = 0; i < facts->route_count; i++) {
		const struct default_route *route = &facts->routes[i];
		const struct device *device;
		size_t hop;

		if (route->family != family || (best && route->metric != best->metric))
			continue;
		best = route;
		device = device_of(walk->snap, route->index);
		hop = walk_find(walk, walk->snap->observing_inode, route->index);
		if (hop == WALK_FULL && device) {
			hop = walk_add_device(walk, HOP_UPLINK, VIA_ROUTE, at, device);
			if (hop != WALK_FULL)
				follow_device(walk, device, hop);
		}
		if (hop != WALK_FULL && !walk->hops[hop].routes[family == AF_INET6])
			walk->hops[hop].routes[family == AF_INET6] = route;
	}
}

static void follow_host(struct walk *walk, size_t at)
{
	size_t hop = walk_add(walk, HOP_HOST, VIA_ROUTE, at, walk->snap->observing_inode);

	if (hop == WALK_FULL)
		return;
	add_uplinks(walk, AF_INET, hop);
	add_uplinks(walk, AF_INET6, hop);
}

/* A bridge that has no address and a port to the outside is a switch: the host takes no part. */
static void follow_bridge(struct walk *walk, const struct device *bridge, size_t at)
{
	size_t before = walk->count;

	if (bridge->address_count > 0)
		follow_host(walk, at);
	follow_device(walk, bridge, at);
	if (walk->count == before)
		follow_host(walk, at);
}

/* Over a pair that stays in the observing namespace, and joins two bridges or a bridge and the host itself. */
static void cross_here(struct walk *walk, const struct device *device, size_t at)
{
	const struct device *master = device->master ? device_of(walk->snap, device->master) : NULL;
	size_t hop = walk_add_device(walk, HOP_HOST_END, VIA_PAIR, at, device);

	if (hop == WALK_FULL)
		return;
	if (!master) {
		follow_host(walk, hop);
	} else if (master->kind == LINK_BRIDGE) {
		hop = walk_add_device(walk, HOP_BRIDGE, VIA_PORT, hop, master);
		if (hop != WALK_FULL)
			follow_bridge(walk, master, hop);
	}
}

/* From a host end on: by the master it is a port of, or else into the host's own stack. */
static void follow_host_end(struct walk *walk, const struct device *device, const struct interface *link, size_t at)
{
	const struct device *master = device && device->master ? device_of(walk->snap, device->master) : NULL;
	size_t hop;

	if (master && master->kind != LINK_BRIDGE) {
		hop = walk_add_device(walk, HOP_MASTER, VIA_PORT, at, master);
		if (hop != WALK_FULL)
			(void)walk_add(walk, HOP_NOWHERE, VIA_NOTHING, hop, 0);
	} else if (master) {
		hop = walk_add_device(walk, HOP_BRIDGE, VIA_PORT, at, master);
		if (hop != WALK_FULL)
			follow_bridge(walk, master, hop);
	} else if (link->bridge[0]) {
		hop = walk_add_bridge(walk, at, link->bridge);
		if (hop != WALK_FULL)
			follow_host(walk, hop);
	} else {
		follow_host(walk, at);
	}
}

static void cross_to_host(struct walk *walk, const struct interface *link, size_t at)
{
	const struct device *device = device_of(walk->snap, link->peer.index);
	size_t hop = device ? walk_add_device(walk, HOP_HOST_END, VIA_PAIR, at, device)
	                    : walk_add_end(walk, HOP_HOST_END, VIA_PAIR, at, &link->peer);

	if (hop == WALK_FULL)
		return;
	memcpy(walk->hops[hop].master, link->bridge, sizeof(link->bridge));
	walk->hops[hop].port_state = link->port_state;
	follow_host_end(walk, device, link, hop);
}

/* The interfaces by which a bridge inside a namespace leads out of it. */
static void follow_inner_bridge(struct walk *walk, const struct netns *ns, const struct interface *bridge, size_t at)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		const struct interface *port = &ns->interfaces[i];
		size_t hop;

		if (port->master != bridge->index || !path_leads_out(walk->snap, ns, port))
			continue;
		hop = walk_add_interface(walk, HOP_PORT, VIA_MEMBER, at, ns, port);
		if (hop != WALK_FULL)
			follow_interface(walk, ns, port, hop);
	}
}

/* A namespace in between, which has to route what comes in over @bridge. */
static void follow_netns(struct walk *walk, const struct netns *ns, const struct interface *bridge, size_t at)
{
	size_t hop = walk_add(walk, HOP_NETNS, VIA_ROUTE, at, ns->inode);

	if (hop == WALK_FULL)
		return;
	walk->hops[hop].ns = ns;
	for (size_t i = 0; i < ns->interface_count; i++) {
		const struct interface *out = &ns->interfaces[i];
		size_t next;

		if (out->master == bridge->index || !path_leads_out(walk->snap, ns, out) ||
		    walk_find(walk, ns->inode, out->index) != WALK_FULL)
			continue;
		next = walk_add_interface(walk, HOP_INNER, VIA_ROUTE, hop, ns, out);
		if (next != WALK_FULL)
			follow_interface(walk, ns, out, next);
	}
}

/* To an end that is not here. It goes on where it is a port of a bridge there: a namespace that has others behind it. */
static void cross_to_netns(struct walk *walk, const struct interface *link, size_t at)
{
	const struct netns *ns = netns_of(walk->snap, link->peer.netns);
	const struct interface *far = ns ? interface_of(ns, link->peer.index) : NULL;
	const struct interface *bridge = far && far->master ? interface_of(ns, far->master) : NULL;
	size_t before;
	size_t hop;

	hop = far ? walk_add_interface(walk, HOP_FAR_END, VIA_PAIR, at, ns, far)
	          : walk_add_end(walk, HOP_FAR_END, VIA_PAIR, at, &link->peer);
	if (hop == WALK_FULL || !bridge || bridge->kind != LINK_BRIDGE || ns->inode == walk->hops[0].netns)
		return;
	hop = walk_add_interface(walk, HOP_BRIDGE, VIA_PORT, hop, ns, bridge);
	if (hop == WALK_FULL)
		return;
	before = walk->count;
	follow_inner_bridge(walk, ns, bridge, hop);
	if (bridge->address_count > 0 || walk->count == before)
		follow_netns(walk, ns, bridge, hop);
}

/* What an interface stands on is here, or in a namespace, where its own way goes on. */
static void follow_lower(struct walk *walk, const struct interface *link, size_t at)
{
	const struct netns *ns = netns_of(walk->snap, link->lower.netns);
	const struct interface *lower = ns ? interface_of(ns, link->lower.index) : NULL;
	bool here = link->lower.netns == walk->snap->observing_inode;
	const struct device *device = here ? device_of(walk->snap, link->lower.index) : NULL;
	size_t hop;

	if (device) {
		hop = walk_add_device(walk, HOP_LOWER, VIA_LOWER, at, device);
		if (hop != WALK_FULL)
			follow_device(walk, device, hop);
	} else if (lower) {
		hop = walk_add_interface(walk, HOP_LOWER, VIA_LOWER, at, ns, lower);
		if (hop != WALK_FULL)
			follow_interface(walk, ns, lower, hop);
	} else {
		(void)walk_add_end(walk, HOP_LOWER, VIA_LOWER, at, &link->lower);
	}
}

static void follow_members(struct walk *walk, const struct netns *ns, const struct interface *bond, size_t at)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		const struct interface *port = &ns->interfaces[i];
		size_t hop;

		if (port->master != bond->index)
			continue;
		hop = walk_add_interface(walk, HOP_PORT, VIA_MEMBER, at, ns, port);
		if (hop != WALK_FULL)
			follow_interface(walk, ns, port, hop);
	}
}

static void follow_interface(struct walk *walk, const struct netns *ns, const struct interface *link, size_t at)
{
	if (link->peer.known && link->peer.netns == walk->snap->observing_inode)
		cross_to_host(walk, link, at);
	else if (link->peer.known)
		cross_to_netns(walk, link, at);
	else if (link->lower.known)
		follow_lower(walk, link, at);
	else if (is_bond(link->kind))
		follow_members(walk, ns, link, at);
	else if (link->kind == LINK_BRIDGE)
		follow_inner_bridge(walk, ns, link, at);
	else if (link->kind != LINK_OTHER && link->kind != LINK_DUMMY && link->kind != LINK_IFB)
		(void)walk_add(walk, HOP_NOWHERE, VIA_NOTHING, at, 0);
}

bool path_leads_out(const struct snapshot *snap, const struct netns *ns, const struct interface *interface)
{
	const struct interface *master = interface->master ? interface_of(ns, interface->master) : NULL;

	if (interface->gone || interface->kind == LINK_BRIDGE || interface->kind == LINK_DUMMY ||
	    interface->kind == LINK_IFB)
		return false;
	if (interface->peer.known && interface->peer.netns == ns->inode)
		return false;
	if (!master)
		return true;
	if (is_bond(master->kind)) /* which leads out for it */
		return false;
	if (master->kind == LINK_BRIDGE && interface->peer.known)
		return interface->peer.netns == snap->observing_inode;
	return interface->kind != LINK_TUN;
}

int path_make(const struct snapshot *snap, const struct host_facts *facts, const struct netns *ns,
              const struct interface *interface, struct arena *arena, struct path *ret)
{
	struct walk walk = { .snap = snap, .facts = facts };
	struct hop *hops;

	(void)walk_add_interface(&walk, HOP_INNER, VIA_NOTHING, 0, ns, interface);
	follow_interface(&walk, ns, interface, 0);
	hops = arena_array(arena, walk.count, sizeof(*hops));
	if (!hops)
		return -ENOMEM;
	memcpy(hops, walk.hops, walk.count * sizeof(*hops));
	*ret = (struct path){
		.ns = ns, .interface = interface, .hops = hops, .hop_count = walk.count, .cut = walk.cut
	};
	return 0;
}

int path_make_all(const struct snapshot *snap, const struct host_facts *facts, const struct netns *ns, bool all,
                  struct arena *arena, struct path_list *ret)
{
	struct path *paths = arena_array(arena, ns->interface_count, sizeof(*paths));
	size_t count = 0;

	if (!paths)
		return -ENOMEM;
	for (size_t i = 0; i < ns->interface_count; i++) {
		int r;

		if (!all && !path_leads_out(snap, ns, &ns->interfaces[i]))
			continue;
		r = path_make(snap, facts, ns, &ns->interfaces[i], arena, &paths[count]);
		if (r < 0)
			return r;
		count++;
	}
	*ret = (struct path_list){ paths, count };
	return 0;
}
