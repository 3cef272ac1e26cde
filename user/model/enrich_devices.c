/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "model/enrich.h"

static bool is_loopback(const struct link *link)
{
	return link->kind == LINK_LOOPBACK || (link->flags & IFF_LOOPBACK);
}

static void fill_device(struct enrich *enrich, const struct link *link, struct device *out)
{
	const struct ns_links *here = enrich->lookup.here;

	enrich_link_name(link->name, out->name);
	out->index = link->index;
	out->kind = link->kind;
	memcpy(out->mac, link->mac, sizeof(out->mac));
	out->has_mac = link->has_mac;
	out->up = enrich_link_up(link);
	out->mtu = link->mtu;
	out->addresses = enrich_addresses(enrich, here, link->index, &out->address_count);
	out->master = link->master;
	out->port_state = link->port_state;
	/* the IFLA_LINK of a pair is its other end, and without a nsid that of a tunnel may be itself */
	if (!link_is_pair(link->kind) && !link->peer_elsewhere && link->peer_index != link->index)
		out->lower = link->peer_index;
}

const struct device *enrich_devices(struct enrich *enrich, size_t *ret_count)
{
	const struct ns_links *here = enrich->lookup.here;
	size_t link_count = here ? here->link_count : 0;
	struct device *devices = enrich_array(enrich, link_count, sizeof(*devices));
	size_t count = 0;

	if (!devices)
		return NULL;
	for (size_t i = 0; i < link_count; i++) {
		if (!is_loopback(&here->links[i]))
			fill_device(enrich, &here->links[i], &devices[count++]);
	}
	*ret_count = count;
	return devices;
}
