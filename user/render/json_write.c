/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/accuracy.h"
#include "model/snapshot.h"
#include "render/json.h"
#include "render/json_fields.h"
#include "render/json_tree.h"
#include "render/show.h"

/*
 * Each function makes one value, or adds members to one: jansson's functions take what another could not make, NULL, and fail in turn, so that
 * a lack of memory is seen at the end.
 */

static json_t *mac_value(const struct json_field *field, const char *base)
{
	char text[SHOW_MAC_SIZE];
	bool has;

	memcpy(&has, base + field->has_offset, sizeof(has));
	if (!has)
		return json_null();
	show_mac((const uint8_t *)base + field->offset, text);
	return tree_text(text);
}

/* The named kinds: enums, which have the size of an unsigned int with gcc and clang here. */
static json_t *enum_value(enum json_field_type type, unsigned int value)
{
	if (type == JSON_FIELD_OWNER)
		return tree_text(owner_kind_name((enum owner_kind)value));
	if (type == JSON_FIELD_LINK)
		return tree_text(link_kind_name((enum link_kind)value));
	if (type == JSON_FIELD_COUNTED)
		return tree_text(counted_at_name((enum counted_at)value));
	return tree_text_or_null(json_port_state_name((enum port_state)value));
}

static json_t *field_value(const struct json_field *field, const char *base)
{
	const char *at = base + field->offset;
	union {
		uint64_t u64;
		uint32_t u32;
		pid_t pid;
		bool yes;
		const char *text;
		unsigned int number;
	} value;

	switch (field->type) {
	case JSON_FIELD_U64:
		memcpy(&value.u64, at, sizeof(value.u64));
		return tree_number(value.u64);
	case JSON_FIELD_U32:
		memcpy(&value.u32, at, sizeof(value.u32));
		return tree_number(value.u32);
	case JSON_FIELD_PID:
		memcpy(&value.pid, at, sizeof(value.pid));
		return tree_number(value.pid > 0 ? (uint64_t)value.pid : 0);
	case JSON_FIELD_BOOL:
		memcpy(&value.yes, at, sizeof(value.yes));
		return json_boolean(value.yes);
	case JSON_FIELD_TEXT:
		memcpy(&value.text, at, sizeof(value.text));
		return tree_text(value.text);
	case JSON_FIELD_NAME:
		return tree_text(at);
	case JSON_FIELD_NAME_NULL:
		return tree_text_or_null(at);
	case JSON_FIELD_MAC:
		return mac_value(field, base);
	case JSON_FIELD_OWNER:
	case JSON_FIELD_LINK:
	case JSON_FIELD_PORT:
	case JSON_FIELD_COUNTED:
		memcpy(&value.number, at, sizeof(value.number));
		return enum_value(field->type, value.number);
	}
	return NULL;
}

/* The plain members of a struct, as an object that the others are added to. */
static json_t *shape_value(const struct json_shape *shape, const void *base)
{
	json_auto_t *object = json_object();

	for (size_t i = 0; i < shape->count; i++) {
		const struct json_field *field = &shape->fields[i];

		if (tree_set(object, field->key, field_value(field, base)) < 0)
			return NULL;
	}
	return TAKE_PTR(object);
}

/* An array of what @make makes of each row. */
static json_t *array_value(const void *first, size_t count, size_t size, json_t *(*make)(const void *row))
{
	json_auto_t *array = json_array();
	const char *row = first;

	for (size_t i = 0; i < count; i++, row += size) {
		if (json_array_append_new(array, make(row)) < 0)
			return NULL;
	}
	return TAKE_PTR(array);
}

static json_t *address_value(const void *row)
{
	char text[SHOW_ADDRESS_SIZE];

	address_format(row, text, sizeof(text));
	return tree_text(text);
}

static json_t *direction_value(const struct counters *counters, bool split)
{
	json_auto_t *object = json_object();
	int r = tree_set(object, "packets", tree_number(counters->total.packets));

	r |= tree_set(object, "bytes", tree_number(counters->total.bytes));
	if (split) {
		r |= tree_set(object, "segments", tree_number(counters->segments));
		r |= tree_set(object, "wire_bytes", tree_number(counters->wire_bytes));
	}
	return r ? NULL : TAKE_PTR(object);
}

