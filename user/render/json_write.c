/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "model/snapshot.h"
#include "render/json.h"
#include "render/json_fields.h"
#include "render/json_text.h"
#include "render/show.h"

static void write_mac(struct json_text *json, const struct json_field *field, const char *base)
{
	char text[SHOW_MAC_SIZE];
	bool has;

	memcpy(&has, base + field->has_offset, sizeof(has));
	if (has)
		show_mac((const uint8_t *)base + field->offset, text);
	json_put_string_or_null(json, field->key, has ? text : NULL);
}

/* The named kinds: enums, which have the size of an unsigned int with gcc and clang here. */
static void write_enum(struct json_text *json, const struct json_field *field, unsigned int value)
{
	if (field->type == JSON_FIELD_OWNER)
		json_put_string(json, field->key, owner_kind_name((enum owner_kind)value));
	else if (field->type == JSON_FIELD_LINK)
		json_put_string(json, field->key, link_kind_name((enum link_kind)value));
	else
		json_put_string_or_null(json, field->key,
		                        json_port_state_name((enum port_state)value));
}

static void write_field(struct json_text *json, const struct json_field *field, const char *base)
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
		json_put_number(json, field->key, value.u64);
		break;
	case JSON_FIELD_U32:
		memcpy(&value.u32, at, sizeof(value.u32));
		json_put_number(json, field->key, value.u32);
		break;
	case JSON_FIELD_PID:
		memcpy(&value.pid, at, sizeof(value.pid));
		json_put_number(json, field->key, value.pid > 0 ? (uint64_t)value.pid : 0);
		break;
	case JSON_FIELD_BOOL:
		memcpy(&value.yes, at, sizeof(value.yes));
		json_put_bool(json, field->key, value.yes);
		break;
	case JSON_FIELD_TEXT:
		memcpy(&value.text, at, sizeof(value.text));
		json_put_string(json, field->key, value.text);
		break;
	case JSON_FIELD_NAME:
		json_put_string(json, field->key, at);
		break;
	case JSON_FIELD_NAME_NULL:
		json_put_string_or_null(json, field->key, at);
		break;
	case JSON_FIELD_MAC:
		write_mac(json, field, base);
		break;
	case JSON_FIELD_OWNER:
	case JSON_FIELD_LINK:
	case JSON_FIELD_PORT:
		memcpy(&value.number, at, sizeof(value.number));
		write_enum(json, field, value.number);
		break;
	}
}

static void write_shape(struct json_text *json, const struct json_shape *shape, const void *base)
{
	for (size_t i = 0; i < shape->count; i++)
		write_field(json, &shape->fields[i], base);
}

static void write_addresses(struct json_text *json, const struct address *addresses, size_t count)
{
	char text[SHOW_ADDRESS_SIZE];

	json_put_open_flat(json, "addresses", '[');
	for (size_t i = 0; i < count; i++) {
		address_format(&addresses[i], text, sizeof(text));
		json_put_string(json, NULL, text);
	}
	json_put_close(json, ']');
}

static void write_direction(struct json_text *json, const char *key,
                            const struct counters *counters, bool split)
{
	json_put_open_flat(json, key, '{');
	json_put_number(json, "packets", counters->total.packets);
	json_put_number(json, "bytes", counters->total.bytes);
	if (split) {
		json_put_number(json, "segments", counters->segments);
		json_put_number(json, "wire_bytes", counters->wire_bytes);
	}
	json_put_close(json, '}');
}

static void write_classes(struct json_text *json, const char *key, const struct counters *counters)
{
	char name[JSON_CLASS_KEY_SIZE];

	json_put_open_flat(json, key, '{');
	for (unsigned int i = 0; i < CTNET_CLASSES; i++) {
		const struct count *count = &counters->by_class[i];

		if (count->packets == 0 && count->bytes == 0)
			continue;
		json_class_key((enum ctnet_class)i, name);
		json_put_open(json, name, '{');
		json_put_number(json, "packets", count->packets);
		json_put_number(json, "bytes", count->bytes);
		json_put_close(json, '}');
	}
	json_put_close(json, '}');
}

static void write_traffic(struct json_text *json, const struct traffic *traffic)
{
	if (!traffic->known) {
		json_put_null(json, "receive");
		json_put_null(json, "transmit");
		return;
	}
	write_direction(json, "receive", &traffic->dir[RECEIVE], traffic->split);
	write_direction(json, "transmit", &traffic->dir[TRANSMIT], traffic->split);
	json_put_number(json, "receive_dropped", traffic->receive_dropped);
	json_put_bool(json, "midlife", traffic->midlife);
	if (!traffic->split)
		return;
	json_put_open(json, "protocols", '{');
	write_classes(json, "receive", &traffic->dir[RECEIVE]);
	write_classes(json, "transmit", &traffic->dir[TRANSMIT]);
	json_put_close(json, '}');
}

