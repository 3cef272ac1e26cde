/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

#include "app/recorder.h"
#include "app/top_options.h"
#include "app/top_source.h"
#include "model/departed.h"
#include "model/history.h"
#include "model/lines.h"
#include "model/ports.h"
#include "model/rates.h"
#include "model/view.h"
#include "render/screen.h"

/** What ctnet-top knows between two looks. */
struct top_state {
	struct top_source *source; /* not owned */
	struct recorder *recorder; /* NULL: nothing is written down */
	const struct snapshot *before;
	struct rates *rates; /* NULL before the first look */
	struct history *history;
	struct history *bridge_history;
	struct departed *departed;
	struct view view;
	const struct netns_rate **rows;
	size_t row_count;
	struct table_line *lines;
	size_t line_count;
	struct port_line *ports;
	size_t port_count;
	const struct host_facts *facts; /* the source's; NULL: not known, or nobody looks at a path */
	char notice[384];               /* what came of the last key; "": nothing to say */
	struct fault look_fault;        /* why the last look failed; code 0: it did not */
	struct fault record_fault;      /* why the recording ended; code 0: it did not */
};

/**
 * Nothing seen yet; the view as @options say. Begins the recording that they ask for.
 *
 * @ret: top_state_free() it, before the source
 * Returns 0 or -errno with @fault filled.
 */
int top_state_new(const struct top_options *options, struct top_source *source, struct top_state **ret,
                  struct fault *fault);

/**
 * Takes a look: a snapshot, its rates against the one before, and chooses the rows. A look that fails leaves what was seen before and says so in
 * @look_fault.
 *
 * Returns 0; -ENODATA at the end of a recording: all is as it was; or -errno with @fault filled where it cannot go on (no memory, or the
 * very first look failed).
 */
int top_state_look(struct top_state *state, struct fault *fault);

/**
 * Goes @by snapshots on in the recording, or back; not beyond its ends. What was seen is then what had been seen if it had been played up
 * to there, as far as a minute goes.
 *
 * Returns 0 or -errno with @fault filled.
 */
int top_state_step(struct top_state *state, int by, struct fault *fault);

/** Asks the host for what the screen that is shown needs of it. */
void top_state_refresh_facts(struct top_state *state);

/** Chooses the rows and lines anew, after filter, order or folds changed. Returns 0 or -ENOMEM with @fault filled. */
int top_state_select(struct top_state *state, struct fault *fault);

/** All that a screen is drawn from. Points into @state. */
struct screen top_state_screen(const struct top_state *state);

/** Accepts NULL. */
void top_state_free(struct top_state *state);
void top_state_freep(struct top_state **state);
#define _cleanup_top_state_ __attribute__((cleanup(top_state_freep)))
