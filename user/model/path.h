/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/host_facts.h"
#include "model/snapshot.h"

struct arena;

/** What a hop is. */
enum hop_kind {
	HOP_INNER, /* an interface of a namespace: where a path begins, or where it goes on from a namespace in between */
	HOP_HOST_END, /* the other end of a pair, in the observing namespace */
	HOP_FAR_END,  /* the other end of a pair, in another namespace or the same */
	HOP_BRIDGE,
	HOP_MASTER,  /* of which the one before is a port, and that is no bridge: OVS, a VRF, a bond */
	HOP_LOWER,   /* what the one before stands on: of a macvlan, ipvlan, VLAN or VXLAN */
	HOP_PORT,    /* a port of the bridge, bond or team before, by which it leaves */
	HOP_UPLINK,  /* the device of a default route of the observing namespace */
	HOP_NETNS,   /* a namespace in between that would have to route; whether it does is not known */
	HOP_HOST,    /* the observing namespace, which routes where forwarding is on */
	HOP_NOWHERE, /* it leads on, and nobody knows where to */
};

/** "inner end", "host end", … */
const char *hop_kind_name(enum hop_kind kind);

/** How a hop is joined to the one it hangs on. */
enum hop_via {
	VIA_NOTHING, /* the first */
	VIA_PAIR,
	VIA_PORT,   /* the one before is a port of this one */
	VIA_MEMBER, /* this one is a port of the one before */
	VIA_LOWER,  /* the one before stands on this one */
	VIA_UPPER,  /* this one stands on the one before */
	VIA_ROUTE,
};

/** "pair", "port", …; NULL for VIA_NOTHING. */
const char *hop_via_name(enum hop_via via);

/** One thing on the way of a packet. All of it is a copy of, or points into, the snapshot and the facts it was made from. */
struct hop {
	enum hop_kind kind;
	enum hop_via via;
	size_t from;            /* the hop it hangs on; of the first: itself */
	uint64_t netns;         /* where it is; 0: not known */
	const struct netns *ns; /* whose it is; NULL: the observing namespace's, or nobody known */
	char name[IFNAMSIZ];    /* "": not known, or it is no device */
	uint32_t index;         /* 0: likewise */
	bool read;              /* the device was read; else all below is empty */
	enum link_kind link;
	bool up;
	bool gone;
	uint32_t mtu;
	bool has_mac;
	uint8_t mac[6];
	const struct address *addresses;
	size_t address_count;
	char master[IFNAMSIZ]; /* of which it is a port; "": none */
	enum port_state port_state;
	size_t port_count; /* of a bridge of the observing namespace */
	bool counted;
	struct count traffic[DIRECTIONS]; /* from the device's own point of view: what it received and sent */
	/* the default routes that leave by it, of HOP_UPLINK, or of another kind where they leave by a hop that was there before */
	const struct default_route *routes[2]; /* IPv4, IPv6; NULL: none */
};

/** Whether two hops, of two paths maybe, are the same device or namespace. What is not known is the same as nothing. */
bool hop_same(const struct hop *a, const struct hop *b);

/** Most hops of a path: a bond of that many ports is nobody's. */
#define PATH_HOPS 64

/** The way of one interface to the end of what is known: a tree, as a host may have several uplinks. */
struct path {
	const struct netns *ns;
	const struct interface *interface;
	const struct hop *hops; /* each behind the one it hangs on */
	size_t hop_count;
	bool cut; /* there are more hops than PATH_HOPS */
};

/** Whether an interface leads out of its namespace: not one of a bridge to namespaces behind it, nor one that ends in itself. */
bool path_leads_out(const struct snapshot *snap, const struct netns *ns, const struct interface *interface);

/**
 * Follows an interface of @ns to the uplinks, the NIC or wherever it ends. Pure. Nothing is guessed: what is not known is a hop that says so.
 *
 * @facts: of the observing namespace of @snap
 * @ret: in @arena, points into @snap and @facts
 * Returns 0 or -ENOMEM.
 */
int path_make(const struct snapshot *snap, const struct host_facts *facts, const struct netns *ns,
              const struct interface *interface, struct arena *arena, struct path *ret);

struct path_list {
	const struct path *paths;
	size_t count;
};

/**
 * All paths of a namespace, in the order of the indexes.
 *
 * @all: one for each interface, also for those that do not lead out
 * @ret: in @arena
 * Returns 0 or -ENOMEM.
 */
int path_make_all(const struct snapshot *snap, const struct host_facts *facts, const struct netns *ns, bool all,
                  struct arena *arena, struct path_list *ret);

/** How two namespaces reach one another, the nearest first. */
enum way_kind {
	WAY_SAME,     /* they are one namespace */
	WAY_PAIR,     /* a pair between the two */
	WAY_BRIDGE,   /* ports of one bridge, here or in another namespace */
	WAY_SIBLINGS, /* macvlans, or ipvlans, on one device */
	WAY_ROUTED,   /* through the observing namespace, or another one in between, which has to route */
	WAY_OUTSIDE,  /* both leave by the same device: only what is outside may join them */
	WAY_NONE,     /* no way is known */
};

/** "same namespace", "pair", … */
const char *way_kind_name(enum way_kind kind);

struct way {
	enum way_kind kind;
	struct path path; /* from an interface of the one to one of the other; empty for WAY_SAME and WAY_NONE */
	const struct interface *far; /* where it ends; NULL for WAY_SAME and WAY_NONE */
	bool one_network;            /* the two interfaces have addresses in one network */
	struct address network;      /* the address at this end of it, where one_network */
};

/**
 * The nearest way between two namespaces; of ways of one kind that between interfaces with addresses in one network. Pure.
 *
 * @ret: as path_make()
 * Returns 0 or -ENOMEM.
 */
int path_between(const struct snapshot *snap, const struct host_facts *facts, const struct netns *ns,
                 const struct netns *to, struct arena *arena, struct way *ret);
