/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "model/event_log.h"
#include "model/snapshot.h"

/** A recording (render/recording.h) that is played: other people's bytes. */
struct tape;

/**
 * Opens a recording and finds its snapshots; what they hold is read when it is played.
 *
 * @ret: tape_close() it
 * Returns 0, or -errno with @fault filled: cannot be read, no recording, none that is known here, without a snapshot.
 */
int tape_open(const char *path, struct tape **ret, struct fault *fault);

/** Accepts NULL. */
void tape_close(struct tape *tape);

/** The name of the host; "" where the recording does not tell it. */
const char *tape_host(const struct tape *tape);

/** Snapshots of the recording; at least 1. */
size_t tape_count(const struct tape *tape);

/** Whether the recording ends in the middle of a line, which is left out. */
bool tape_is_cut(const struct tape *tape);

/**
 * Reads the snapshot of a number, and tells the events ahead of it.
 *
 * @number: from 0
 * @ret: snapshot_free() it
 * Returns 0, or -errno with @fault filled.
 */
int tape_read(struct tape *tape, size_t number, struct event_log *events, struct snapshot **ret, struct fault *fault);
