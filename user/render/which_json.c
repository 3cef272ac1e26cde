/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "render/json_fields.h"
#include "render/json_tree.h"
#include "render/show.h"
#include "render/which.h"

static json_t *text_value(const struct thing *thing, const struct snapshot *snap, const struct host_facts *facts,
                          const struct bridge_ports *ports)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	if (which_render_text(thing, snap, facts, ports, &line) < 0)
		return NULL;
	line.data[line.len - 1] = '\0'; /* its newline */
	return tree_text(line.data);
}

static json_t *address_or_null(const struct address *address)
{
	char text[SHOW_ADDRESS_SIZE];

	if (!address)
		return json_null();
	address_format(address, text, sizeof(text));
	return tree_text(text);
}

static json_t *owner_value(const struct netns *ns)
{
	const struct owner *owner = ns->owner_count > 0 ? &ns->owners[0] : NULL;
	json_auto_t *object = json_object();
	int r = tree_set(object, "netns", tree_number(ns->inode));

	r |= tree_set(object, "name", tree_text(ns->name));
	r |= tree_set(object, "kind", tree_text(owner_kind_name(ns->kind)));
	r |= tree_set(object, "id", tree_text(owner ? owner->id : ""));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *owners_value(const struct bridge_ports *ports)
{
	json_auto_t *array = json_array();

	for (size_t i = 0; i < ports->owner_count; i++) {
		if (json_array_append_new(array, owner_value(ports->owners[i])) < 0)
			return NULL;
	}
	return TAKE_PTR(array);
}

static json_t *default_value(const struct thing *thing, const struct host_facts *facts)
{
	bool leaves = false;

	for (size_t i = 0; thing->device && i < facts->route_count; i++)
		leaves = leaves || facts->routes[i].index == thing->device->index;
	return json_boolean(leaves);
}

/* By its own name, and where the other end is: of an interface its host end, of a host end the interface. */
static int add_names(json_t *object, const struct thing *thing, const struct snapshot *snap)
{
	const struct interface *link = thing->interface;
	bool has_host_end = link && link->peer.known && link->peer.netns == snap->observing_inode;
	int r = tree_set(object, "interface", tree_text_or_null(link ? link->name : ""));

	r |= tree_set(object, "host_end", tree_text_or_null(has_host_end ? link->peer.name : ""));
	r |= tree_set(object, "device", tree_text_or_null(thing->device ? thing->device->name : ""));
	r |= tree_set(object, "bridge", tree_text_or_null(link ? link->bridge : ""));
	return r;
}

static json_t *thing_value(const struct thing *thing, const struct snapshot *snap, const struct host_facts *facts,
                           const struct bridge_ports *ports)
{
	static const char *const by[] = { [BY_NAME] = "name", [BY_IP] = "address", [BY_MAC] = "mac" };
	json_auto_t *root = json_object();
	int r = tree_set(root, "version", tree_number(1));

	r |= tree_set(root, "thing", tree_text(thing_kind_name(thing->kind)));
	r |= tree_set(root, "by", tree_text(by[thing->by]));
	r |= tree_set(root, "text", text_value(thing, snap, facts, ports));
	r |= tree_set(root, "address", address_or_null(thing->address));
	r |= tree_set(root, "owner", thing->ns ? owner_value(thing->ns) : json_null());
	r |= add_names(root, thing, snap);
	r |= tree_set(root, "default_route", default_value(thing, facts));
	r |= tree_set(root, "ports", ports ? tree_number(ports->ports) : json_null());
	r |= tree_set(root, "owners", ports ? owners_value(ports) : json_null());
	return r ? NULL : TAKE_PTR(root);
}

int which_render_json(const struct thing *thing, const struct snapshot *snap, const struct host_facts *facts,
                      const struct bridge_ports *ports, struct buf *ret)
{
	json_auto_t *root = thing_value(thing, snap, facts, ports);

	return tree_write(root, JSON_INDENT(2), ret);
}
