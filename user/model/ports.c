/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/ports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* A host end by its name, which is unique in the observing namespace at one time. */
struct host_end {
	const char *name;
	const struct netns_rate *owner;
	const struct interface *interface;
};

static int compare_ends(const void *a, const void *b)
{
	return strcmp(((const struct host_end *)a)->name, ((const struct host_end *)b)->name);
}

/* The host ends of all namespaces, sorted by name. */
static int list_ends(const struct rates *rates, struct host_end **ret, size_t *ret_count)
{
	_cleanup_free_ struct host_end *ends = NULL;
	size_t count = 0;

	for (size_t i = 0; i < rates->namespace_count; i++)
		count += rates->namespaces[i].ns->interface_count;
	ends = calloc(count + 1, sizeof(*ends));
	if (!ends)
		return -ENOMEM;
	count = 0;
	for (size_t i = 0; i < rates->namespace_count; i++) {
		const struct netns_rate *owner = &rates->namespaces[i];

		for (size_t j = 0; j < owner->ns->interface_count; j++) {
			const struct interface *interface = &owner->ns->interfaces[j];

			if (!owner->ns->gone && !interface->gone && interface->bridge[0])
				ends[count++] = (struct host_end){ interface->peer.name, owner, interface };
		}
	}
	qsort(ends, count, sizeof(*ends), compare_ends);
	*ret = TAKE_PTR(ends);
	*ret_count = count;
	return 0;
}

int ports_list(const struct rates *rates, struct port_line **ret, size_t *ret_count)
{
	_cleanup_free_ struct host_end *ends = NULL;
	_cleanup_free_ struct port_line *lines = NULL;
	size_t end_count = 0;
	size_t count = 0;

	if (list_ends(rates, &ends, &end_count) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < rates->bridge_count; i++)
		count += 1 + rates->bridges[i].bridge->port_count;
	lines = calloc(count + 1, sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	count = 0;
	for (size_t i = 0; i < rates->bridge_count; i++) {
		const struct bridge_rate *bridge = &rates->bridges[i];

		lines[count++].bridge = bridge;
		for (size_t j = 0; j < bridge->bridge->port_count; j++) {
			struct host_end key = { .name = bridge->bridge->ports[j] };
			const struct host_end *end = bsearch(&key, ends, end_count, sizeof(key), compare_ends);

			lines[count++] = (struct port_line){ bridge, key.name, end ? end->owner : NULL,
				                             end ? end->interface : NULL };
		}
	}
	*ret = TAKE_PTR(lines);
	*ret_count = count;
	return 0;
}
