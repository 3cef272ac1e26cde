/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

#include "ctnet_lifecycle.h"
#include "model/lifecycle_event.h"
#include "model/snapshot.h"

/**
 * Turns one record of the ring buffer into an event: checked, text cleaned. Pure.
 *
 * @data, @size: any bytes; struct ctnet_lifecycle_event if all is well
 * @ret: untouched on failure
 * Returns 0, or -EPROTO for another size or an unknown kind.
 */
int lifecycle_decode(const void *data, size_t size, struct lifecycle_event *ret);

/** Takes the totals over into the snapshot's form, all but @exact: whether they are is not written in them. Each number is read whole. */
void lifecycle_decode_totals(const struct ctnet_lifecycle_totals *totals, struct lifecycle *ret);
