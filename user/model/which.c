/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/which.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "model/handle.h"
#include "model/query.h"

/* The things in the making; there is room for one of each kind for each namespace, interface and device. */
struct finding {
	const struct snapshot *snap;
	const struct handle *handle;
	struct thing *things;
	size_t count;
};

const char *thing_kind_name(enum thing_kind kind)
{
	static const char *const names[] = {
		[THING_NETNS] = "namespace", [THING_INTERFACE] = "interface", [THING_HOST_END] = "host end",
		[THING_BRIDGE] = "bridge",   [THING_DEVICE] = "device",       [THING_HOST] = "host",
	};

	return names[kind];
}

static bool is_host_end_of(const struct snapshot *snap, const struct interface *link, const struct device *device)
{
	return link->peer.known && link->peer.netns == snap->observing_inode && link->peer.index == device->index;
}

static void add_device(struct finding *finding, const struct device *device, enum thing_by by,
                       const struct address *address)
{
	struct thing *thing = &finding->things[finding->count++];
	const struct snapshot *snap = finding->snap;

	*thing = (struct thing){ .by = by, .device = device, .address = address };
	thing->kind = device->kind == LINK_BRIDGE ? THING_BRIDGE : THING_DEVICE;
	for (size_t i = 0; i < snap->namespace_count; i++) {
		const struct netns *ns = &snap->namespaces[i];

		for (size_t n = 0; n < ns->interface_count; n++) {
			if (ns->gone || ns->interfaces[n].gone || !is_host_end_of(snap, &ns->interfaces[n], device))
				continue;
			thing->kind = THING_HOST_END;
			thing->ns = ns;
			thing->interface = &ns->interfaces[n];
		}
	}
}

static void find_devices(struct finding *finding)
{
	const struct handle *handle = finding->handle;

	for (size_t i = 0; i < finding->snap->device_count; i++) {
		const struct device *device = &finding->snap->devices[i];
		const struct address *address = NULL;

		if (handle->is_ip && (handle->ip.zone[0] == '\0' || strcmp(handle->ip.zone, device->name) == 0))
			address = ip_find(&handle->ip, device->addresses, device->address_count);
		if (strcmp(device->name, handle->text) == 0)
			add_device(finding, device, BY_NAME, NULL);
		else if (address)
			add_device(finding, device, BY_IP, address);
		else if (handle_is_mac(handle, device->has_mac, device->mac))
			add_device(finding, device, BY_MAC, NULL);
	}
}

static void find_interfaces(struct finding *finding, const struct netns *ns)
{
	const struct handle *handle = finding->handle;

	for (size_t i = 0; i < ns->interface_count; i++) {
		const struct interface *link = &ns->interfaces[i];
		struct thing thing = { .kind = THING_INTERFACE, .ns = ns, .interface = link };

		if (link->gone)
			continue;
		if (handle->is_ip)
			thing.address = interface_find_ip(link, &handle->ip);
		if (thing.address)
			thing.by = BY_IP;
		else if (handle_is_mac(handle, link->has_mac, link->mac))
			thing.by = BY_MAC;
		else
			continue;
		finding->things[finding->count++] = thing;
	}
}

static void find_namespaces(struct finding *finding)
{
	const struct snapshot *snap = finding->snap;

	for (size_t i = 0; i < snap->namespace_count; i++) {
		const struct netns *ns = &snap->namespaces[i];

		if (ns->gone)
			continue;
		if (handle_is_netns(finding->handle, ns))
			finding->things[finding->count++] = (struct thing){ .kind = THING_NETNS, .ns = ns };
		find_interfaces(finding, ns);
	}
	if (finding->handle->number != 0 && finding->handle->number == snap->observing_inode)
		finding->things[finding->count++] = (struct thing){ .kind = THING_HOST };
}

static void find_id_prefixes(struct finding *finding)
{
	for (size_t i = 0; i < finding->snap->namespace_count; i++) {
		const struct netns *ns = &finding->snap->namespaces[i];

		if (!ns->gone && handle_is_id_prefix(finding->handle, ns))
			finding->things[finding->count++] = (struct thing){ .kind = THING_NETNS, .ns = ns };
	}
}

static void add_named(struct finding *finding, const struct netns *ns, const char *name)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		const struct interface *link = &ns->interfaces[i];

		if (!ns->gone && !link->gone && strcmp(link->name, name) == 0)
			finding->things[finding->count++] =
				(struct thing){ .kind = THING_INTERFACE, .ns = ns, .interface = link };
	}
}

/* "box:eth0", or "eth0" alone. */
static int find_names(struct finding *finding)
{
	const struct handle *handle = finding->handle;
	_cleanup_free_ const struct netns **found = NULL;
	size_t count = 0;
	int r;

	for (size_t i = 0; i < finding->snap->namespace_count; i++)
		add_named(finding, &finding->snap->namespaces[i], handle->text);
	if (finding->count > 0 || handle->owner_len == 0)
		return 0;
	r = query_resolve(finding->snap, handle->text, &found, &count);
	for (size_t i = 0; r == 0 && i < count; i++)
		add_named(finding, found[i], handle->text + handle->owner_len + 1);
	return r;
}

int which_find(const struct snapshot *snap, const char *text, struct arena *arena, struct thing **ret,
               size_t *ret_count)
{
	const struct handle handle = handle_read(text);
	struct finding finding = { .snap = snap, .handle = &handle };
	size_t most = snap->device_count + snap->namespace_count + 1;

	for (size_t i = 0; i < snap->namespace_count; i++)
		most += snap->namespaces[i].interface_count;
	finding.things = arena_array(arena, most, sizeof(*finding.things));
	if (!finding.things)
		return -ENOMEM;
	if (handle.len > 0) {
		find_devices(&finding);
		find_namespaces(&finding);
		if (finding.count == 0)
			find_id_prefixes(&finding);
		if (finding.count == 0 && find_names(&finding) < 0)
			return -ENOMEM;
	}
	*ret = finding.things;
	*ret_count = finding.count;
	return 0;
}

static bool has_port(const struct snapshot *snap, const struct netns *ns, const struct device *bridge)
{
	for (size_t i = 0; i < snap->device_count; i++) {
		const struct device *port = &snap->devices[i];

		for (size_t n = 0; port->master == bridge->index && n < ns->interface_count; n++) {
			if (!ns->interfaces[n].gone && is_host_end_of(snap, &ns->interfaces[n], port))
				return true;
		}
	}
	return false;
}

int which_ports(const struct snapshot *snap, const struct device *bridge, struct arena *arena, struct bridge_ports *ret)
{
	struct bridge_ports ports = { .owners = arena_array(arena, snap->namespace_count, sizeof(*ports.owners)) };

	if (!ports.owners)
		return -ENOMEM;
	for (size_t i = 0; i < snap->device_count; i++)
		ports.ports += snap->devices[i].master == bridge->index;
	for (size_t i = 0; i < snap->namespace_count; i++) {
		if (!snap->namespaces[i].gone && has_port(snap, &snap->namespaces[i], bridge))
			ports.owners[ports.owner_count++] = &snap->namespaces[i];
	}
	*ret = ports;
	return 0;
}
