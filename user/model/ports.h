/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

#include "model/rates.h"
#include "model/snapshot.h"

/** One line of the bridge view: a bridge, or one of its ports. */
struct port_line {
	const struct bridge_rate *bridge;  /* never NULL */
	const char *port;                  /* NULL: the line is the bridge itself */
	const struct netns_rate *owner;    /* whose port it is; NULL: the host's, or not known */
	const struct interface *interface; /* its inner end; NULL likewise */
};

/**
 * Lists the bridges and under each its ports, in the order of their indexes, with the namespace behind each. Pure.
 *
 * @ret: array of @ret_count, free() it; points into @rates and its snapshot
 * Returns 0 or -ENOMEM.
 */
int ports_list(const struct rates *rates, struct port_line **ret, size_t *ret_count);
