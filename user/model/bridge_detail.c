/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/bridge_detail.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "model/order.h"

/* One interface of a container whose host end is here, findable by that end and by its address. */
struct inner {
	const struct netns *ns;
	const struct interface *link;
};

struct detail {
	const struct snapshot *snap;
	const struct bridge_look *look;
	struct arena *arena;
	struct array by_host; /* struct inner, by index of the host end */
	struct array by_mac;  /* struct inner, by address */
};

static int inner_compare_host(const void *a, const void *b)
{
	const struct inner *x = a;
	const struct inner *y = b;

	return ORDER(x->link->peer.index, y->link->peer.index);
}

static int inner_compare_mac(const void *a, const void *b)
{
	const struct inner *x = a;
	const struct inner *y = b;

	return memcmp(x->link->mac, y->link->mac, sizeof(x->link->mac));
}

static int list_inner(struct detail *detail)
{
	const struct snapshot *snap = detail->snap;

	for (size_t i = 0; i < snap->namespace_count; i++) {
		const struct netns *ns = &snap->namespaces[i];

		for (size_t j = 0; j < ns->interface_count; j++) {
			const struct inner inner = { ns, &ns->interfaces[j] };
			const struct peer *peer = &inner.link->peer;

			if (ns->gone || inner.link->gone || !peer->known || peer->netns != snap->observing_inode)
				continue;
			if (array_append(&detail->by_host, &inner) < 0 ||
			    (inner.link->has_mac && array_append(&detail->by_mac, &inner) < 0))
				return -ENOMEM;
		}
	}
	array_sort(&detail->by_host, inner_compare_host);
	array_sort(&detail->by_mac, inner_compare_mac);
	return 0;
}

static struct belonging of_port(const struct detail *detail, uint32_t port)
{
	const struct interface link = { .peer.index = port };
	const struct inner key = { NULL, &link };
	const struct inner *found;
	size_t at;

	if (!array_find(&detail->by_host, &key, inner_compare_host, &at))
		return (struct belonging){ .whose = WHOSE_NOBODY_KNOWN };
	found = array_at(&detail->by_host, at);
	return (struct belonging){ WHOSE_CONTAINER, found->ns, found->link };
}

/* The interface with that address: the one behind the port, or the only one on the bridge. */
static struct belonging of_mac(const struct detail *detail, const char *bridge, const struct fdb_entry *entry)
{
	struct interface link = { .has_mac = true };
	const struct inner key = { NULL, &link };
	const struct inner *only = NULL;
	size_t on_bridge = 0;
	size_t at;

	memcpy(link.mac, entry->mac, sizeof(link.mac));
	(void)array_find(&detail->by_mac, &key, inner_compare_mac, &at);
	for (; at < detail->by_mac.count; at++) {
		const struct inner *inner = array_at(&detail->by_mac, at);

		if (inner_compare_mac(inner, &key) != 0)
			break;
		if (inner->link->peer.index == entry->port)
			return (struct belonging){ WHOSE_CONTAINER, inner->ns, inner->link };
		if (strcmp(inner->link->bridge, bridge) == 0) {
			only = inner;
			on_bridge++;
		}
	}
	if (on_bridge != 1)
		return (struct belonging){ .whose = WHOSE_NOBODY_KNOWN };
	return (struct belonging){ WHOSE_CONTAINER, only->ns, only->link };
}

static struct belonging of_entry(const struct detail *detail, const struct bridge_settings *bridge,
                                 const struct fdb_entry *entry)
{
	if (entry->kind == FDB_PERMANENT && bridge->has_mac && memcmp(bridge->mac, entry->mac, sizeof(entry->mac)) == 0)
		return (struct belonging){ .whose = WHOSE_BRIDGE };
	if (entry->kind == FDB_PERMANENT)
		return (struct belonging){ .whose = entry->port == bridge->index ? WHOSE_BRIDGE : WHOSE_PORT };
	return of_mac(detail, bridge->name, entry);
}

static const struct bridge_vlan *vlans_of(const struct bridge_look *look, uint32_t index, size_t *ret_count)
{
	const struct bridge_vlan key = { .index = index };
	size_t first, end;

	(void)array_find(&look->vlans, &key, bridge_vlan_compare, &first);
	for (end = first; end < look->vlans.count; end++) {
		const struct bridge_vlan *vlan = array_at(&look->vlans, end);

		if (vlan->index != index)
			break;
	}
	*ret_count = end - first;
	return end > first ? array_at(&look->vlans, first) : NULL;
}

