/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/event.h"
#include "model/snapshot.h"

/** The latest events, and where some of them were lost. */
struct event_log;

/** One entry: an event, or so many that were lost between those before and behind it. */
struct event_entry {
	uint64_t lost; /* > 0: event says nothing */
	struct event event;
};

/**
 * @max: entries kept (> 0); the oldest go first
 * @ret: event_log_free() it
 * Returns 0 or -ENOMEM.
 */
int event_log_new(size_t max, struct event_log **ret);

/** Accepts NULL. */
void event_log_free(struct event_log *log);

/** Adds an event; copied. */
void event_log_add(struct event_log *log, const struct event *event);

/** Takes from a snapshot how many events were lost so far; where that is more than it was, an entry says so. */
void event_log_lost(struct event_log *log, const struct snapshot *snap);

/** Forgets all entries; their numbers go on. */
void event_log_clear(struct event_log *log);

/** Numbers of the oldest entry kept, and one behind the newest: both only grow. */
uint64_t event_log_first(const struct event_log *log);
uint64_t event_log_end(const struct event_log *log);

/** The entry of a number from first to end - 1. */
const struct event_entry *event_log_at(const struct event_log *log, uint64_t number);

/**
 * Whether an entry is to be seen with a filter: its text holds all words, whatever their case, "!word" not; of "key=value" the value is
 * looked for. What was lost is always to be seen.
 *
 * @text: the event as it is shown
 */
bool event_passes(const char *text, const char *filter);

/** Whether an event speaks of a namespace: of itself, or of the host end of one of its interfaces. */
bool event_is_of(const struct event *event, const struct netns *ns);
