/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/which.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "render/heading.h"
#include "render/show.h"

#define OWNERS_SHOWN 4

/* "box (docker 0c3ff02115a4)" */
static void put_owner(struct buf *out, const struct netns *ns)
{
	heading_name(out, ns);
	if (ns->owner_count == 0)
		return;
	(void)buf_puts(out, " (");
	heading_kind(out, &ns->owners[0]);
	(void)buf_putc(out, ')');
}

static void put_address(struct buf *out, const struct address *address)
{
	char text[SHOW_ADDRESS_SIZE];

	address_format(address, text, sizeof(text));
	(void)buf_puts(out, text);
}

static const char *name_of(const struct thing *thing)
{
	const char *name = thing->device ? thing->device->name : thing->interface->name;

	return name[0] ? name : "?";
}

/* What the line is about: as the device is called, or the address it was found by. */
static void put_subject(struct buf *out, const struct thing *thing)
{
	char text[SHOW_MAC_SIZE];

	switch (thing->by) {
	case BY_NAME:
		(void)buf_printf(out, "%s: ", name_of(thing));
		return;
	case BY_IP:
		put_address(out, thing->address);
		(void)buf_printf(out, ": address of %s, ", name_of(thing));
		return;
	case BY_MAC:
		show_mac(thing->device ? thing->device->mac : thing->interface->mac, text);
		(void)buf_printf(out, "%s: MAC address of %s, ", text, name_of(thing));
		return;
	}
}

static void put_port(struct buf *out, const struct interface *link)
{
	if (link->bridge[0])
		(void)buf_printf(out, ", port of %s", link->bridge);
}

static void put_interface(struct buf *out, const struct snapshot *snap, const struct thing *thing)
{
	const struct interface *link = thing->interface;

	(void)buf_printf(out, "%s of ", link_kind_name(link->kind));
	put_owner(out, thing->ns);
	if (link->peer.known && link->peer.name[0])
		(void)buf_printf(out, ", %s %s", link->peer.netns == snap->observing_inode ? "host end" : "other end",
		                 link->peer.name);
	if (link->lower.known && link->lower.name[0])
		(void)buf_printf(out, ", on %s", link->lower.name);
	put_port(out, link);
}

static void put_netns(struct buf *out, const struct netns *ns)
{
	put_owner(out, ns);
	(void)buf_printf(out, ": network namespace %" PRIu64, ns->inode);
	for (size_t i = 0; i < ns->interface_count; i++) {
		char text[SHOW_ADDRESS_SIZE];

		if (i == OWNERS_SHOWN) {
			(void)buf_printf(out, " and %zu more", ns->interface_count - i);
			break;
		}
		show_address(ns->interfaces[i].addresses, ns->interfaces[i].address_count, text);
		(void)buf_printf(out, ", %s%s%s", ns->interfaces[i].name[0] ? ns->interfaces[i].name : "?",
		                 text[0] ? " " : "", text);
	}
	if (ns->interface_count == 0)
		(void)buf_puts(out, ", no interface");
	for (size_t i = 1; i < ns->owner_count; i++)
		(void)buf_printf(out, "%s%s", i == 1 ? ", shared with " : " and ", ns->owners[i].name);
}

static void put_bridge(struct buf *out, const struct bridge_ports *ports)
{
	(void)buf_printf(out, "bridge of this host, %zu port%s", ports->ports, ports->ports == 1 ? "" : "s");
	if (ports->owner_count == 0)
		return;
	(void)buf_printf(out, " of %zu owner%s (", ports->owner_count, ports->owner_count == 1 ? "" : "s");
	for (size_t i = 0; i < ports->owner_count && i < OWNERS_SHOWN; i++) {
		(void)buf_puts(out, i > 0 ? ", " : "");
		heading_name(out, ports->owners[i]);
	}
	(void)buf_puts(out, ports->owner_count > OWNERS_SHOWN ? ", ...)" : ")");
}

static const struct device *device_by_index(const struct snapshot *snap, uint32_t index)
{
	for (size_t i = 0; index != 0 && i < snap->device_count; i++) {
		if (snap->devices[i].index == index)
			return &snap->devices[i];
	}
	return NULL;
}

/* Addresses, what it stands on or is a port of, and the default routes that leave by it. */
static void put_device_details(struct buf *out, const struct snapshot *snap, const struct host_facts *facts,
                               const struct thing *thing)
{
	const struct device *device = thing->device;
	const struct device *master = device_by_index(snap, device->master);
	const struct device *lower = device_by_index(snap, device->lower);

	for (size_t i = 0; i < device->address_count; i++) {
		if (address_is_link_local(&device->addresses[i]) || &device->addresses[i] == thing->address)
			continue;
		(void)buf_puts(out, ", ");
		put_address(out, &device->addresses[i]);
	}
	if (lower)
		(void)buf_printf(out, ", on %s", lower->name);
	if (master)
		(void)buf_printf(out, ", port of %s", master->name);
	for (size_t i = 0; i < facts->route_count; i++) {
		char text[SHOW_ROUTE_SIZE];

		if (facts->routes[i].index != device->index)
			continue;
		show_default_route(&facts->routes[i], text);
		(void)buf_printf(out, ", %s", text);
	}
}

static void put_line(struct buf *out, const struct thing *thing, const struct snapshot *snap,
                     const struct host_facts *facts, const struct bridge_ports *ports)
{
	if (thing->kind == THING_NETNS) {
		put_netns(out, thing->ns);
		return;
	}
	if (thing->kind == THING_HOST) {
		(void)buf_printf(out, "this host: network namespace %" PRIu64 ", the one ctnet runs in",
		                 snap->observing_inode);
		return;
	}
	put_subject(out, thing);
	if (thing->kind == THING_INTERFACE) {
		put_interface(out, snap, thing);
	} else if (thing->kind == THING_HOST_END) {
		(void)buf_printf(out, "host end of %s of ", thing->interface->name[0] ? thing->interface->name : "?");
		put_owner(out, thing->ns);
	} else if (thing->kind == THING_BRIDGE && ports) {
		put_bridge(out, ports);
	} else {
		(void)buf_printf(out, "%s of this host", link_kind_name(thing->device->kind));
	}
	if (thing->device)
		put_device_details(out, snap, facts, thing);
}

int which_render_text(const struct thing *thing, const struct snapshot *snap, const struct host_facts *facts,
                      const struct bridge_ports *ports, struct buf *ret)
{
	size_t before = ret->len;

	put_line(ret, thing, snap, facts, ports);
	(void)buf_putc(ret, '\n');
	if (!ret->failed)
		return 0;
	ret->len = before;
	return -ENOMEM;
}

void which_put_short(const struct thing *thing, struct buf *out)
{
	if (thing->kind == THING_HOST) {
		(void)buf_puts(out, "this host");
		return;
	}
	if (thing->kind == THING_NETNS) {
		put_owner(out, thing->ns);
		return;
	}
	(void)buf_puts(out, name_of(thing));
	(void)buf_puts(out, thing->kind == THING_INTERFACE ? " of " : " of this host");
	if (thing->kind == THING_INTERFACE)
		put_owner(out, thing->ns);
}
