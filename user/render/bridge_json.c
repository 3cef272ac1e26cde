/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/bridge_detail.h"
#include "render/bridge_table.h"
#include "render/json_fields.h"
#include "render/json_tree.h"
#include "render/show.h"

/* As in json_write.c: what could not be made is NULL, and is taken and answered with a failure by whoever it is given to. */

#define TREE_HUNDREDTHS 1e2

static json_t *mac_value(const uint8_t mac[6])
{
	char text[SHOW_MAC_SIZE];

	show_mac(mac, text);
	return tree_text(text);
}

static json_t *ticks_value(uint32_t ticks)
{
	return tree_seconds((double)ticks / BRIDGE_TICKS, TREE_HUNDREDTHS);
}

static json_t *spanning_value(const struct spanning_id *id)
{
	json_auto_t *object = json_object();
	int r = tree_set(object, "priority", tree_number(id->priority));

	r |= tree_set(object, "mac", mac_value(id->mac));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *address_value(const struct address *address, bool prefix)
{
	char text[SHOW_ADDRESS_SIZE];

	address_format(address, text, sizeof(text));
	if (!prefix)
		text[strcspn(text, "/")] = '\0';
	return tree_text(text);
}

static json_t *addresses_value(const struct bridge_view *view)
{
	json_auto_t *array = json_array();

	for (size_t i = 0; i < view->address_count; i++) {
		if (json_array_append_new(array, address_value(&view->addresses[i], true)) < 0)
			return NULL;
	}
	return TAKE_PTR(array);
}

static json_t *vlan_value(const struct bridge_vlan *vlan)
{
	json_auto_t *object = json_object();
	int r = tree_set(object, "first", tree_number(vlan->first));

	r |= tree_set(object, "last", tree_number(vlan->last));
	r |= tree_set(object, "pvid", json_boolean(vlan->pvid));
	r |= tree_set(object, "untagged", json_boolean(vlan->untagged));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *vlans_value(const struct bridge_vlan *vlans, size_t count)
{
	json_auto_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(array, vlan_value(&vlans[i])) < 0)
			return NULL;
	}
	return TAKE_PTR(array);
}

static json_t *counts_value(const struct fdb_count *count)
{
	json_auto_t *object = json_object();

	for (unsigned int i = 0; i < FDB_KINDS; i++) {
		if (tree_set(object, fdb_kind_name((enum fdb_kind)i), tree_number(count->of[i])) < 0)
			return NULL;
	}
	return TAKE_PTR(object);
}

static json_t *flags_value(uint32_t flags)
{
	json_auto_t *object = json_object();

	for (unsigned int i = 0; i < PORT_FLAGS; i++) {
		if (tree_set(object, port_flag_words[i].key, json_boolean(flags >> i & 1)) < 0)
			return NULL;
	}
	return TAKE_PTR(object);
}

static json_t *owners_value(const struct netns *ns)
{
	json_auto_t *array = json_array();

	for (size_t i = 0; i < ns->owner_count; i++) {
		if (json_array_append_new(array, tree_text(ns->owners[i].name)) < 0)
			return NULL;
	}
	return TAKE_PTR(array);
}

