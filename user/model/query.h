/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/rates.h"
#include "model/snapshot.h"

/** Columns a table of namespaces can be sorted by. */
enum sort_column {
	SORT_NAME,
	SORT_KIND,
	SORT_BRIDGE,
	SORT_RX,
	SORT_TX,
	SORT_TOTAL, /* rx + tx */
	SORT_PACKETS,
	SORT_AGE,
	SORT_NETNS,
	SORT_COLUMNS,
};

/** "name", "kind", …; what -s takes. */
const char *sort_column_name(enum sort_column column);

/** Returns 0 and the column, or -EINVAL for an unknown name. */
int sort_column_from_name(const char *name, enum sort_column *ret);

/**
 * Whether a namespace passes a filter. The filter is a case-insensitive piece of text, looked for in the owners' names, ids, kinds,
 * images, pods, the netns inode, interface names, host ends, bridges and addresses; "key=value" with key one of name, kind, bridge,
 * id, image, netns, interface, address looks there only; a leading "!" turns it round; several words must all hold. "" passes all.
 */
bool query_matches(const struct netns *ns, const char *filter);

/**
 * Orders rates->namespaces by @column (largest first for quantities, A first for text; @reverse turns it round), ties by inode and birth, gone
 * rows where they belong, and drops those that do not match.
 *
 * @ret: array of @ret_count pointers into @rates, free() it
 * Returns 0 or -ENOMEM.
 */
int query_select(const struct rates *rates, const char *filter, enum sort_column column, bool reverse,
                 const struct netns_rate ***ret, size_t *ret_count);

/**
 * Finds the namespaces that NAME may mean: owner's name ("box", or "docker/box"), id or its prefix (4 characters or more), pod
 * ("web-0", or "shop/web-0"), `ip netns` name, PID of an owner, netns inode, host interface, MAC address (with colons or
 * dashes), IP address (with a prefix length or a zone, or without), or any of these with ":INTERFACE" behind it; exact names
 * before prefixes, and for either the living before the gone.
 *
 * @ret: array of @ret_count pointers into @snap, free() it; 0 found gives NULL, more than one is ambiguous
 * Returns 0 or -ENOMEM.
 */
int query_resolve(const struct snapshot *snap, const char *name, const struct netns ***ret, size_t *ret_count);

/**
 * Which of the owners of a namespace NAME means, by name, id or its beginning, pod or PID; NULL where it means the namespace by something
 * else, as an address.
 */
const struct owner *query_owner(const struct netns *ns, const char *name);
