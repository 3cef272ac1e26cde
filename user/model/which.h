/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

#include "model/snapshot.h"

struct arena;

/** What a handle can mean. */
enum thing_kind {
	THING_NETNS,     /* a namespace: ns */
	THING_INTERFACE, /* an interface of a namespace: ns, interface */
	THING_HOST_END,  /* its host end: ns, interface, and device where the links of the host were read */
	THING_BRIDGE,    /* a bridge of the observing namespace: device */
	THING_DEVICE,    /* any other device of the observing namespace: device */
	THING_HOST,      /* the observing namespace itself */
};

/** "namespace", "interface", "host end", "bridge", "device" or "host". */
const char *thing_kind_name(enum thing_kind kind);

/** By what of it a thing was found. */
enum thing_by { BY_NAME, BY_IP, BY_MAC };

/** One thing that a handle means; the pointers that its kind does not name are NULL. */
struct thing {
	enum thing_kind kind;
	enum thing_by by;
	const struct netns *ns;
	const struct interface *interface;
	const struct device *device;
	const struct address *address; /* BY_IP: which one */
};

/** Whose ports a bridge has. */
struct bridge_ports {
	size_t ports;
	const struct netns **owners; /* each once, as the snapshot has them */
	size_t owner_count;
};

/**
 * Finds all that a handle (@text) may mean: what query_resolve() takes, and a device of the observing namespace, or an address of one; where
 * it is none of these, an interface of a namespace by its bare name. What is gone is not looked at. Pure.
 *
 * @ret: array of @ret_count in @arena; 0: nothing, more than one: ambiguous
 * Returns 0 or -ENOMEM.
 */
int which_find(const struct snapshot *snap, const char *text, struct arena *arena, struct thing **ret,
               size_t *ret_count);

/** The ports of a bridge of the observing namespace, and whose they are. @ret: in @arena. Returns 0 or -ENOMEM. */
int which_ports(const struct snapshot *snap, const struct device *bridge, struct arena *arena,
                struct bridge_ports *ret);