/* Those protocols that were seen. */
static json_t *classes_value(const struct counters *counters)
{
	json_auto_t *object = json_object();
	char key[JSON_CLASS_KEY_SIZE];

	for (unsigned int i = 0; i < CTNET_CLASSES; i++) {
		const struct counters class = { .total = counters->by_class[i] };

		if (class.total.packets == 0 && class.total.bytes == 0)
			continue;
		json_class_key((enum ctnet_class)i, key);
		if (tree_set(object, key, direction_value(&class, false)) < 0)
			return NULL;
	}
	return TAKE_PTR(object);
}

static json_t *protocols_value(const struct traffic *traffic)
{
	json_auto_t *object = json_object();
	int r = tree_set(object, "receive", classes_value(&traffic->dir[RECEIVE]));

	r |= tree_set(object, "transmit", classes_value(&traffic->dir[TRANSMIT]));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *difference_value(const struct difference *difference)
{
	json_auto_t *object = json_object();
	int r = tree_set(object, "packets", json_integer(difference->packets));

	r |= tree_set(object, "bytes", json_integer(difference->bytes));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *differences_value(const struct traffic *traffic)
{
	json_auto_t *object = json_object();
	int r = tree_set(object, "receive", difference_value(&traffic->difference[RECEIVE]));

	r |= tree_set(object, "transmit", difference_value(&traffic->difference[TRANSMIT]));
	return r ? NULL : TAKE_PTR(object);
}

static int add_traffic(json_t *object, const struct traffic *traffic)
{
	int r;

	if (!traffic->known) {
		r = tree_set(object, "receive", json_null());
		r |= tree_set(object, "transmit", json_null());
		return r;
	}
	r = tree_set(object, "receive", direction_value(&traffic->dir[RECEIVE], traffic->split));
	r |= tree_set(object, "transmit", direction_value(&traffic->dir[TRANSMIT], traffic->split));
	r |= tree_set(object, "receive_dropped", tree_number(traffic->receive_dropped));
	r |= tree_set(object, "midlife", json_boolean(traffic->midlife));
	if (traffic->split)
		r |= tree_set(object, "protocols", protocols_value(traffic));
	if (traffic->compared)
		r |= tree_set(object, "kernel_difference", differences_value(traffic));
	return r;
}

static json_t *peer_value(const struct peer *peer)
{
	return peer->known ? shape_value(&json_peer_shape, peer) : json_null();
}

static json_t *interface_value(const void *row)
{
	const struct interface *link = row;
	json_auto_t *object = shape_value(&json_interface_shape, link);
	int r = tree_set(object, "addresses",
	                 array_value(link->addresses, link->address_count, sizeof(*link->addresses), address_value));

	r |= tree_set(object, "peer", peer_value(&link->peer));
	r |= tree_set(object, "lower", peer_value(&link->lower));
	r |= add_traffic(object, &link->traffic);
	return r ? NULL : TAKE_PTR(object);
}

static json_t *owner_value(const void *row)
{
	return shape_value(&json_owner_shape, row);
}

static json_t *netns_value(const void *row)
{
	const struct netns *ns = row;
	json_auto_t *object = shape_value(&json_netns_shape, ns);
	int r = tree_set(object, "owners", array_value(ns->owners, ns->owner_count, sizeof(*ns->owners), owner_value));

	r |= tree_set(object, "interfaces",
	              array_value(ns->interfaces, ns->interface_count, sizeof(*ns->interfaces), interface_value));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *port_value(const void *row)
{
	return tree_text(*(const char *const *)row);
}

static json_t *bridge_value(const void *row)
{
	const struct bridge *bridge = row;
	json_auto_t *object = shape_value(&json_bridge_shape, bridge);
	int r = tree_set(object, "addresses",
	                 array_value(bridge->addresses, bridge->address_count, sizeof(*bridge->addresses),
	                             address_value));

	r |= tree_set(object, "ports",
	              array_value(bridge->ports, bridge->port_count, sizeof(*bridge->ports), port_value));
	r |= add_traffic(object, &bridge->traffic);
	return r ? NULL : TAKE_PTR(object);
}

static json_t *device_value(const void *row)
{
	const struct device *device = row;
	json_auto_t *object = shape_value(&json_device_shape, device);
	int r = tree_set(object, "addresses",
	                 array_value(device->addresses, device->address_count, sizeof(*device->addresses),
	                             address_value));

	return r ? NULL : TAKE_PTR(object);
}

static json_t *source_value(const struct source *source)
{
	json_auto_t *object = json_object();
	int r = tree_set(object, "up", json_boolean(source->up));

	r |= tree_set(object, "incomplete", json_boolean(source->incomplete));
	r |= tree_set(object, "detail", tree_text(source->detail));
	return r ? NULL : TAKE_PTR(object);
}

static int add_sources(json_t *root, const struct snapshot *snap)
{
	json_auto_t *states = json_object();
	json_auto_t *details = json_object();
	int r = 0;

	for (size_t i = 0; i < snap->source_count; i++) {
		const struct source *source = &snap->sources[i];

		r |= tree_set(states, source->name, tree_text(source->state));
		r |= tree_set(details, source->name, source_value(source));
	}
	r |= tree_set(root, "sources", TAKE_PTR(states));
	r |= tree_set(root, "source_details", TAKE_PTR(details));
	return r;
}

static json_t *bucket_value(const void *row)
{
	return tree_number(*(const uint64_t *)row);
}

static json_t *histogram_value(const struct histogram *times)
{
	json_auto_t *object = json_object();
	int r = tree_set(object, "count", tree_number(times->count));

	r |= tree_set(object, "sum_ns", tree_number(times->sum_ns));
	r |= tree_set(object, "buckets",
	              array_value(times->bucket, HISTOGRAM_BUCKETS, sizeof(*times->bucket), bucket_value));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *histograms_value(const struct lifecycle *lifecycle)
{
	json_auto_t *object = json_object();
	int r = tree_set(object, "setup", histogram_value(&lifecycle->setup));

	r |= tree_set(object, "teardown", histogram_value(&lifecycle->teardown));
	r |= tree_set(object, "lifetime", histogram_value(&lifecycle->lifetime));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *lifecycle_value(const struct snapshot *snap)
{
	json_auto_t *object = shape_value(&json_lifecycle_shape, &snap->lifecycle);
	int r = tree_set(object, "alive", tree_number(snap->alive));

	r |= tree_set(object, "held", tree_number(snap->held));
	r |= tree_set(object, "histograms", histograms_value(&snap->lifecycle));
	return r ? NULL : TAKE_PTR(object);
}

static json_t *losses_value(const struct snapshot *snap)
{
	json_auto_t *object = json_object();

	for (size_t i = 0; i < snap->loss_count; i++) {
		if (tree_set(object, snap->losses[i].what, tree_number(snap->losses[i].count)) < 0)
			return NULL;
	}
	return TAKE_PTR(object);
}

static json_t *accuracy_value(const struct snapshot *snap)
{
	struct agreement agreement = snapshot_agreement(snap);
	json_auto_t *object = difference_value(&agreement.largest);

	return tree_set(object, "compared", tree_number(agreement.compared)) ? NULL : TAKE_PTR(object);
}

static json_t *snapshot_value(const struct snapshot *snap)
{
	json_auto_t *root = json_object();
	int r = tree_set(root, "version", tree_number(1));

	r |= tree_set(root, "time", tree_seconds(snap->time, TREE_MILLISECONDS));
	r |= tree_set(root, "duration", tree_seconds(snap->duration, TREE_MICROSECONDS));
	r |= tree_set(root, "boottime_ns", tree_number(snap->now));
	r |= tree_set(root, "observing_netns", tree_number(snap->observing_inode));
	r |= add_sources(root, snap);
	r |= tree_set(root, "namespaces",
	              array_value(snap->namespaces, snap->namespace_count, sizeof(*snap->namespaces), netns_value));
	r |= tree_set(root, "bridges",
	              array_value(snap->bridges, snap->bridge_count, sizeof(*snap->bridges), bridge_value));
	r |= tree_set(root, "devices",
	              array_value(snap->devices, snap->device_count, sizeof(*snap->devices), device_value));
	r |= tree_set(root, "lifecycle", lifecycle_value(snap));
	r |= tree_set(root, "losses", losses_value(snap));
	r |= tree_set(root, "accuracy", accuracy_value(snap));
	return r ? NULL : TAKE_PTR(root);
}

int json_render(const struct snapshot *snap, bool pretty, struct buf *ret)
{
	json_auto_t *root = snapshot_value(snap);

	return tree_write(root, pretty ? JSON_INDENT(2) : JSON_COMPACT, ret);
}
