/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "model/observation.h"

struct wiring;

/** What happened to a link, in the order the kernel told it. */
enum link_change {
	LINK_APPEARED,
	LINK_CHANGED,  /* any attribute; old != NULL */
	LINK_VANISHED, /* unregistered, or moved to another namespace */
};

/**
 * Called from wiring_open(), wiring_dispatch() and wiring_refresh() for links of every namespace that is looked at. The tables have the
 * change already; the callback may ask (wiring_find(), wiring_stats_of(), wiring_nsid_of_fd() and the like), but not dispatch or refresh.
 *
 * @nsid: NSID_HERE for the observing namespace
 * @old: how it was; NULL for LINK_APPEARED
 * @link: how it is; the last known state for LINK_VANISHED. Valid during the call only
 */
typedef void (*link_change_fn)(void *context, enum link_change change, int32_t nsid, const struct link *old,
                               const struct link *link);

/** Called when the kernel gave (`gone` false) or took back an nsid. */
typedef void (*nsid_change_fn)(void *context, int32_t nsid, bool gone);

/**
 * Called with the counters that the kernel told with the end of a link, before LINK_VANISHED. Also for links that were never told of: a
 * namespace that was not looked at yet.
 *
 * @link: as the kernel told it in the namespace @nsid: birth 0, peer_nsid in the count of that namespace
 */
typedef void (*link_end_fn)(void *context, int32_t nsid, const struct link *link, const struct device_stats *last);

struct wiring_callbacks {
	void *context;
	link_change_fn link;
	nsid_change_fn nsid;
	link_end_fn end; /* NULL: not wanted */
};

/**
 * Opens the two rtnetlink sockets of the namespace we run in (one for events, one for questions) and dumps its links and addresses.
 * After that the tables follow events (RTNLGRP_LINK, _NSID, _IPV4_IFADDR, _IPV6_IFADDR with NETLINK_LISTEN_ALL_NSID): a quiet
 * node costs nothing.
 *
 * @callbacks: copied; must be callable until wiring_free()
 * @ret: freed with wiring_free(); untouched on failure
 * @fault: filled on failure
 * Returns 0 or -errno.
 */
int wiring_open(const struct wiring_callbacks *callbacks, struct wiring **ret, struct fault *fault);

/** The descriptor to poll for POLLIN and POLLERR (events were lost, and none may be waiting); then call wiring_dispatch(). */
int wiring_fd(const struct wiring *wiring);

/**
 * Takes all waiting events. Where the kernel dropped some (ENOBUFS) everything is dumped again, the differences are reported as changes and
 * wiring_overruns() goes up by one. Never blocks.
 *
 * Returns 0 or -errno where even the new dump failed; the tables then keep their last state, marked incomplete.
 */
int wiring_dispatch(struct wiring *wiring);

/**
 * Looks (IFLA_TARGET_NETNSID, no setns, no descriptor held) into the namespaces behind nsids that were not yet looked at or whose events were
 * lost. A namespace that vanished meanwhile is an ordinary thing and no failure.
 *
 * Returns 0 or -errno.
 */
int wiring_refresh(struct wiring *wiring);

/**
 * The same for those alone that no link of ours leads to: what is known of the others until the next wiring_refresh(), their host ends tell.
 */
int wiring_refresh_apart(struct wiring *wiring);

/**
 * The tables, sorted by nsid, the observing namespace first; valid until the next call that takes @wiring without const.
 */
const struct ns_links *wiring_links(const struct wiring *wiring, size_t *ret_count);

/** The link of that index in that namespace, or NULL. Valid as wiring_links(). */
const struct link *wiring_find(const struct wiring *wiring, int32_t nsid, uint32_t index);

/** How often events were lost and everything was dumped again. */
uint64_t wiring_overruns(const struct wiring *wiring);

/**
 * The nsid of a namespace as seen from ours (RTM_GETNSID). Never makes one. @netns_fd is used for the call only.
 *
 * Returns 0 and the nsid or NSID_HERE where it has none; or -errno.
 */
int wiring_nsid_of_fd(struct wiring *wiring, int netns_fd, int32_t *ret_nsid);

/** The same; where it has none it is given one, see nsid_give(). The namespace is looked at from the next wiring_refresh() on. */
int wiring_give_nsid(struct wiring *wiring, int netns_fd, int32_t *ret_nsid);

/** As wiring_nsid_of_fd(), for the namespace of a process; -ESRCH where it is gone. */
int wiring_nsid_of_pid(struct wiring *wiring, pid_t pid, int32_t *ret_nsid);

/** One link's device counters. */
struct link_stats {
	uint32_t index;
	struct device_stats stats;
};

/**
 * The kernel's counters of every link of the observing namespace (RTM_GETSTATS, IFLA_STATS_LINK_64), sorted by index.
 *
 * @ret: owned by @wiring, valid until the next call of this function
 * Returns 0, or -errno.
 */
int wiring_stats(struct wiring *wiring, const struct link_stats **ret, size_t *ret_count);

/** The kernel's counters of one link of the observing namespace, now. Returns 0, -ENODEV where it is gone, or -errno. */
int wiring_stats_of(struct wiring *wiring, uint32_t index, struct device_stats *ret);

/**
 * The same of a link of the namespace behind @nsid, which is not entered.
 *
 * @link: as it is known
 * Returns 0, -ENODEV (gone, or another stands there), -EINVAL (no such nsid any more), or -errno.
 */
int wiring_stats_inside(struct wiring *wiring, int32_t nsid, const struct link *link, struct device_stats *ret);

/** Accepts NULL. */
void wiring_free(struct wiring *wiring);