static json_t *container_value(const struct belonging *of)
{
	json_auto_t *object = NULL;
	int r;

	if (of->whose != WHOSE_CONTAINER)
		return json_null();
	object = json_object();
	r = tree_set(object, "netns", tree_number(of->ns->inode));
	r |= tree_set(object, "name", tree_text(of->ns->name));
	r |= tree_set(object, "kind", tree_text(owner_kind_name(of->ns->kind)));
	r |= tree_set(object, "owners", owners_value(of->ns));
	r |= tree_set(object, "interface", tree_text(of->link->name));
	r |= tree_set(object, "index", tree_number(of->link->index));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *counter_value(uint64_t packets, uint64_t bytes, uint64_t dropped)
{
	json_auto_t *object = json_object();
	int r = tree_set(object, "packets", tree_number(packets));

	r |= tree_set(object, "bytes", tree_number(bytes));
	r |= tree_set(object, "dropped", tree_number(dropped));
	return r ? NULL : TAKE_PTR(object);
}

static int add_counters(json_t *object, const struct bridge_port *port)
{
	const struct device_stats *stats = &port->stats;
	int r;

	if (!port->has_stats) {
		r = tree_set(object, "in", json_null());
		return r | tree_set(object, "out", json_null());
	}
	r = tree_set(object, "in", counter_value(stats->rx_packets, stats->rx_bytes, stats->rx_dropped));
	return r | tree_set(object, "out", counter_value(stats->tx_packets, stats->tx_bytes, stats->tx_dropped));
}

static json_t *port_value(const struct port_view *view)
{
	const struct bridge_port *port = view->port;
	json_auto_t *object = json_object();
	int r = tree_set(object, "name", tree_text(port->name));

	r |= tree_set(object, "index", tree_number(port->index));
	r |= tree_set(object, "number", tree_number(port->number));
	r |= tree_set(object, "state", tree_text_or_null(json_port_state_name(port->state)));
	r |= tree_set(object, "priority", tree_number(port->priority));
	r |= tree_set(object, "cost", tree_number(port->cost));
	r |= tree_set(object, "flags", flags_value(port->flags));
	r |= tree_set(object, "vlans", vlans_value(view->vlans, view->vlan_count));
	r |= tree_set(object, "container", container_value(&view->of));
	r |= tree_set(object, "fdb_counts", counts_value(&view->fdb));
	r |= add_counters(object, port);
	return r ? NULL : TAKE_PTR(object);
}

static json_t *ports_value(const struct bridge_view *view)
{
	json_auto_t *array = json_array();

	for (size_t i = 0; i < view->port_count; i++) {
		if (json_array_append_new(array, port_value(&view->ports[i])) < 0)
			return NULL;
	}
	return TAKE_PTR(array);
}

static const char *whose_name(enum whose whose)
{
	static const char *const names[] = {
		[WHOSE_NOBODY_KNOWN] = "unknown",
		[WHOSE_CONTAINER] = "container",
		[WHOSE_PORT] = "port",
		[WHOSE_BRIDGE] = "bridge",
	};

	return names[whose];
}

static json_t *entry_value(const struct fdb_view *view)
{
	const struct fdb_entry *entry = view->entry;
	json_auto_t *object = json_object();
	int r = tree_set(object, "mac", mac_value(entry->mac));

	r |= tree_set(object, "port", tree_text(view->port));
	r |= tree_set(object, "vlan", entry->vlan ? tree_number(entry->vlan) : json_null());
	r |= tree_set(object, "kind", tree_text(fdb_kind_name(entry->kind)));
	r |= tree_set(object, "sticky", json_boolean(entry->sticky));
	r |= tree_set(object, "offloaded", json_boolean(entry->offloaded));
	r |= tree_set(object, "updated", entry->aged ? ticks_value(entry->updated) : json_null());
	r |= tree_set(object, "used", entry->aged ? ticks_value(entry->used) : json_null());
	r |= tree_set(object, "remote", entry->kind == FDB_REMOTE ? address_value(&entry->remote, false) : json_null());
	r |= tree_set(object, "whose", tree_text(whose_name(view->of.whose)));
	r |= tree_set(object, "container", container_value(&view->of));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *entries_value(const struct bridge_view *view)
{
	json_auto_t *array = json_array();

	for (size_t i = 0; i < view->entry_count; i++) {
		if (json_array_append_new(array, entry_value(&view->entries[i])) < 0)
			return NULL;
	}
	return TAKE_PTR(array);
}

static int add_settings(json_t *object, const struct bridge_settings *bridge)
{
	int r = tree_set(object, "name", tree_text(bridge->name));

	r |= tree_set(object, "index", tree_number(bridge->index));
	r |= tree_set(object, "mac", bridge->has_mac ? mac_value(bridge->mac) : json_null());
	r |= tree_set(object, "mtu", tree_number(bridge->mtu));
	r |= tree_set(object, "up", json_boolean(bridge->up));
	r |= tree_set(object, "stp", json_boolean(bridge->stp));
	r |= tree_set(object, "id", spanning_value(&bridge->id));
	r |= tree_set(object, "root", spanning_value(&bridge->root));
	r |= tree_set(object, "root_port", tree_number(bridge->root_port));
	r |= tree_set(object, "root_cost", tree_number(bridge->root_cost));
	r |= tree_set(object, "vlan_filtering", json_boolean(bridge->vlan_filtering));
	r |= tree_set(object, "default_pvid", tree_number(bridge->default_pvid));
	r |= tree_set(object, "multicast_snooping", json_boolean(bridge->multicast_snooping));
	r |= tree_set(object, "ageing", ticks_value(bridge->ageing));
	r |= tree_set(object, "forward_delay", ticks_value(bridge->forward_delay));
	return r;
}

static json_t *bridge_value(const struct bridge_view *view, bool entries)
{
	json_auto_t *object = json_object();
	int r = add_settings(object, view->settings);

	r |= tree_set(object, "addresses", addresses_value(view));
	r |= tree_set(object, "vlans", vlans_value(view->vlans, view->vlan_count));
	r |= tree_set(object, "fdb_counts", counts_value(&view->own));
	r |= tree_set(object, "ports", ports_value(view));
	if (entries) {
		r |= tree_set(object, "fdb", entries_value(view));
		r |= tree_set(object, "fdb_left_out", tree_number(view->left_out));
	}
	return r ? NULL : TAKE_PTR(object);
}

int bridge_json_render(const struct bridge_view *bridges, size_t count, uint64_t observing_netns, bool entries,
                       struct buf *ret)
{
	json_auto_t *root = json_object();
	json_t *array = json_array();
	int r = tree_set(root, "version", tree_number(1));

	r |= tree_set(root, "observing_netns", tree_number(observing_netns));
	for (size_t i = 0; i < count; i++)
		r |= json_array_append_new(array, bridge_value(&bridges[i], entries));
	r |= tree_set(root, "bridges", array);
	return tree_write(r ? NULL : root, JSON_INDENT(2), ret);
}
