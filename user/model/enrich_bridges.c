/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "model/enrich.h"

static void fill_ports(struct enrich *enrich, const struct link *link, struct bridge *out)
{
	struct link_span ports = lookup_ports(&enrich->lookup, link->index);
	const char **names = enrich_array(enrich, ports.count, sizeof(*names));

	if (!names)
		return;
	for (size_t i = 0; i < ports.count; i++) {
		char *name = enrich_array(enrich, 1, IFNAMSIZ);

		if (!name)
			return;
		enrich_link_name(ports.links[i]->name, name);
		names[i] = name;
	}
	out->ports = names;
	out->port_count = ports.count;
}

static void fill_bridge(struct enrich *enrich, const struct link *link, struct bridge *out)
{
	const struct lookup *lookup = &enrich->lookup;
	const struct link_traffic *traffic = lookup_traffic(lookup, link->index, link->birth);

	enrich_link_name(link->name, out->name);
	out->index = link->index;
	out->host_birth = link->birth;
	memcpy(out->mac, link->mac, sizeof(out->mac));
	out->has_mac = link->has_mac;
	out->up = enrich_link_up(link);
	out->mtu = link->mtu;
	out->addresses = enrich_addresses(enrich, lookup->here, link->index, &out->address_count);
	fill_ports(enrich, link, out);
	if (traffic)
		out->traffic = traffic->traffic;
}

const struct bridge *enrich_bridges(struct enrich *enrich, size_t *ret_count)
{
	const struct ns_links *here = enrich->lookup.here;
	size_t link_count = here ? here->link_count : 0;
	struct bridge *bridges;
	size_t count = 0;

	for (size_t i = 0; i < link_count; i++)
		count += here->links[i].kind == LINK_BRIDGE;
	bridges = enrich_array(enrich, count, sizeof(*bridges));
	if (!bridges)
		return NULL;
	*ret_count = count;
	count = 0;
	for (size_t i = 0; i < link_count; i++) {
		if (here->links[i].kind == LINK_BRIDGE)
			fill_bridge(enrich, &here->links[i], &bridges[count++]);
	}
	return bridges;
}
