/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

/** The rtnetlink socket that events of links, addresses and nsids come in on, from every namespace that has an nsid here. */
struct events;

/**
 * Called for each event.
 *
 * @nsid: of the namespace it happened in; NSID_HERE for ours, which may also come under the nsid that we have for ourselves
 * Returns 0 or -errno.
 */
typedef int (*events_take_fn)(void *context, int32_t nsid, const struct nlmsghdr *nlh);

/**
 * Opens the socket in the namespace we run in and begins to listen.
 *
 * @ret: freed with events_free(); untouched on failure
 * Returns 0 or -errno with @fault filled.
 */
int events_open(struct events **ret, struct fault *fault);

/** To be polled for POLLIN and POLLERR. */
int events_fd(const struct events *events);

/**
 * Takes what is waiting, without blocking: all of it where some were lost, else at most a few thousand, so that a caller with
 * other things to do comes to them.
 *
 * @ret_lost: whether the kernel had to drop some; nothing waits any more then, so that a dump taken now is followed by later events only
 * Returns 0, or the first -errno that @take returned (the others are taken all the same) or the socket gave.
 */
int events_take(struct events *events, events_take_fn take, void *context, bool *ret_lost);

/** Accepts NULL. */
void events_free(struct events *events);
void events_freep(struct events **events);
#define _cleanup_events_ __attribute__((cleanup(events_freep)))
