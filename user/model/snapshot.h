/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/counters.h"
#include "model/link.h"

struct arena;

/** Who can live in a network namespace, in order of precedence: the first kind names the row. */
enum owner_kind {
	OWNER_POD,
	OWNER_DOCKER,
	OWNER_PODMAN,
	OWNER_CONTAINERD,
	OWNER_CRIO,
	OWNER_LXC,
	OWNER_NSPAWN,
	OWNER_UNIT,    /* a systemd unit with PrivateNetwork= */
	OWNER_NETNS,   /* a named `ip netns` */
	OWNER_PROCESS, /* a bare process */
	OWNER_NONE,    /* nobody is known */
	OWNER_KINDS,
};

/** "pod", "docker", …, "netns", "process", "none". */
const char *owner_kind_name(enum owner_kind kind);

/** All text is cleaned (text_clean()) and bounded by OWNER_TEXT_MAX; an absent field is "", never NULL. */
#define OWNER_TEXT_MAX 256

struct owner {
	enum owner_kind kind;
	const char *name; /* short human name: "box", "shop/web-0", "blue", "nginx" */
	const char *id;   /* full id of the container */
	const char *image;
	const char *pod_name;
	const char *pod_namespace;
	pid_t pid; /* main process; 0: not known */
	bool left; /* is no more: told for what it sent last, and where nobody else is there, until the namespace ends */
};

struct peer {
	bool known;
	uint64_t netns; /* inode; 0: not known */
	char name[IFNAMSIZ];
	uint32_t index;
};

/** Where an interface's traffic is counted. */
enum counted_at {
	COUNTED_NOWHERE,
	COUNTED_HOST_END, /* at the other end of the pair, here */
	COUNTED_INSIDE,   /* in its own namespace: it has no end here */
};

/** "nowhere", "host end" or "inside". */
const char *counted_at_name(enum counted_at where);

/** One interface inside a namespace (its inner end), with its host end and its traffic. */
struct interface {
	char name[IFNAMSIZ]; /* cleaned text */
	uint32_t index;
	enum link_kind kind;
	uint8_t mac[6];
	bool has_mac;
	bool up;      /* administratively up with a carrier: IFF_UP and IFF_LOWER_UP */
	bool gone;    /* is no more: last counters, dropped after one published snapshot */
	uint32_t mtu; /* 0: not known, only the host end could be read; then the name is "" as well */
	const struct address *addresses; /* sorted by address_compare() */
	size_t address_count;
	struct peer peer;      /* host end of a pair; or its other end in a third namespace or the same */
	struct peer lower;     /* what it stands on: of a macvlan, ipvlan, VLAN or VXLAN (IFLA_LINK) */
	uint32_t master;       /* in its own namespace: the bridge, bond or team it is a port of; 0: none */
	uint64_t host_birth;   /* of the host end: with peer.index its identity; 0: no end here */
	uint64_t birth;        /* of itself: with namespace and index its identity where it has no end here, else 0 */
	char bridge[IFNAMSIZ]; /* of which the host end is a port; "": none */
	enum port_state port_state;
	enum counted_at counted;
	struct traffic traffic;
};

/**
 * One network namespace. A host end whose other side nobody found (a namespace hidden from /proc and the mounts, or just
 * born) must not lose its traffic: each nsid of that kind has a row with inode 0, the birth of its oldest host end and nobody
 * as owner. Such rows may share a birth, so only their interfaces have an identity; when the namespace is found, they
 * move to its row.
 */
struct netns {
	uint64_t inode;       /* 0: not known */
	uint64_t birth;       /* CLOCK_BOOTTIME ns: with the inode the identity */
	const char *name;     /* of the first owner; "" where nobody is known */
	enum owner_kind kind; /* of the first owner */
	bool held;            /* no process: kept alive by a mount or an open descriptor */
	const char *held_by;  /* "mount /run/netns/blue"; "" unless held */
	bool gone;            /* destroyed since the last snapshot: last counters */
	const struct owner
		*owners; /* first whose namespace it is, as far as that is known, the others by kind, then name */
	size_t owner_count;
	const struct interface *interfaces; /* without loopback; sorted by index */
	size_t interface_count;
};

