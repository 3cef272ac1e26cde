/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "model/bridge_detail.h"
#include "model/order.h"

const struct port_flag_words port_flag_words[PORT_FLAGS] = {
	[PORT_FLAG_HAIRPIN] = { "hairpin", false, "hairpin" },
	[PORT_FLAG_GUARD] = { "guard", false, "bpdu guard" },
	[PORT_FLAG_ROOT_BLOCK] = { "root_block", false, "root block" },
	[PORT_FLAG_FASTLEAVE] = { "fastleave", false, "fast leave" },
	[PORT_FLAG_LEARNING] = { "learning", true, "no learning" },
	[PORT_FLAG_FLOOD] = { "flood", true, "no flood" },
	[PORT_FLAG_MCAST_FLOOD] = { "mcast_flood", true, "no multicast flood" },
	[PORT_FLAG_BCAST_FLOOD] = { "bcast_flood", true, "no broadcast flood" },
	[PORT_FLAG_MCAST_TO_UNICAST] = { "mcast_to_unicast", false, "multicast to unicast" },
	[PORT_FLAG_NEIGH_SUPPRESS] = { "neigh_suppress", false, "neighbour suppression" },
	[PORT_FLAG_VLAN_TUNNEL] = { "vlan_tunnel", false, "vlan tunnel" },
	[PORT_FLAG_ISOLATED] = { "isolated", false, "isolated" },
	[PORT_FLAG_LOCKED] = { "locked", false, "locked" },
};

uint32_t port_flags_usual(void)
{
	uint32_t flags = 0;

	for (unsigned int i = 0; i < PORT_FLAGS; i++)
		flags |= (uint32_t)port_flag_words[i].usual << i;
	return flags;
}

const char *fdb_kind_name(enum fdb_kind kind)
{
	static const char *const names[FDB_KINDS] = {
		[FDB_LEARNED] = "learned", [FDB_STATIC] = "static", [FDB_PERMANENT] = "permanent",
		[FDB_EXTERN] = "extern",   [FDB_REMOTE] = "remote",
	};

	return names[kind];
}

int fdb_compare(const void *a, const void *b)
{
	const struct fdb_entry *x = a;
	const struct fdb_entry *y = b;
	int r = ORDER(x->port, y->port);

	r = r ? r : ORDER(x->vlan, y->vlan);
	r = r ? r : memcmp(x->mac, y->mac, sizeof(x->mac));
	r = r ? r : ORDER(x->kind, y->kind);
	return r ? r : address_compare(&x->remote, &y->remote);
}

int fdb_count_compare(const void *a, const void *b)
{
	const struct fdb_count *x = a;
	const struct fdb_count *y = b;

	return ORDER(x->port, y->port);
}

int bridge_settings_compare(const void *a, const void *b)
{
	const struct bridge_settings *x = a;
	const struct bridge_settings *y = b;

	return ORDER(x->index, y->index);
}

int bridge_port_compare(const void *a, const void *b)
{
	const struct bridge_port *x = a;
	const struct bridge_port *y = b;
	int r = ORDER(x->bridge, y->bridge);

	r = r ? r : ORDER(x->number, y->number);
	return r ? r : ORDER(x->index, y->index);
}

int bridge_vlan_compare(const void *a, const void *b)
{
	const struct bridge_vlan *x = a;
	const struct bridge_vlan *y = b;
	int r = ORDER(x->index, y->index);

	return r ? r : ORDER(x->first, y->first);
}

void bridge_look_free(struct bridge_look *look)
{
	array_free(&look->bridges);
	array_free(&look->ports);
	array_free(&look->vlans);
	array_free(&look->counts);
	array_free(&look->entries);
}
