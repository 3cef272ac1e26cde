/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "model/event_log.h"
#include "model/host_facts.h"
#include "model/snapshot.h"
#include "observe/collector.h"

/** Where ctnet-top has its snapshots from: this node as it is now, or a recording. */
struct top_source;

/**
 * Watches this node.
 *
 * @ret: top_source_free() it, which leaves nothing behind
 * Returns 0 or -errno with @fault filled.
 */
int top_source_live(const struct collector_options *options, struct top_source **ret, struct fault *fault);

/** Plays a recording, from its first snapshot on. Likewise. */
int top_source_replay(const char *path, struct top_source **ret, struct fault *fault);

/** Accepts NULL. */
void top_source_free(struct top_source *source);
void top_source_freep(struct top_source **source);
#define _cleanup_top_source_ __attribute__((cleanup(top_source_freep)))

/**
 * The next snapshot, and the one before. Both are the source's and stay valid until the next call.
 *
 * @ret_before: NULL on the first round
 * Returns 0; -ENODATA: the recording is at its end; or -errno with @fault filled (the source goes on).
 */
int top_source_next(struct top_source *source, const struct snapshot **ret, const struct snapshot **ret_before,
                    struct fault *fault);

/** The snapshot that the next top_source_next() gives is number @at of the recording, from 0; without one before. */
void top_source_seek(struct top_source *source, size_t at);

/** Snapshots of the recording; 0: this is live. */
size_t top_source_count(const struct top_source *source);

/** Snapshots of the recording up to and with the last one given. */
size_t top_source_played(const struct top_source *source);

/** The collector; NULL: there is none. */
struct collector *top_source_collector(const struct top_source *source);

/** All that happened. */
struct event_log *top_source_events(const struct top_source *source);

/** The name of the host; "" where it is not known. Clean text. */
const char *top_source_host(const struct top_source *source);

/** Something to be said of the source itself; "": nothing. */
const char *top_source_notice(const struct top_source *source);

/** Asks the host anew for what paths are drawn with. Returns NULL where it is not known. Valid until the next call. */
const struct host_facts *top_source_facts(struct top_source *source);
