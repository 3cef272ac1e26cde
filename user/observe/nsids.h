/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/observation.h"
#include "observe/namespaces/namespaces.h"
#include "observe/netlink/wiring.h"

/** Which namespace stands behind which nsid: remembered, so that the kernel is asked once for each namespace. */
struct nsids;

/** @ret: freed with nsids_free(). Returns 0 or -ENOMEM. */
int nsids_new(struct nsids **ret);

/**
 * Fills in the nsid of each namespace of @seen (sorted by inode). Asks only for those that are new, and for those without one when
 * the kernel gave a new one since; opens a namespace for the question alone. One that has none, since no link of it leads here, is given one
 * (wiring_give_nsid()).
 *
 * Returns 0 or -ENOMEM. A namespace that vanished meanwhile has none.
 */
int nsids_fill(struct nsids *nsids, struct wiring *wiring, const struct namespaces *namespaces, struct ns_seen *seen,
               size_t count);

/**
 * Fills until what the events say of an nsid is no older than the answers: takes all that waits in between (wiring_dispatch()). Where nsids change
 * hands all the time, what is still wrong after a few rounds the next look mends.
 *
 * Returns 0 or -errno.
 */
int nsids_settle(struct nsids *nsids, struct wiring *wiring, const struct namespaces *namespaces, struct ns_seen *seen,
                 size_t count);

/**
 * The kernel gave or took back an nsid. It is taken back only when the namespace is destroyed: @namespaces is told to forget
 * that inode.
 *
 * Returns whether that is news: one that nsids_fill() had given, or knows already, is none.
 */
bool nsids_changed(struct nsids *nsids, struct namespaces *namespaces, int32_t nsid, bool gone);

/**
 * Ends a round of nsids_fill(): to be called when the events that waited have been taken (nsids_changed()), so that what they say of
 * an nsid is not older than the answers. Takes the nsid of those that lost theirs meanwhile out of @seen: the links may lead to another
 * namespace under that number already.
 *
 * @seen: as filled (or not, where that failed)
 * Returns false where one was taken back that had just been answered: it may be another namespace's by now, so fill again.
 */
bool nsids_confirm(struct nsids *nsids, struct ns_seen *seen, size_t count);

/** Whether some host end leads to a namespace that is not among those of the last nsids_fill(). */
bool nsids_have_stranger(struct nsids *nsids, const struct wiring *wiring);

/** The inode of the namespace behind an nsid; 0: not known, as always for NSID_HERE, which many have. */
uint64_t nsids_inode(const struct nsids *nsids, int32_t nsid);

/** Accepts NULL. */
void nsids_free(struct nsids *nsids);
