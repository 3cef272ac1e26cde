/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/counters.h"
#include "model/link.h"

/** How a member of a struct stands in JSON. */
enum json_field_type {
	JSON_FIELD_U64,       /* uint64_t: whole number */
	JSON_FIELD_U32,       /* uint32_t: whole number */
	JSON_FIELD_PID,       /* pid_t: whole number */
	JSON_FIELD_BOOL,      /* bool */
	JSON_FIELD_TEXT,      /* const char *: string */
	JSON_FIELD_NAME,      /* char[IFNAMSIZ]: string */
	JSON_FIELD_NAME_NULL, /* char[IFNAMSIZ]: string, null for "" */
	JSON_FIELD_MAC,       /* uint8_t[6] with a bool that says whether there is one: string or null */
	JSON_FIELD_OWNER,     /* enum owner_kind: its name */
	JSON_FIELD_LINK,      /* enum link_kind: its name */
	JSON_FIELD_PORT,      /* enum port_state: its name, null for PORT_NONE */
	JSON_FIELD_COUNTED,   /* enum counted_at: its name */
};

/** One plain member: written and read by the same line, so that the two agree. */
struct json_field {
	const char *key;
	enum json_field_type type;
	size_t offset;
	size_t has_offset; /* JSON_FIELD_MAC: of the bool */
	bool optional;     /* may be missing in what is read: what it stands for is then 0, false, null or "" */
};

/** The plain members of one struct, in the order they are written. */
struct json_shape {
	const struct json_field *fields;
	size_t count;
};

extern const struct json_shape json_owner_shape;     /* struct owner */
extern const struct json_shape json_netns_shape;     /* struct netns, without owners and interfaces */
extern const struct json_shape json_interface_shape; /* struct interface, without addresses, peers and traffic */
extern const struct json_shape json_peer_shape;      /* struct peer, where it is known */
extern const struct json_shape json_bridge_shape;    /* struct bridge, without addresses, ports and traffic */
extern const struct json_shape json_device_shape;    /* struct device, without addresses */
extern const struct json_shape json_lifecycle_shape; /* struct lifecycle, without the histograms */

/** Room for json_class_key(). */
#define JSON_CLASS_KEY_SIZE 32

/** "ipv4_tcp", …; "arp" and "other", which have no protocol under them. */
void json_class_key(enum ctnet_class c, char out[JSON_CLASS_KEY_SIZE]);

/** "disabled", "forwarding", …; NULL for PORT_NONE. */
const char *json_port_state_name(enum port_state state);
