/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/json_tables.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "model/snapshot.h"
#include "render/json_fields.h"
#include "render/json_read.h"

/* Far above what a node has: no array is made room for that is longer. */
#define MOST_NAMESPACES ((size_t)65536)
#define MOST_LINKS      ((size_t)16384)
#define MOST_OWNERS     ((size_t)1024)
#define MOST_ADDRESSES  ((size_t)4096)

static int read_address(struct json_reader *reader, json_t *value, void *item)
{
	struct address *address = item;
	char text[64];
	uint64_t prefix;
	char *slash;
	int r = json_read_name(reader, value, text, sizeof(text));

	if (r < 0)
		return r;
	slash = strchr(text, '/');
	if (!slash)
		return json_wrong(reader, "not an address with a prefix length");
	*slash = '\0';
	address->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(address->family, text, address->bytes) != 1 ||
	    parse_u64(slash + 1, 0, address->family == AF_INET ? 32 : 128, &prefix) < 0)
		return json_wrong(reader, "not an address with a prefix length");
	address->prefix = (uint8_t)prefix;
	return 0;
}

/* Readers rely on the order. What is in order stays as it is, byte for byte, whatever qsort() does with equals. */
static void put_in_order(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	const char *at = items;

	for (size_t i = 1; i < count; i++, at += size) {
		if (compare(at, at + size) > 0) {
			qsort(items, count, size, compare);
			return;
		}
	}
}

static int read_addresses(struct json_reader *reader, json_t *object, bool optional, const struct address **ret,
                          size_t *ret_count)
{
	struct json_items items = { .size = sizeof(struct address), .most = MOST_ADDRESSES, .read = read_address };
	int r = json_read_items(reader, object, "addresses", optional, &items);

	if (r < 0)
		return r;
	put_in_order(items.items, items.count, items.size, address_compare);
	*ret = items.items;
	*ret_count = items.count;
	return 0;
}

static int read_direction(struct json_reader *reader, json_t *object, bool split, struct counters *counters)
{
	int r = json_read_counter(reader, object, "packets", &counters->total.packets);

	if (r == 0)
		r = json_read_counter(reader, object, "bytes", &counters->total.bytes);
	if (r == 0 && split)
		r = json_read_counter(reader, object, "segments", &counters->segments);
	if (r == 0 && split)
		r = json_read_counter(reader, object, "wire_bytes", &counters->wire_bytes);
	return r;
}

static int read_classes(struct json_reader *reader, json_t *classes, struct counters *counters)
{
	char key[JSON_CLASS_KEY_SIZE];

	for (unsigned int i = 0; i < CTNET_CLASSES; i++) {
		json_t *value;
		size_t mark;
		int r;

		json_class_key((enum ctnet_class)i, key);
		r = json_member(reader, classes, key, JSON_OBJECT, true, &value);
		if (r < 0)
			return r;
		if (!value)
			continue;
		mark = json_enter_key(reader, key);
		r = json_read_counter(reader, value, "packets", &counters->by_class[i].packets);
		if (r == 0)
			r = json_read_counter(reader, value, "bytes", &counters->by_class[i].bytes);
		json_leave(reader, mark);
		if (r < 0)
			return r;
	}
	return 0;
}

static const char *const direction_key[DIRECTIONS] = { [RECEIVE] = "receive", [TRANSMIT] = "transmit" };

static int read_protocols(struct json_reader *reader, json_t *object, struct traffic *traffic)
{
	json_t *protocols;
	int r = json_member(reader, object, "protocols", JSON_OBJECT, true, &protocols);

	for (size_t d = 0; d < DIRECTIONS && r == 0 && protocols; d++) {
		size_t outer = json_enter_key(reader, "protocols");
		json_t *classes;

		r = json_member(reader, protocols, direction_key[d], JSON_OBJECT, false, &classes);
		if (r == 0) {
			size_t inner = json_enter_key(reader, direction_key[d]);

			r = read_classes(reader, classes, &traffic->dir[d]);
			json_leave(reader, inner);
		}
		json_leave(reader, outer);
	}
	return r;
}

