/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "model/counters.h"
#include "model/link.h"
#include "model/snapshot.h"

struct arena;

/*
 * Bridges with all that the bridge code itself knows: more than a snapshot has, looked up when somebody asks and never in a tick.
 */

/** The kernel tells times of a bridge in hundredths of a second (USER_HZ is 100 everywhere ctnet runs). */
#define BRIDGE_TICKS 100

/** A bridge of a spanning tree (IEEE 802.1D): the lower number wins. */
struct spanning_id {
	uint16_t priority;
	uint8_t mac[6];
};

/** A bridge as rtnetlink tells it. */
struct bridge_settings {
	uint32_t index;
	char name[IFNAMSIZ]; /* cleaned text */
	uint8_t mac[6];
	bool has_mac;
	bool up; /* IFF_UP and IFF_LOWER_UP */
	uint32_t mtu;
	bool stp;
	struct spanning_id id, root;
	uint16_t root_port; /* number of the port; 0: this bridge is the root */
	uint32_t root_cost;
	bool vlan_filtering;
	uint16_t default_pvid; /* 0: none */
	bool multicast_snooping;
	uint32_t ageing, forward_delay; /* BRIDGE_TICKS a second */
};

/** What a port does or does not; bits of bridge_port.flags. */
enum port_flag {
	PORT_FLAG_HAIRPIN,
	PORT_FLAG_GUARD,
	PORT_FLAG_ROOT_BLOCK,
	PORT_FLAG_FASTLEAVE,
	PORT_FLAG_LEARNING,
	PORT_FLAG_FLOOD,
	PORT_FLAG_MCAST_FLOOD,
	PORT_FLAG_BCAST_FLOOD,
	PORT_FLAG_MCAST_TO_UNICAST,
	PORT_FLAG_NEIGH_SUPPRESS,
	PORT_FLAG_VLAN_TUNNEL,
	PORT_FLAG_ISOLATED,
	PORT_FLAG_LOCKED,
	PORT_FLAGS,
};

struct port_flag_words {
	const char *key;     /* as `bridge -d -j link` has it */
	bool usual;          /* what a new port has; also where a kernel does not tell */
	const char *unusual; /* in words, when it is otherwise */
};

extern const struct port_flag_words port_flag_words[PORT_FLAGS];

/** The flags of a port of which nothing is told. */
uint32_t port_flags_usual(void);

/** A port as the bridge tells it. */
struct bridge_port {
	uint32_t index;
	uint32_t bridge;     /* index of its bridge */
	char name[IFNAMSIZ]; /* cleaned text */
	enum port_state state;
	uint16_t number;
	uint16_t priority;
	uint32_t cost;
	uint32_t flags;
	bool has_stats;
	struct device_stats stats; /* of the port's device */
};

/** VLANs of a port, or of the bridge itself, that are alike. */
struct bridge_vlan {
	uint32_t index; /* of the port or the bridge */
	uint16_t first, last;
	bool pvid;     /* frames without a tag are of this VLAN */
	bool untagged; /* its frames leave without a tag */
};

/** How an entry came into a forwarding database. */
enum fdb_kind {
	FDB_LEARNED,   /* from a frame; ages */
	FDB_STATIC,    /* put there by hand */
	FDB_PERMANENT, /* an address of this host's: of the port itself, or of the bridge */
	FDB_EXTERN,    /* learned by a control plane (NTF_EXT_LEARNED) */
	FDB_REMOTE,    /* of a tunnel that is a port: behind which host the address is */
	FDB_KINDS,
};

/** "learned", "static", "permanent", "extern" or "remote". */
const char *fdb_kind_name(enum fdb_kind kind);

struct fdb_entry {
	uint32_t bridge; /* 0: not told, it is the bridge of the port (FDB_REMOTE) */
	uint32_t port;   /* the bridge's own index for what is the bridge's */
	uint16_t vlan;   /* 0: none */
	uint8_t mac[6];
	enum fdb_kind kind;
	bool sticky;            /* never moves to another port */
	bool offloaded;         /* a switch chip has it */
	bool aged;              /* has a time at all */
	uint32_t updated, used; /* BRIDGE_TICKS a second, since; of what is aged */
	struct address remote;  /* FDB_REMOTE; prefix is all of it */
};

/** Orders by port, VLAN, address, kind, remote. For qsort. */
int fdb_compare(const void *a, const void *b);

/** How many entries a port has. */
struct fdb_count {
	uint32_t port;
	uint64_t of[FDB_KINDS];
	uint64_t kept; /* that are in the list; the others are left out of it */
};

/** All that was read of the bridges of the observing namespace. */
struct bridge_look {
	struct array bridges; /* struct bridge_settings, by index */
	struct array ports;   /* struct bridge_port, by bridge, then number, then index */
	struct array vlans;   /* struct bridge_vlan, by index, then first */
	struct array counts;  /* struct fdb_count, by port */
	struct array entries; /* struct fdb_entry, of the bridge that was asked for, in the order of fdb_compare() */
	bool complete;        /* false: a dump was interrupted again and again, some may be missing */
};

/** Accepts one that was only zeroed. */
void bridge_look_free(struct bridge_look *look);
#define _cleanup_bridge_look_ __attribute__((cleanup(bridge_look_free)))

/** Orders for the arrays above. */
int bridge_settings_compare(const void *a, const void *b);
int bridge_port_compare(const void *a, const void *b);
int bridge_vlan_compare(const void *a, const void *b);
int fdb_count_compare(const void *a, const void *b);

/** Who a port or an address belongs to. */
enum whose {
	WHOSE_NOBODY_KNOWN,
	WHOSE_CONTAINER, /* ns and link are there */
	WHOSE_PORT,      /* the address of the port's device itself: this host's end */
	WHOSE_BRIDGE,    /* the address of the bridge device: this host */
};

struct belonging {
	enum whose whose;
	const struct netns *ns;
	const struct interface *link;
};

struct fdb_view {
	const struct fdb_entry *entry;
	const char *port; /* its name, or the bridge's */
	struct belonging of;
};

struct port_view {
	const struct bridge_port *port;
	struct belonging of; /* WHOSE_CONTAINER, or nobody is known: an uplink, a tunnel */
	const struct bridge_vlan *vlans;
	size_t vlan_count;
	struct fdb_count fdb;
};

struct bridge_view {
	const struct bridge_settings *settings;
	const struct address *addresses;
	size_t address_count;
	const struct bridge_vlan *vlans; /* of the bridge itself */
	size_t vlan_count;
	struct port_view *ports;
	size_t port_count;
	struct fdb_count own; /* entries of the bridge itself */
	struct fdb_view *entries;
	size_t entry_count;
	uint64_t left_out; /* entries that are not in the list */
};

/**
 * Puts together what the bridge code told and what is known of the node. Pure.
 *
 * A port is a container's where the host end of one of its pairs is that port. An address is a container's where one of its interfaces has it
 * and that interface is behind that port; or behind another port of the same bridge, if it is the only one there.
 *
 * @arena: owns what @ret points to, besides @snap and @look
 * @ret: @ret_count bridges, by index; untouched on failure
 * Returns 0 or -ENOMEM.
 */
int bridge_detail_build(const struct snapshot *snap, const struct bridge_look *look, struct arena *arena,
                        struct bridge_view **ret, size_t *ret_count);
