/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/fault.h"
#include "model/event_log.h"
#include "model/snapshot.h"

/** Writes what ctnet-top sees to a file (render/recording.h), which --replay reads. */
struct recorder;

/**
 * Makes the file, for its owner alone: names and addresses are in it. One that is there already is not written over.
 *
 * @ret: recorder_close() it
 * Returns 0 or -errno with @fault filled.
 */
int recorder_open(const char *path, const char *host, struct recorder **ret, struct fault *fault);

/**
 * Writes a snapshot, and ahead of it the events since the last one. What does not get into the file whole is taken out again, so that the
 * file ends in a whole line; then nothing more is written.
 *
 * Returns 0, or -errno with @fault filled; -errno again and again after that.
 */
int recorder_write(struct recorder *recorder, const struct snapshot *snap, const struct event_log *events,
                   struct fault *fault);

/** Whether it still writes: false for NULL, and after a failure. */
bool recorder_goes_on(const struct recorder *recorder);

/** Accepts NULL. */
void recorder_close(struct recorder *recorder);