static void write_interface(struct json_text *json, const struct interface *link)
{
	json_put_open(json, NULL, '{');
	write_shape(json, &json_interface_shape, link);
	write_addresses(json, link->addresses, link->address_count);
	if (link->peer.known) {
		json_put_open_flat(json, "peer", '{');
		write_shape(json, &json_peer_shape, &link->peer);
		json_put_close(json, '}');
	} else {
		json_put_null(json, "peer");
	}
	write_traffic(json, &link->traffic);
	json_put_close(json, '}');
}

static void write_netns(struct json_text *json, const struct netns *ns)
{
	json_put_open(json, NULL, '{');
	write_shape(json, &json_netns_shape, ns);
	json_put_open(json, "owners", '[');
	for (size_t i = 0; i < ns->owner_count; i++) {
		json_put_open_flat(json, NULL, '{');
		write_shape(json, &json_owner_shape, &ns->owners[i]);
		json_put_close(json, '}');
	}
	json_put_close(json, ']');
	json_put_open(json, "interfaces", '[');
	for (size_t i = 0; i < ns->interface_count; i++)
		write_interface(json, &ns->interfaces[i]);
	json_put_close(json, ']');
	json_put_close(json, '}');
}

static void write_bridge(struct json_text *json, const struct bridge *bridge)
{
	json_put_open(json, NULL, '{');
	write_shape(json, &json_bridge_shape, bridge);
	write_addresses(json, bridge->addresses, bridge->address_count);
	json_put_open_flat(json, "ports", '[');
	for (size_t i = 0; i < bridge->port_count; i++)
		json_put_string(json, NULL, bridge->ports[i]);
	json_put_close(json, ']');
	write_traffic(json, &bridge->traffic);
	json_put_close(json, '}');
}

static void write_sources(struct json_text *json, const struct snapshot *snap)
{
	json_put_open_flat(json, "sources", '{');
	for (size_t i = 0; i < snap->source_count; i++)
		json_put_string(json, snap->sources[i].name, snap->sources[i].state);
	json_put_close(json, '}');
	json_put_open(json, "source_details", '{');
	for (size_t i = 0; i < snap->source_count; i++) {
		const struct source *source = &snap->sources[i];

		json_put_open_flat(json, source->name, '{');
		json_put_bool(json, "up", source->up);
		json_put_bool(json, "incomplete", source->incomplete);
		json_put_string(json, "detail", source->detail);
		json_put_close(json, '}');
	}
	json_put_close(json, '}');
}

static void write_histogram(struct json_text *json, const char *key, const struct histogram *times)
{
	json_put_open_flat(json, key, '{');
	json_put_number(json, "count", times->count);
	json_put_number(json, "sum_ns", times->sum_ns);
	json_put_open(json, "buckets", '[');
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		json_put_number(json, NULL, times->bucket[i]);
	json_put_close(json, ']');
	json_put_close(json, '}');
}

static void write_lifecycle(struct json_text *json, const struct snapshot *snap)
{
	json_put_open(json, "lifecycle", '{');
	write_shape(json, &json_lifecycle_shape, &snap->lifecycle);
	json_put_number(json, "alive", snap->alive);
	json_put_number(json, "held", snap->held);
	json_put_open(json, "histograms", '{');
	write_histogram(json, "setup", &snap->lifecycle.setup);
	write_histogram(json, "teardown", &snap->lifecycle.teardown);
	write_histogram(json, "lifetime", &snap->lifecycle.lifetime);
	json_put_close(json, '}');
	json_put_close(json, '}');
}

static void write_snapshot(struct json_text *json, const struct snapshot *snap)
{
	json_put_open(json, NULL, '{');
	json_put_number(json, "version", 1);
	json_put_seconds(json, "time", snap->time, 3);
	json_put_seconds(json, "duration", snap->duration, 6);
	json_put_number(json, "boottime_ns", snap->now);
	json_put_number(json, "observing_netns", snap->observing_inode);
	write_sources(json, snap);
	json_put_open(json, "namespaces", '[');
	for (size_t i = 0; i < snap->namespace_count; i++)
		write_netns(json, &snap->namespaces[i]);
	json_put_close(json, ']');
	json_put_open(json, "bridges", '[');
	for (size_t i = 0; i < snap->bridge_count; i++)
		write_bridge(json, &snap->bridges[i]);
	json_put_close(json, ']');
	write_lifecycle(json, snap);
	json_put_open_flat(json, "losses", '{');
	for (size_t i = 0; i < snap->loss_count; i++)
		json_put_number(json, snap->losses[i].what, snap->losses[i].count);
	json_put_close(json, '}');
	json_put_close(json, '}');
}

int json_render(const struct snapshot *snap, bool pretty, struct buf *ret)
{
	struct json_text json = { .out = ret, .pretty = pretty, .first = true };
	size_t before = ret->len;

	write_snapshot(&json, snap);
	(void)buf_putc(ret, '\n');
	if (!ret->failed)
		return 0;
	ret->len = before;
	return -ENOMEM;
}
