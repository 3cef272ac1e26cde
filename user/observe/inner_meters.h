/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/choice.h"
#include "model/observation.h"
#include "observe/kernel/traffic.h"
#include "observe/namespaces/namespaces.h"
#include "observe/netlink/wiring.h"

/**
 * Meters inside other namespaces: at each way out that has no end here (model/inside.h). The device counters are asked for through the
 * nsid: nobody's namespace is entered or kept alive for it. A namespace that is destroyed loses its nsid before its devices end, so what
 * they counted after the last reading is told by our programs alone; where there are none, each such link is a loss that is counted.
 * Only in namespaces of this node (observe/reach.h).
 */
struct inner_meters;

/**
 * @programs: NULL: totals from the device counters alone, nothing is attached
 * @wiring: asked for links and device counters
 * @namespaces: asked where a namespace can be opened to attach there. All three must outlive the meters
 * @ret: freed with inner_meters_free(); untouched on failure
 * Returns 0 or -ENOMEM.
 */
int inner_meters_new(struct traffic_programs *programs, struct wiring *wiring, struct namespaces *namespaces,
                     struct inner_meters **ret);

/** As meters_choose(), by the names of the interfaces inside. */
void inner_meters_choose(struct inner_meters *meters, const struct choice *choice);

/** Attaches the newest of the meters that wait for it, as meters_attach_next(). Returns whether one waited. */
bool inner_meters_attach_next(struct inner_meters *meters);

/** A link is other than it was: the meters of its namespace are put in order at the next attach or reading; one that vanished is done. */
void inner_meters_follow(struct inner_meters *meters, enum link_change how, int32_t nsid, const struct link *link);

/** The counters that came with the end of a link, to be told before it vanishes. @link: as the kernel told it */
void inner_meters_ended(struct inner_meters *meters, int32_t nsid, const struct link *link,
                        const struct device_stats *last);

/**
 * Reads all meters, one question for each.
 *
 * @ask_device: false: the counters are those of the last reading. Costs no system call
 * @ret: sorted by index, then birth; owned by @meters, valid until its next call
 * Returns 0 or -ENOMEM.
 */
int inner_meters_read(struct inner_meters *meters, bool ask_device, const struct link_traffic **ret, size_t *ret_count);

/** Drops the meters of the gone that the last inner_meters_read() told: they are in a snapshot now. */
void inner_meters_drop_told(struct inner_meters *meters);

/** Links whose last counters nobody told; a counter. */
uint64_t inner_meters_untold(const struct inner_meters *meters);

/** Interfaces that could not be attached to although they were there; a counter. */
uint64_t inner_meters_attach_failures(const struct inner_meters *meters);

/** How many wait to be attached to. */
size_t inner_meters_waiting(const struct inner_meters *meters);

/** How many stand now; @ret_totals: those of them that tell no more than totals, though something could be attached here. */
size_t inner_meters_count(const struct inner_meters *meters, size_t *ret_totals);

/** As meters_turn_to(). */
void inner_meters_turn_to(struct inner_meters *meters, struct traffic_programs *programs);

/** Accepts NULL. */
void inner_meters_free(struct inner_meters *meters);