/** A link of the observing namespace, of any kind but loopback: uplinks, bridges, bonds, tunnels, host ends. */
struct device {
	char name[IFNAMSIZ]; /* cleaned text */
	uint32_t index;
	enum link_kind kind;
	uint8_t mac[6];
	bool has_mac;
	bool up;
	uint32_t mtu;
	const struct address *addresses;
	size_t address_count;
	uint32_t master; /* index of the bridge, bond or team it is a port of; 0: none */
	uint32_t lower;  /* index of the link here that it stands on: of a VLAN, macvlan, VXLAN; 0: none */
	enum port_state port_state;
};

struct bridge {
	char name[IFNAMSIZ];
	uint32_t index;
	uint64_t host_birth;
	uint8_t mac[6];
	bool has_mac;
	bool up;
	bool gone;
	uint32_t mtu;
	const struct address *addresses;
	size_t address_count;
	const char *const *ports; /* names, in order of their index */
	size_t port_count;
	struct traffic traffic; /* of the bridge device itself: what the host receives from and sends into it */
};

#define HISTOGRAM_BUCKETS 28

/** Bucket i counts observations below 2^(i+1) microseconds (and not in a bucket before); the last takes the rest. */
struct histogram {
	uint64_t bucket[HISTOGRAM_BUCKETS];
	uint64_t count;
	uint64_t sum_ns;
};

struct lifecycle {
	bool exact;                /* counted by kprobes; else seen by looking, late and incomplete */
	uint64_t created;          /* since the agent started */
	uint64_t destroyed;        /* likewise */
	uint64_t lost;             /* events that were counted but not delivered one by one */
	struct histogram setup;    /* setup_net() */
	struct histogram teardown; /* last reference gone until destroyed */
	struct histogram lifetime;
};

/** One thing ctnet looks at. */
struct source {
	const char *name;   /* "traffic", "lifecycle", "netlink", "docker", … */
	const char *state;  /* one word or a few: "tcx", "clsact", "kprobe", "fallback", "ok", "absent", "failed" */
	const char *detail; /* why it is not at its best, with the remedy; "" where there is nothing to say */
	bool up;
	bool incomplete; /* the last look was interrupted: some rows may be missing or old */
};

/** Something that was not counted or not delivered, and how often; a counter. */
struct loss {
	const char *what; /* "no_row", "unparsed", "events", "series", … */
	uint64_t count;
};

/**
 * All that is known of a node at one time: a frozen value. Everything downstream takes a const pointer. Rows are sorted, so that the
 * same node gives the same bytes.
 */
struct snapshot {
	double time;     /* seconds since the epoch */
	uint64_t now;    /* CLOCK_BOOTTIME, ns: for rates */
	double duration; /* seconds the observing took */
	bool published;  /* set by whoever has shown it: gone rows need not be carried on */
	uint64_t observing_inode;
	const struct source *sources;
	size_t source_count;
	const struct netns *namespaces; /* by inode, then birth */
	size_t namespace_count;
	const struct bridge *bridges; /* by index, then birth */
	size_t bridge_count;
	const struct device *devices; /* by index */
	size_t device_count;
	struct lifecycle lifecycle;
	uint64_t alive;
	uint64_t held;
	const struct loss *losses;
	size_t loss_count;
	struct arena *arena; /* owns all that the above points to */
};

/**
 * Makes an empty snapshot with an empty arena, to be filled and frozen.
 *
 * @ret: snapshot_free() it; untouched on failure
 * Returns 0 or -ENOMEM.
 */
int snapshot_new(struct snapshot **ret);

/** Gives a snapshot and all that its arena owns back. Accepts NULL. */
void snapshot_free(struct snapshot *snap);
void snapshot_freep(struct snapshot **snap);
#define _cleanup_snapshot_ __attribute__((cleanup(snapshot_freep)))

/** The traffic of a namespace: the sum over its interfaces that are counted. Never includes bridges. */
struct traffic netns_traffic(const struct netns *ns);

/** Whether a namespace is held by something that is no name of it: a named one is held by its mount as a matter of course. */
bool netns_left_behind(const struct netns *ns);

/** The source of that name, or NULL. */
const struct source *snapshot_source(const struct snapshot *snap, const char *name);
