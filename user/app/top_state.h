/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

#include "app/top_options.h"
#include "model/departed.h"
#include "model/history.h"
#include "model/ports.h"
#include "model/rates.h"
#include "model/view.h"
#include "observe/collector.h"
#include "render/screen.h"

/** What ctnet-top knows between two looks. */
struct top_state {
	struct collector *collector; /* not owned */
	const struct snapshot *before;
	struct rates *rates; /* NULL before the first look */
	struct history *history;
	struct history *bridge_history;
	struct departed *departed;
	struct view view;
	const struct netns_rate **rows;
	size_t row_count;
	struct port_line *ports;
	size_t port_count;
	char host[256];
	struct fault look_fault; /* why the last look failed; code 0: it did not */
};

/**
 * Nothing seen yet; the view as @options say.
 *
 * @ret: top_state_free() it, before the collector
 * Returns 0 or -ENOMEM with @fault filled.
 */
int top_state_new(const struct top_options *options, struct collector *collector, struct top_state **ret,
                  struct fault *fault);

/**
 * Takes a look: a snapshot, its rates against the one before, and chooses the rows. A look that fails leaves what was seen before and says so in
 * @look_fault.
 *
 * Returns 0, or -errno with @fault filled where it cannot go on (no memory, or the very first look failed).
 */
int top_state_look(struct top_state *state, struct fault *fault);

/** Chooses the rows anew, after filter or order changed. Returns 0 or -ENOMEM with @fault filled. */
int top_state_select(struct top_state *state, struct fault *fault);

/** All that a screen is drawn from. Points into @state. */
struct screen top_state_screen(const struct top_state *state);

/** Accepts NULL. */
void top_state_free(struct top_state *state);
void top_state_freep(struct top_state **state);
#define _cleanup_top_state_ __attribute__((cleanup(top_state_freep)))
