/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/json_fields.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "model/snapshot.h"

/* Keys are a contract: those of the design are wanted when read, those added since may be missing. */
#define WANTED(type_, struct_, key_, member)                                                                           \
	{                                                                                                              \
		.key = (key_), .type = (type_), .offset = offsetof(struct struct_, member)                             \
	}
#define OPTIONAL(type_, struct_, key_, member)                                                                         \
	{                                                                                                              \
		.key = (key_), .type = (type_), .offset = offsetof(struct struct_, member), .optional = true           \
	}
#define MAC(struct_)                                                                                                   \
	{                                                                                                              \
		.key = "mac", .type = JSON_FIELD_MAC, .offset = offsetof(struct struct_, mac),                         \
		.has_offset = offsetof(struct struct_, has_mac), .optional = true                                      \
	}
#define SHAPE(fields_)                                                                                                 \
	{                                                                                                              \
		.fields = (fields_), .count = ARRAY_SIZE(fields_)                                                      \
	}

static const struct json_field owner_fields[] = {
	WANTED(JSON_FIELD_OWNER, owner, "kind", kind),
	WANTED(JSON_FIELD_TEXT, owner, "name", name),
	WANTED(JSON_FIELD_TEXT, owner, "id", id),
	WANTED(JSON_FIELD_TEXT, owner, "image", image),
	WANTED(JSON_FIELD_PID, owner, "pid", pid),
	OPTIONAL(JSON_FIELD_TEXT, owner, "pod_name", pod_name),
	OPTIONAL(JSON_FIELD_TEXT, owner, "pod_namespace", pod_namespace),
	OPTIONAL(JSON_FIELD_BOOL, owner, "left", left),
};

static const struct json_field netns_fields[] = {
	WANTED(JSON_FIELD_U64, netns, "netns", inode),        WANTED(JSON_FIELD_TEXT, netns, "name", name),
	WANTED(JSON_FIELD_OWNER, netns, "kind", kind),        WANTED(JSON_FIELD_BOOL, netns, "held", held),
	OPTIONAL(JSON_FIELD_TEXT, netns, "held_by", held_by), OPTIONAL(JSON_FIELD_BOOL, netns, "gone", gone),
	OPTIONAL(JSON_FIELD_U64, netns, "birth_ns", birth),
};

static const struct json_field interface_fields[] = {
	WANTED(JSON_FIELD_NAME, interface, "name", name),
	WANTED(JSON_FIELD_U32, interface, "index", index),
	WANTED(JSON_FIELD_LINK, interface, "kind", kind),
	MAC(interface),
	WANTED(JSON_FIELD_U32, interface, "mtu", mtu),
	WANTED(JSON_FIELD_BOOL, interface, "up", up),
	OPTIONAL(JSON_FIELD_BOOL, interface, "gone", gone),
	OPTIONAL(JSON_FIELD_U64, interface, "host_birth_ns", host_birth),
	WANTED(JSON_FIELD_NAME_NULL, interface, "bridge", bridge),
	OPTIONAL(JSON_FIELD_PORT, interface, "port_state", port_state),
	OPTIONAL(JSON_FIELD_U64, interface, "birth_ns", birth),
	OPTIONAL(JSON_FIELD_U32, interface, "master", master),
	OPTIONAL(JSON_FIELD_COUNTED, interface, "counted", counted),
};

static const struct json_field peer_fields[] = {
	WANTED(JSON_FIELD_U64, peer, "netns", netns),
	WANTED(JSON_FIELD_NAME, peer, "name", name),
	WANTED(JSON_FIELD_U32, peer, "index", index),
};

static const struct json_field bridge_fields[] = {
	WANTED(JSON_FIELD_NAME, bridge, "name", name),
	WANTED(JSON_FIELD_U32, bridge, "index", index),
	MAC(bridge),
	OPTIONAL(JSON_FIELD_U32, bridge, "mtu", mtu),
	OPTIONAL(JSON_FIELD_BOOL, bridge, "up", up),
	OPTIONAL(JSON_FIELD_BOOL, bridge, "gone", gone),
	OPTIONAL(JSON_FIELD_U64, bridge, "host_birth_ns", host_birth),
};

static const struct json_field device_fields[] = {
	WANTED(JSON_FIELD_NAME, device, "name", name),
	WANTED(JSON_FIELD_U32, device, "index", index),
	WANTED(JSON_FIELD_LINK, device, "kind", kind),
	MAC(device),
	WANTED(JSON_FIELD_BOOL, device, "up", up),
	WANTED(JSON_FIELD_U32, device, "mtu", mtu),
	WANTED(JSON_FIELD_U32, device, "master", master),
	WANTED(JSON_FIELD_U32, device, "lower", lower),
	WANTED(JSON_FIELD_PORT, device, "port_state", port_state),
};

static const struct json_field lifecycle_fields[] = {
	WANTED(JSON_FIELD_U64, lifecycle, "created", created),
	WANTED(JSON_FIELD_U64, lifecycle, "destroyed", destroyed),
	WANTED(JSON_FIELD_U64, lifecycle, "lost", lost),
	OPTIONAL(JSON_FIELD_BOOL, lifecycle, "exact", exact),
};

const struct json_shape json_owner_shape = SHAPE(owner_fields);
const struct json_shape json_netns_shape = SHAPE(netns_fields);
const struct json_shape json_interface_shape = SHAPE(interface_fields);
const struct json_shape json_peer_shape = SHAPE(peer_fields);
const struct json_shape json_bridge_shape = SHAPE(bridge_fields);
const struct json_shape json_device_shape = SHAPE(device_fields);
const struct json_shape json_lifecycle_shape = SHAPE(lifecycle_fields);

void json_class_key(enum ctnet_class c, char out[JSON_CLASS_KEY_SIZE])
{
	if (c == CTNET_ARP || c == CTNET_OTHER)
		(void)snprintf(out, JSON_CLASS_KEY_SIZE, "%s", class_family(c));
	else
		(void)snprintf(out, JSON_CLASS_KEY_SIZE, "%s_%s", class_family(c), class_protocol(c));
}

const char *json_port_state_name(enum port_state state)
{
	static const char *const names[] = {
		[PORT_DISABLED] = "disabled",     [PORT_LISTENING] = "listening", [PORT_LEARNING] = "learning",
		[PORT_FORWARDING] = "forwarding", [PORT_BLOCKING] = "blocking",
	};

	return (size_t)state < ARRAY_SIZE(names) ? names[state] : NULL;
}
