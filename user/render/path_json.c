/* SPDX-License-Identifier: GPL-2.0-only */
#include <sys/socket.h>

#include "base/cleanup.h"
#include "render/json_fields.h"
#include "render/json_tree.h"
#include "render/path.h"
#include "render/show.h"

/* As in json_write.c: what could not be made is NULL, the functions of jansson take it and fail in turn. */

static json_t *forwarding_value(enum forwarding forwarding)
{
	return forwarding == FORWARDING_UNKNOWN ? json_null() : json_boolean(forwarding == FORWARDING_ON);
}

/* A namespace by what it is called: null for what nobody knows. */
static json_t *netns_value(const struct netns *ns)
{
	json_auto_t *object = NULL;
	int r;

	if (!ns)
		return json_null();
	object = json_object();
	r = tree_set(object, "netns", tree_number(ns->inode));
	r |= tree_set(object, "name", tree_text(ns->name));
	r |= tree_set(object, "kind", tree_text(owner_kind_name(ns->kind)));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *number_or_null(uint64_t value)
{
	return value ? tree_number(value) : json_null();
}

static json_t *addresses_value(const struct hop *hop)
{
	json_auto_t *array = json_array();
	char text[SHOW_ADDRESS_SIZE];

	for (size_t i = 0; i < hop->address_count; i++) {
		address_format(&hop->addresses[i], text, sizeof(text));
		if (json_array_append_new(array, tree_text(text)) < 0)
			return NULL;
	}
	return TAKE_PTR(array);
}

static json_t *mac_value(const struct hop *hop)
{
	char text[SHOW_MAC_SIZE];

	if (!hop->has_mac)
		return json_null();
	show_mac(hop->mac, text);
	return tree_text(text);
}

static json_t *route_value(const struct default_route *route)
{
	json_auto_t *object = json_object();
	char text[SHOW_ADDRESS_SIZE] = "";
	int r = tree_set(object, "family", tree_text(route->family == AF_INET ? "ipv4" : "ipv6"));

	if (route->has_gateway)
		show_host(&route->gateway, text);
	r |= tree_set(object, "via", tree_text_or_null(text));
	r |= tree_set(object, "metric", tree_number(route->metric));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *routes_value(const struct hop *hop)
{
	json_auto_t *array = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(hop->routes); i++) {
		if (hop->routes[i] && json_array_append_new(array, route_value(hop->routes[i])) < 0)
			return NULL;
	}
	return TAKE_PTR(array);
}

static json_t *count_value(const struct hop *hop, enum direction d)
{
	json_auto_t *object = NULL;
	int r;

	if (!hop->counted)
		return json_null();
	object = json_object();
	r = tree_set(object, "packets", tree_number(hop->traffic[d].packets));
	r |= tree_set(object, "bytes", tree_number(hop->traffic[d].bytes));
	return r ? NULL : TAKE_PTR(object);
}

/* What only a device that was read has. */
static int add_device(json_t *object, const struct hop *hop)
{
	int r = tree_set(object, "kind", hop->read ? tree_text(link_kind_name(hop->link)) : json_null());

	r |= tree_set(object, "mac", mac_value(hop));
	r |= tree_set(object, "addresses", addresses_value(hop));
	r |= tree_set(object, "mtu", number_or_null(hop->mtu));
	r |= tree_set(object, "up", hop->read ? json_boolean(hop->up) : json_null());
	r |= tree_set(object, "master", tree_text_or_null(hop->master));
	r |= tree_set(object, "port_state", tree_text_or_null(json_port_state_name(hop->port_state)));
	r |= tree_set(object, "ports", hop->link == LINK_BRIDGE ? tree_number(hop->port_count) : json_null());
	r |= tree_set(object, "rx", count_value(hop, RECEIVE));
	r |= tree_set(object, "tx", count_value(hop, TRANSMIT));
	r |= tree_set(object, "default_routes", routes_value(hop));
	return r;
}

static json_t *hop_value(const struct path *path, size_t at)
{
	const struct hop *hop = &path->hops[at];
	json_auto_t *object = json_object();
	int r = tree_set(object, "hop", tree_text(hop_kind_name(hop->kind)));

	r |= tree_set(object, "via", tree_text_or_null(hop_via_name(hop->via)));
	r |= tree_set(object, "from", at > 0 ? tree_number(hop->from) : json_null());
	r |= tree_set(object, "netns", number_or_null(hop->netns));
	r |= tree_set(object, "owner", netns_value(hop->ns));
	r |= tree_set(object, "name", tree_text_or_null(hop->name));
	r |= tree_set(object, "index", number_or_null(hop->index));
	if (hop->kind == HOP_NOWHERE)
		r |= tree_set(object, "why", tree_text(path_nowhere(&path->hops[hop->from])));
	else if (hop->kind != HOP_HOST && hop->kind != HOP_NETNS)
		r |= add_device(object, hop);
	return r ? NULL : TAKE_PTR(object);
}

static json_t *path_value(const struct path *path)
{
	json_auto_t *object = json_object();
	json_auto_t *hops = json_array();
	int r = 0;

	for (size_t i = 0; i < path->hop_count; i++)
		r |= json_array_append_new(hops, hop_value(path, i));
	r |= tree_set(object, "interface", tree_text_or_null(path->interface ? path->interface->name : ""));
	r |= tree_set(object, "complete", json_boolean(!path->cut));
	r |= tree_set(object, "hops", TAKE_PTR(hops));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *paths_value(const struct path_answer *answer)
{
	json_auto_t *array = json_array();

	if (answer->to && answer->way->path.hop_count > 0)
		return json_array_append_new(array, path_value(&answer->way->path)) < 0 ? NULL : TAKE_PTR(array);
	for (size_t i = 0; !answer->to && i < answer->list.count; i++) {
		if (json_array_append_new(array, path_value(&answer->list.paths[i])) < 0)
			return NULL;
	}
	return TAKE_PTR(array);
}

static json_t *facts_value(const struct host_facts *facts)
{
	json_auto_t *object = json_object();
	int r = tree_set(object, "ipv4", forwarding_value(facts->ipv4));

	r |= tree_set(object, "ipv6", forwarding_value(facts->ipv6));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *answer_value(const struct path_answer *answer)
{
	json_auto_t *root = json_object();
	int r = tree_set(root, "version", tree_number(1));

	r |= tree_set(root, "time", tree_seconds(answer->snap->time, TREE_MILLISECONDS));
	r |= tree_set(root, "observing_netns", tree_number(answer->snap->observing_inode));
	r |= tree_set(root, "forwarding", facts_value(answer->facts));
	r |= tree_set(root, "from", netns_value(answer->ns));
	r |= tree_set(root, "to", netns_value(answer->to));
	r |= tree_set(root, "way", answer->to ? tree_text(way_kind_name(answer->way->kind)) : json_null());
	r |= tree_set(root, "one_network", answer->to ? json_boolean(answer->way->one_network) : json_null());
	r |= tree_set(root, "paths", paths_value(answer));
	return r ? NULL : TAKE_PTR(root);
}

int path_render_json(const struct path_answer *answer, struct buf *ret)
{
	json_auto_t *root = answer_value(answer);

	return tree_write(root, JSON_INDENT(2), ret);
}