static struct fdb_count count_of(const struct bridge_look *look, uint32_t port)
{
	const struct fdb_count key = { .port = port };
	size_t at;

	if (!array_find(&look->counts, &key, fdb_count_compare, &at))
		return key;
	return *(const struct fdb_count *)array_at(&look->counts, at);
}

static uint64_t left_out_of(const struct fdb_count *count)
{
	uint64_t all = 0;

	for (unsigned int i = 0; i < FDB_KINDS; i++)
		all += count->of[i];
	return all - count->kept;
}

static int fill_ports(const struct detail *detail, struct bridge_view *view)
{
	const struct bridge_look *look = detail->look;
	const struct bridge_port key = { .bridge = view->settings->index };
	size_t first, end;

	(void)array_find(&look->ports, &key, bridge_port_compare, &first);
	for (end = first; end < look->ports.count; end++) {
		const struct bridge_port *port = array_at(&look->ports, end);

		if (port->bridge != view->settings->index)
			break;
	}
	view->ports = arena_array(detail->arena, end - first, sizeof(*view->ports));
	if (!view->ports)
		return -ENOMEM;
	view->port_count = end - first;
	for (size_t i = 0; i < view->port_count; i++) {
		struct port_view *port = &view->ports[i];

		port->port = array_at(&look->ports, first + i);
		port->of = of_port(detail, port->port->index);
		port->vlans = vlans_of(look, port->port->index, &port->vlan_count);
		port->fdb = count_of(look, port->port->index);
		view->left_out += left_out_of(&port->fdb);
	}
	return 0;
}

static const char *name_of_port(const struct bridge_view *view, uint32_t index)
{
	for (size_t i = 0; i < view->port_count; i++) {
		if (view->ports[i].port->index == index)
			return view->ports[i].port->name;
	}
	return index == view->settings->index ? view->settings->name : NULL;
}

/* Entries lie port by port, so the name is looked for once each. */
static int fill_entries(const struct detail *detail, struct bridge_view *view)
{
	const struct array *entries = &detail->look->entries;
	const char *name = NULL;
	uint32_t port = 0;

	view->entries = arena_array(detail->arena, entries->count, sizeof(*view->entries));
	if (!view->entries)
		return -ENOMEM;
	for (size_t i = 0; i < entries->count; i++) {
		const struct fdb_entry *entry = array_at(entries, i);

		if (entry->port != port)
			name = name_of_port(view, entry->port);
		port = entry->port;
		if (!name)
			continue; /* of another bridge, or of a port that came after the ports were read */
		view->entries[view->entry_count++] = (struct fdb_view){
			.entry = entry,
			.port = name,
			.of = of_entry(detail, view->settings, entry),
		};
	}
	return 0;
}

static int fill_bridge(const struct detail *detail, const struct bridge_settings *settings, struct bridge_view *view)
{
	const struct snapshot *snap = detail->snap;
	int r;

	view->settings = settings;
	for (size_t i = 0; i < snap->bridge_count; i++) {
		const struct bridge *known = &snap->bridges[i];

		if (known->gone || known->index != settings->index)
			continue;
		view->addresses = known->addresses;
		view->address_count = known->address_count;
	}
	view->vlans = vlans_of(detail->look, settings->index, &view->vlan_count);
	view->own = count_of(detail->look, settings->index);
	view->left_out = left_out_of(&view->own);
	r = fill_ports(detail, view);
	return r < 0 ? r : fill_entries(detail, view);
}

static int build(struct detail *detail, struct bridge_view **ret)
{
	const struct array *bridges = &detail->look->bridges;
	struct bridge_view *views = arena_array(detail->arena, bridges->count, sizeof(*views));
	int r = list_inner(detail);

	if (!views)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < bridges->count; i++)
		r = fill_bridge(detail, array_at(bridges, i), &views[i]);
	if (r == 0)
		*ret = views;
	return r;
}

int bridge_detail_build(const struct snapshot *snap, const struct bridge_look *look, struct arena *arena,
                        struct bridge_view **ret, size_t *ret_count)
{
	struct detail detail = {
		.snap = snap,
		.look = look,
		.arena = arena,
		.by_host = ARRAY_OF(struct inner),
		.by_mac = ARRAY_OF(struct inner),
	};
	int r = build(&detail, ret);

	array_free(&detail.by_host);
	array_free(&detail.by_mac);
	if (r == 0)
		*ret_count = look->bridges.count;
	return r;
}
