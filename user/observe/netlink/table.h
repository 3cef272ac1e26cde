/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "model/observation.h"
#include "observe/netlink/wiring.h"

/**
 * The links and addresses of every namespace we know of, kept sorted while events come in. No I/O and no clock: time comes in as a
 * parameter (CLOCK_BOOTTIME, ns). Every change is told to the callbacks when the table has it already.
 *
 * All functions that return int give 0, -ENOMEM, or -ENOENT where the namespace or the link is not known; then nothing has changed.
 */
struct table;

/** @callbacks: copied. @ret: freed with table_free(); knows NSID_HERE, not yet looked at. Returns 0 or -ENOMEM. */
int table_new(const struct wiring_callbacks *callbacks, struct table **ret);

/** Accepts NULL. Tells nobody. */
void table_free(struct table *table);

/** What wiring_links() and wiring_find() hand out. */
const struct ns_links *table_links(const struct table *table, size_t *ret_count);
const struct link *table_find(const struct table *table, int32_t nsid, uint32_t index);

/** One namespace of table_links(); NULL where it is not known. */
const struct ns_links *table_view(const struct table *table, int32_t nsid);

/** Whether the namespace was looked at, so that events about it have something to change. */
bool table_looked(const struct table *table, int32_t nsid);

/** Takes in a namespace to be looked at; tells of it where it is new. */
int table_add_nsid(struct table *table, int32_t nsid);

/**
 * Forgets a namespace: its links vanish, and links elsewhere whose peer was in it are told to have it nowhere known (the nsid may be
 * given to another namespace at once).
 */
void table_drop_nsid(struct table *table, int32_t nsid);

/** Drops all namespaces (but NSID_HERE) that are not in the sorted list of int32_t, and adds those that are not known. */
int table_sync_nsids(struct table *table, const struct array *nsids);

/**
 * Takes in RTM_NEWLINK. Its birth is @now where it is new, else what it was: see space_follow(). Where space_replaced() says that another
 * link was there, that one vanishes first.
 */
int table_put_link(struct table *table, int32_t nsid, const struct link *told, uint64_t now);

/** Takes in the state of a bridge port. */
int table_put_port(struct table *table, int32_t nsid, const struct link *told);

/** Takes in RTM_DELLINK: the link and its addresses are gone. */
int table_drop_link(struct table *table, int32_t nsid, uint32_t index);

/**
 * Takes in RTM_NEWADDR. Rows with the same local address and prefix are one row: of two IPv4 addresses that differ in the other side
 * of a point-to-point link only, the first that goes takes the row with it until the next look.
 */
int table_put_address(struct table *table, int32_t nsid, const struct link_address *row);

/** Takes in RTM_DELADDR. */
int table_drop_address(struct table *table, int32_t nsid, const struct link_address *row);

/**
 * Takes in a whole look into a namespace and tells the differences.
 *
 * A link is taken for the one that was known under its index as space_same_link() says. One that was made anew with all of that equal
 * while events were lost is not told apart; nor is, but for its pairs, another namespace that was given the same nsid meanwhile.
 *
 * @links, @addresses: sorted rows; swapped with what the table had
 * @complete: false where rows may be missing: what was known stays then, marked incomplete, and another look is wanted
 */
int table_merge(struct table *table, int32_t nsid, struct array *links, struct array *addresses, bool complete,
                uint64_t now);

/** Marks a namespace: what is known may be incomplete; @again: and another look is wanted. */
void table_mark_incomplete(struct table *table, int32_t nsid, bool again);

/** Marks a namespace as one that may not be asked: incomplete, and no other look is wanted. */
void table_mark_refused(struct table *table, int32_t nsid);

/** Marks all namespaces as to be looked at: events were lost. */
void table_mark_all(struct table *table);

/** Begins a round of looks. */
void table_begin_round(struct table *table);

/** Finds a namespace to look at that was not yet returned in this round. Returns whether there is one. O(1) where none is wanted. */
bool table_next_wanted(struct table *table, int32_t *ret_nsid);
