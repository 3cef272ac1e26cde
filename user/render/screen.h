/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

#include "model/departed.h"
#include "model/history.h"
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
	const struct view *view;              /* settled (screen_lines()) */
	const struct history *history;        /* of namespaces */
	const struct history *bridge_history; /* of bridges: receive is what the bridge device received */
	const struct departed *departed;
	const struct netns_rate *const *rows; /* as query_select() ordered them */
	size_t row_count;
	const struct port_line *ports; /* ports_list() */
	size_t port_count;
	const char *host;  /* name of this host */
	const char *fault; /* why the last look failed; "": it did not */
};

/** How much room and how much text there is, for view_settle_…(). */
struct screen_lines {
	size_t room;  /* lines for rows or text */
	size_t lines; /* lines of the text (details, help); 0 for lists */
};

/**
 * Measures the screen that @screen->view shows at the size of @frame, which is not changed. The scroll positions of the view do not matter
 * here.
 */
struct screen_lines screen_measure(const struct screen *screen, struct frame *frame);

/** Draws that screen. @frame: empty (frame_resize()) and as large as the terminal */
void screen_render(const struct screen *screen, struct frame *frame);
