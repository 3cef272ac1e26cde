/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/counters.h"
#include "model/link.h"
#include "model/snapshot.h"

/*
 * What the observers saw, each section for itself and each sorted by its key, before anything is put together.
 * snapshot_build() is the only reader. All memory is the observers' own and lives until their next refresh.
 */

/** One address of one link of a namespace. */
struct link_address {
	uint32_t index;
	struct address address;
};

/** The links and addresses of one namespace, the observing one or one behind an nsid. */
struct ns_links {
	int32_t nsid;             /* NSID_HERE: the observing namespace */
	bool incomplete;          /* a dump was interrupted or refused */
	bool refused;             /* it belongs to a user namespace in which we may not ask */
	const struct link *links; /* sorted by index */
	size_t link_count;
	const struct link_address *addresses; /* sorted by index, then address_compare() */
	size_t address_count;
};

/** One namespace, as found in /proc or among the nsfs mounts. */
struct ns_seen {
	uint64_t inode;
	uint64_t birth; /* CLOCK_BOOTTIME ns: of its creation where a probe told it in time, else when first seen */
	uint64_t told_birth; /* as a probe told it; 0: none did. Never the same for two namespaces of one inode */
	uint64_t stamp;      /* when the file that is mounted of it was made; 0: none is mounted */
	int32_t nsid;        /* NSID_HERE: it has none here, so nothing of it was looked at */
	pid_t pid;           /* oldest process in it; 0: none */
	char comm[16];       /* of that process, cleaned text */
	const char *name;    /* `ip netns` name; NULL: none */
	const char
		*mount; /* where it can be opened without a process: a mount, or a descriptor in /proc; NULL: nowhere */
	const char *holder; /* what keeps it alive without a process, clean text; NULL: the mount, or not looked for */
};

/** Who lives in a namespace, as told by one engine. */
struct owner_seen {
	uint64_t inode;
	struct owner owner;
	bool joined;      /* the namespace was made for another: "docker run --network container:X" */
	uint64_t started; /* its main process, clock ticks since boot; 0: not known */
};

/**
 * Traffic of one link, of the observing namespace or of another; RECEIVE is already the container's (or the bridge device's) view. Index and
 * birth tell it from all others: no two namespaces are looked at in the same nanosecond.
 */
struct link_traffic {
	uint32_t index;
	uint64_t birth; /* of the link: index and birth together are its identity */
	bool gone;      /* the link is no more: these are its last counters */
	/*
	 * A gone link as it was last, for one that came and went between two snapshots: without it nobody can tell a veth
	 * from a bridge, and its traffic is in no snapshot. NULL: not kept.
	 */
	const struct link *last;
	struct traffic traffic;
};

struct observation {
	double time;  /* seconds since the epoch */
	uint64_t now; /* CLOCK_BOOTTIME, ns */
	uint64_t observing_inode;
	uint64_t machine_inode;          /* namespace of process 1; 0: not to be seen */
	const struct ns_links *ns_links; /* sorted by nsid: the observing namespace first */
	size_t ns_links_count;
	const struct ns_seen *namespaces; /* sorted by inode */
	size_t namespace_count;
	const struct owner_seen *owners; /* sorted by inode */
	size_t owner_count;
	const struct link_traffic *traffic; /* sorted by index, then birth */
	size_t traffic_count;
	const struct link_traffic *inside; /* of links in other namespaces that are counted there; sorted likewise */
	size_t inside_count;
	const struct source *sources; /* in the order to be shown */
	size_t source_count;
	struct lifecycle lifecycle;
	const struct loss *losses;
	size_t loss_count;
	double duration; /* seconds the observing took */
};

/**
 * Puts an observation together into a frozen snapshot: whose namespace, its interfaces, their host ends and bridges, their
 * counters. Pure.
 *
 * A veth pair is known by IFLA_LINK together with IFLA_LINK_NETNSID on the host end, never by index arithmetic. The observing
 * namespace and the machine's own (that of process 1) are no rows: they belong to nobody's container.
 *
 * Rows that @previous had and @obs has no more are carried over once, marked gone, with their last counters from
 * @obs->traffic (or else those they had), so that the tail of a short life is in at least one snapshot; rows that
 * were gone already in a @previous that was published are dropped. What came and went since @previous is told by @obs->traffic
 * alone (link_traffic.last): a gone row of its own, in a namespace that is not known (inode 0).
 *
 * An engine's owner who left since @previous is told once more, and the last owners of a namespace that nobody lives in any more stay
 * with it until it ends (owner.left).
 *
 * @previous: NULL on the first round
 * @ret: owned by the caller, snapshot_free()
 * Returns 0 or -ENOMEM.
 */
int snapshot_build(const struct observation *obs, const struct snapshot *previous, struct snapshot **ret);
