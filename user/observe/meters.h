/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/choice.h"
#include "model/observation.h"
#include "observe/kernel/traffic.h"
#include "observe/netlink/wiring.h"

/**
 * A meter stands at each link of the observing namespace that is to be counted: the host ends of veths, and bridges. It joins what
 * the kernel's device counters say with what our programs counted (model/baseline.h), and keeps the last counters of a link that
 * is no more until they have been told.
 */
struct meters;

/**
 * @programs: NULL: totals from the device counters alone, nothing is attached; else must outlive the meters
 * @wiring: asked for device counters; must outlive the meters
 * @ret: freed with meters_free(); untouched on failure
 * Returns 0 or -ENOMEM.
 */
int meters_new(struct traffic_programs *programs, struct wiring *wiring, struct meters **ret);

/**
 * From now on links that a choice refuses (model/choice.h) get no meter, and those that have one lose it; their last counters are not told.
 * A link whose meter stands keeps it where no include matches any more: it may just be on its way out.
 *
 * @choice: must outlive the meters or the next call; NULL: nothing is refused
 */
void meters_choose(struct meters *meters, const struct choice *choice);

/**
 * Whether a link is one to be counted: a bridge, or a veth or netkit whose other end is in another namespace or which is a port. A pair that was just made has
 * both ends here, and the one that will be moved away must not be attached to: what is attached moves along.
 */
bool meters_wants(const struct link *link);

/**
 * Sets up a meter for a link that is wanted, or takes note of how a link with a meter looks now. Nothing happens for a link that is
 * not wanted. The meter is attached by meters_attach_next().
 *
 * Returns whether there is a new meter.
 */
bool meters_link_seen(struct meters *meters, const struct link *link);

/**
 * Attaches the newest of the meters that wait for it and finds its baseline, or reads the devices of many that wait or are about to end. That
 * waits for the kernel's RTNL lock, which is held for tens of milliseconds at a time while namespaces are taken down; so it is one step
 * at a time, and a link that is gone when its turn comes costs nothing.
 *
 * Returns whether one waited.
 */
bool meters_attach_next(struct meters *meters);

/**
 * The counters that came with the end of a link (RTM_DELLINK), here or in another namespace: the device's own last word. A veth has lost its
 * peer by then and knows only what it sent itself (veth_dellink() in drivers/net/veth.c), so what the host end received is told by
 * the end of the other end.
 *
 * @nsid: where the link was; NSID_HERE: here, to be told before meters_link_gone()
 */
void meters_link_ended(struct meters *meters, int32_t nsid, uint32_t index, const struct device_stats *stats);

/** The link is no more (or not here any more): keeps its last counters, detaches. Returns whether it had a meter. */
bool meters_link_gone(struct meters *meters, const struct link *link);

/**
 * Reads all meters: our rows by shared memory, the device counters by one dump, with which the rows are compared (model/accuracy.h).
 *
 * @ask_device: false: without the dump; the device counters are those of the last one. Costs no system call
 * @ret: sorted by index, then birth; owned by @meters, valid until its next call
 * Returns 0; or -errno of the dump: @ret is filled all the same, with the device counters of the last one.
 */
int meters_read(struct meters *meters, bool ask_device, const struct link_traffic **ret, size_t *ret_count);

/** Drops the meters of the gone that the last meters_read() told: they are in a snapshot now. */
void meters_drop_told(struct meters *meters);

/** How many wait to be attached to. */
size_t meters_waiting(const struct meters *meters);

/** Interfaces that could not be attached to although they were there; a counter. */
uint64_t meters_attach_failures(const struct meters *meters);

/** Links that were gone before they could be attached to and whose last counters nothing told in full; a counter. */
uint64_t meters_untold(const struct meters *meters);

/** From now on other programs count, from zero; those before were freed. NULL: totals from the device counters alone. */
void meters_turn_to(struct meters *meters, struct traffic_programs *programs);

/** Detaches everything. Accepts NULL. */
void meters_free(struct meters *meters);
