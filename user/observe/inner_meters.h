/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/observation.h"
#include "observe/netlink/wiring.h"

/**
 * Meters inside other namespaces: at each way out that has no end here (model/inside.h). The device counters are asked for through the
 * nsid: nobody's namespace is entered or kept alive. A namespace that is destroyed loses its nsid before its devices end, so what they
 * counted after the last reading is told by nobody; each such link is a loss that is counted.
 */
struct inner_meters;

/**
 * @wiring: asked for links and device counters; must outlive the meters
 * @ret: freed with inner_meters_free(); untouched on failure
 * Returns 0 or -ENOMEM.
 */
int inner_meters_new(struct wiring *wiring, struct inner_meters **ret);

/** Something about the links of a namespace behind an nsid is other than it was: its meters are put in order at the next reading. */
void inner_meters_changed(struct inner_meters *meters, int32_t nsid);

/** The counters that came with the end of a link, to be told before inner_meters_gone(). @link: as the kernel told it */
void inner_meters_ended(struct inner_meters *meters, int32_t nsid, const struct link *link,
                        const struct device_stats *last);

/** A link is no more, or not there any more. */
void inner_meters_gone(struct inner_meters *meters, int32_t nsid, const struct link *link);

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

/** How many stand now. */
size_t inner_meters_count(const struct inner_meters *meters);

/** Accepts NULL. */
void inner_meters_free(struct inner_meters *meters);
