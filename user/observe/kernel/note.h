/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ctnet_pins.h"

/*
 * How a note is written, so that one that was cut off by a kill is not taken for whole, and one that is being written can be read along.
 */

/** The row was taken (rows_take(), which raises the generation) for this interface; nothing is known of it yet. */
void note_begin(struct ctnet_note *note, uint32_t ifindex, uint32_t netns);

/** Replaces what is kept, in one step. */
void note_keep(struct ctnet_note *note, const struct ctnet_kept *kept);

/**
 * Reads what is kept.
 *
 * @generation: of the row when it was found
 * Returns false where the row is another's by now, or nothing was kept yet; @ret is untouched then.
 */
bool note_kept(const struct ctnet_note *note, uint32_t generation, struct ctnet_kept *ret);