static int read_directions(struct json_reader *reader, json_t *object, struct traffic *traffic)
{
	for (size_t d = 0; d < DIRECTIONS; d++) {
		json_t *value;
		size_t mark;
		int r = json_member(reader, object, direction_key[d], JSON_OBJECT, false, &value);

		if (r < 0)
			return r;
		if (d == RECEIVE)
			traffic->split = json_object_get(value, "segments") != NULL;
		mark = json_enter_key(reader, direction_key[d]);
		r = read_direction(reader, value, traffic->split, &traffic->dir[d]);
		json_leave(reader, mark);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_signed(struct json_reader *reader, json_t *object, const char *key, int64_t *ret)
{
	json_t *value;
	int r = json_member(reader, object, key, JSON_INTEGER, false, &value);

	/* the smallest has no size */
	if (r == 0 && json_integer_value(value) == INT64_MIN)
		r = json_wrong(reader, "\"%s\" is out of range", key);
	if (r == 0)
		*ret = json_integer_value(value);
	return r;
}

/* What it said when it was compared with the kernel's counters, if it was. */
static int read_differences(struct json_reader *reader, json_t *object, struct traffic *traffic)
{
	json_t *differences;
	int r = json_member(reader, object, "kernel_difference", JSON_OBJECT, true, &differences);
	size_t outer;

	if (r < 0 || !differences)
		return r;
	traffic->compared = true;
	outer = json_enter_key(reader, "kernel_difference");
	for (size_t d = 0; d < DIRECTIONS && r == 0; d++) {
		json_t *value;

		r = json_member(reader, differences, direction_key[d], JSON_OBJECT, false, &value);
		if (r == 0) {
			size_t inner = json_enter_key(reader, direction_key[d]);

			r = read_signed(reader, value, "packets", &traffic->difference[d].packets);
			if (r == 0)
				r = read_signed(reader, value, "bytes", &traffic->difference[d].bytes);
			json_leave(reader, inner);
		}
	}
	json_leave(reader, outer);
	return r;
}

static int read_traffic(struct json_reader *reader, json_t *object, struct traffic *traffic)
{
	json_t *value;
	int r;

	if (json_is_null(json_object_get(object, "receive")) && json_is_null(json_object_get(object, "transmit")))
		return 0;
	traffic->known = true;
	r = read_directions(reader, object, traffic);
	if (r == 0 && json_object_get(object, "receive_dropped"))
		r = json_read_counter(reader, object, "receive_dropped", &traffic->receive_dropped);
	if (r == 0)
		r = json_member(reader, object, "midlife", JSON_TRUE, true, &value);
	if (r == 0) {
		traffic->midlife = json_is_true(value);
		if (traffic->split)
			r = read_protocols(reader, object, traffic);
	}
	if (r == 0)
		r = read_differences(reader, object, traffic);
	return r;
}

/* The other end, or what it stands on; null: there is none, or it is not known. */
static int read_peer(struct json_reader *reader, json_t *object, const char *key, bool optional, struct peer *peer)
{
	json_t *value = json_object_get(object, key);
	size_t mark;
	int r;

	if (!value && !optional)
		return json_wrong(reader, "has no \"%s\"", key);
	if (!value || json_is_null(value))
		return 0;
	peer->known = true;
	mark = json_enter_key(reader, key);
	r = json_read_shape(reader, value, &json_peer_shape, peer);
	json_leave(reader, mark);
	return r;
}

static int read_interface(struct json_reader *reader, json_t *value, void *item)
{
	struct interface *link = item;
	int r = json_read_shape(reader, value, &json_interface_shape, link);

	if (r == 0)
		r = read_addresses(reader, value, false, &link->addresses, &link->address_count);
	if (r == 0)
		r = read_peer(reader, value, "peer", false, &link->peer);
	if (r == 0)
		r = read_peer(reader, value, "lower", true, &link->lower);
	if (r == 0)
		r = read_traffic(reader, value, &link->traffic);
	return r;
}

static int read_owner(struct json_reader *reader, json_t *value, void *item)
{
	return json_read_shape(reader, value, &json_owner_shape, item);
}

static int compare_interfaces(const void *a, const void *b)
{
	const struct interface *first = a;
	const struct interface *second = b;

	return (first->index > second->index) - (first->index < second->index);
}

static int read_netns(struct json_reader *reader, json_t *value, void *item)
{
	struct json_items owners = { .size = sizeof(struct owner), .most = MOST_OWNERS, .read = read_owner };
	struct json_items links = { .size = sizeof(struct interface), .most = MOST_LINKS, .read = read_interface };
	struct netns *ns = item;
	int r = json_read_shape(reader, value, &json_netns_shape, ns);

	if (r == 0)
		r = json_read_items(reader, value, "owners", false, &owners);
	if (r == 0)
		r = json_read_items(reader, value, "interfaces", false, &links);
	if (r < 0)
		return r;
	put_in_order(links.items, links.count, links.size, compare_interfaces);
	ns->owners = owners.items;
	ns->owner_count = owners.count;
	ns->interfaces = links.items;
	ns->interface_count = links.count;
	return 0;
}

static int compare_netns(const void *a, const void *b)
{
	const struct netns *first = a;
	const struct netns *second = b;

	if (first->inode != second->inode)
		return first->inode < second->inode ? -1 : 1;
	return (first->birth > second->birth) - (first->birth < second->birth);
}

static int read_port(struct json_reader *reader, json_t *value, void *item)
{
	return json_read_text(reader, value, item);
}

static int read_bridge(struct json_reader *reader, json_t *value, void *item)
{
	struct json_items ports = { .size = sizeof(const char *), .most = MOST_LINKS, .read = read_port };
	struct bridge *bridge = item;
	int r = json_read_shape(reader, value, &json_bridge_shape, bridge);

	if (r == 0)
		r = read_addresses(reader, value, true, &bridge->addresses, &bridge->address_count);
	if (r == 0)
		r = json_read_items(reader, value, "ports", false, &ports);
	if (r == 0)
		r = read_traffic(reader, value, &bridge->traffic);
	if (r < 0)
		return r;
	bridge->ports = ports.items;
	bridge->port_count = ports.count;
	return 0;
}

static int compare_bridges(const void *a, const void *b)
{
	const struct bridge *first = a;
	const struct bridge *second = b;

	if (first->index != second->index)
		return first->index < second->index ? -1 : 1;
	return (first->host_birth > second->host_birth) - (first->host_birth < second->host_birth);
}

static int read_device(struct json_reader *reader, json_t *value, void *item)
{
	struct device *device = item;
	int r = json_read_shape(reader, value, &json_device_shape, device);

	return r < 0 ? r : read_addresses(reader, value, false, &device->addresses, &device->address_count);
}

static int compare_devices(const void *a, const void *b)
{
	const struct device *first = a;
	const struct device *second = b;

	return (first->index > second->index) - (first->index < second->index);
}

static int read_devices(struct json_reader *reader, json_t *root, struct snapshot *snap)
{
	struct json_items devices = { .size = sizeof(struct device), .most = MOST_NAMESPACES, .read = read_device };
	int r = json_read_items(reader, root, "devices", true, &devices);

	if (r < 0)
		return r;
	put_in_order(devices.items, devices.count, devices.size, compare_devices);
	snap->devices = devices.items;
	snap->device_count = devices.count;
	return 0;
}

int json_read_tables(struct json_reader *reader, json_t *root, struct snapshot *snap)
{
	struct json_items namespaces = { .size = sizeof(struct netns), .most = MOST_NAMESPACES, .read = read_netns };
	struct json_items bridges = { .size = sizeof(struct bridge), .most = MOST_LINKS, .read = read_bridge };
	int r = json_read_items(reader, root, "namespaces", false, &namespaces);

	if (r == 0)
		r = json_read_items(reader, root, "bridges", false, &bridges);
	if (r < 0)
		return r;
	put_in_order(namespaces.items, namespaces.count, namespaces.size, compare_netns);
	put_in_order(bridges.items, bridges.count, bridges.size, compare_bridges);
	snap->namespaces = namespaces.items;
	snap->namespace_count = namespaces.count;
	snap->bridges = bridges.items;
	snap->bridge_count = bridges.count;
	return read_devices(reader, root, snap);
}
