/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/fault.h"

struct buf;
struct namespaces;
struct ns_seen;

/** Whether this process may enter namespaces at all. Returns 0, or -EPERM with @fault filled. */
int enter_permitted(struct fault *fault);

/** namespaces_open_fd(), with words for what can be in the way. Returns the descriptor, or -errno with @fault filled. */
int enter_open(const struct namespaces *namespaces, const struct ns_seen *seen, struct fault *fault);

/**
 * Moves the calling process, of one thread, into a network namespace: for good, there is no way back. Only its network changes.
 *
 * Returns 0, or -errno with @fault filled.
 */
int enter_netns(int netns_fd, struct fault *fault);

/**
 * Gives the calling process a mount namespace of its own, out of which nothing propagates, and in it
 * - a /sys that shows the interfaces of the network namespace it is in by now (/sys/class/net), with what else is mounted there (cgroups,
 *   bpffs, tracefs, debugfs) still in its place;
 * - where @resolv_conf is not NULL, a private copy of it over /etc/resolv.conf, or over what that leads to. What is written into the copy
 *   is lost.
 * All of it goes with the last process in there.
 *
 * @warning: filled where one of the two could not be had, as on a host without /etc/resolv.conf; the process can go on
 * Returns 0, or -errno with @fault filled.
 */
int enter_view(const struct buf *resolv_conf, struct fault *warning, struct fault *fault);
