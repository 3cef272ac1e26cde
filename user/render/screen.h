/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/departed.h"
#include "model/event_log.h"
#include "model/history.h"
#include "model/host_facts.h"
#include "model/lines.h"
#include "model/ports.h"
#include "model/rates.h"
#include "model/view.h"
#include "render/frame.h"

/**
 * All that a screen of ctnet-top is drawn from. Pure values: no clock, no terminal; the same input gives the same frame.
 */
struct screen {
	const struct rates *rates;            /* with the rows that departed; never NULL */
	const struct snapshot *before;        /* the snapshot before rates->snap; NULL on the first round */
	const struct view *view;              /* settled (screen_settle()) */
	const struct history *history;        /* of namespaces */
	const struct history *bridge_history; /* of bridges: receive is what the bridge device received */
	const struct departed *departed;
	const struct table_line *lines; /* lines_list() */
	size_t line_count;
	size_t row_count;              /* namespaces that pass the filter */
	const struct port_line *ports; /* ports_list() */
	size_t port_count;
	const struct event_log *events;
	const struct host_facts *facts; /* of the host, for paths; NULL: nobody knows them */
	const char *host;               /* its name */
	const char *fault;              /* why the last look failed; "": it did not */
	const char *notice;             /* what came of the last key; "": nothing to say */
	bool recording;                 /* what is seen is written down */
	size_t played, to_play;         /* snapshot of a recording, from 1, and how many it holds; 0: this is live */
};

/**
 * Fits a view to what there is to see and the size of @frame, which is not changed: view_settle_…() of the screen it shows.
 *
 * @view: the one that @screen->view points to
 */
void screen_settle(const struct screen *screen, struct frame *frame, struct view *view);

/** Draws that screen. @frame: empty (frame_resize()) and as large as the terminal */
void screen_render(const struct screen *screen, struct frame *frame);
