/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/columns.h"
#include "model/lines.h"
#include "model/ports.h"
#include "model/query.h"
#include "model/rates.h"
#include "model/row_key.h"

/*
 * What a person looks at: which screen, which row, which order. A value, changed by keys alone (view_key()) and fitted to
 * what there is to see (view_settle_…()); it knows neither a terminal nor a clock.
 */

enum view_screen { VIEW_TABLE, VIEW_DETAIL, VIEW_BRIDGES, VIEW_EVENTS, VIEW_COLUMNS, VIEW_HELP, VIEW_SCREENS };

/** How rates are shown. */
enum view_units { VIEW_BITS, VIEW_BITS_BINARY, VIEW_BYTES, VIEW_BYTES_BINARY, VIEW_UNITS };

/** Keys that are no character; characters are their Unicode code points, Enter '\n', Escape 27, Backspace 127. */
enum view_special_key {
	VIEW_KEY_NONE = 0,
	VIEW_KEY_ENTER = '\n',
	VIEW_KEY_ESCAPE = 27,
	VIEW_KEY_BACKSPACE = 127,
	VIEW_KEY_UP = 0x110000, /* the first number that is no code point */
	VIEW_KEY_DOWN,
	VIEW_KEY_LEFT,
	VIEW_KEY_RIGHT,
	VIEW_KEY_PAGE_UP,
	VIEW_KEY_PAGE_DOWN,
	VIEW_KEY_HOME,
	VIEW_KEY_END,
	VIEW_KEY_F1,
};

/** What is to be done after a key, beyond the change of the view itself. */
enum view_action {
	VIEW_NOTHING, /* the key means nothing here: no need to draw */
	VIEW_DRAW,    /* draw again */
	VIEW_SELECT,  /* filter, order or folds changed: choose the lines again, then draw */
	VIEW_TIMER,   /* pause or interval changed: set the clock again, then draw */
	VIEW_STEP,    /* go view.step snapshots on in the recording */
	VIEW_SAVE,    /* keep the settings */
	VIEW_REPAINT, /* the terminal was overwritten: draw every cell again */
	VIEW_QUIT,
};

/** Place in a list, or in a text longer than the screen. */
struct view_scroll {
	size_t cursor; /* line of the list, or first line shown of a text */
	size_t top;    /* first line shown */
	size_t limit;  /* largest cursor */
	size_t page;   /* lines that fit */
};

#define VIEW_FILTER_MAX 128 /* bytes, with the NUL */

struct view {
	enum view_screen screen;
	enum view_screen back; /* where Escape leads to */
	enum sort_column sort;
	bool reverse;
	enum view_units units;
	bool paused;
	uint64_t interval_ns;
	bool tree;                    /* namespaces stand under their bridges */
	struct folds folds;           /* of the table */
	uint32_t hidden;              /* columns not wanted: a bit for each enum table_column */
	int step;                     /* VIEW_STEP: snapshots to go on; below 0: back */
	bool typing;                  /* a filter is being typed: keys are its letters */
	char filter[VIEW_FILTER_MAX]; /* in force */
	char before[VIEW_FILTER_MAX]; /* the filter to go back to when typing is given up */
	int moved; /* the cursor was moved since the last settle: it decides, not the identity. 1: downward, -1: upward */
	bool pinned;               /* a row was chosen: the cursor follows it; else it stays at the first line */
	bool on_group;             /* the cursor of the table is on a bridge */
	struct line_key selected;  /* line under the cursor of the table */
	struct row_key port_owner; /* namespace behind the port under the cursor of the bridges; zero: none */
	struct row_key detail;     /* namespace on the detail screen */
	struct view_scroll scroll[VIEW_SCREENS];
};

/** The table, sorted by @sort, no filter. @interval_ns: time between two looks. */
void view_init(struct view *view, enum sort_column sort, bool reverse, uint64_t interval_ns);

/** Sets the filter; what is too long is cut between characters. */
void view_set_filter(struct view *view, const char *filter);

/**
 * One key. @key: a character's code point or one of enum view_special_key
 */
enum view_action view_key(struct view *view, int key);

/**
 * Fits the view to the lines there are now: the cursor goes where its line went; where that is gone, it stays where it is. Also decides
 * what is scrolled to.
 *
 * @lines: lines_list()
 * @room: lines the table has on the screen
 */
void view_settle_lines(struct view *view, const struct table_line *lines, size_t count, size_t room);

/** Likewise for the bridges. */
void view_settle_ports(struct view *view, const struct port_line *ports, size_t count, size_t lines);

/** Likewise for a list of @count lines that have nothing behind them (columns). */
void view_settle_list(struct view *view, size_t count, size_t lines);

/** Likewise for a screen that is a text of @count lines (details, help). */
void view_settle_text(struct view *view, size_t count, size_t lines);

/** Likewise for the events, of which @count were ever told: at their end the view stays at the end. */
void view_settle_events(struct view *view, size_t count, size_t lines);

/** "bits", "bits-binary", "bytes", "bytes-binary": what -u takes. */
const char *view_units_name(enum view_units units);

/** Returns 0 and the units, or -EINVAL for an unknown name. */
int view_units_from_name(const char *name, enum view_units *ret);

/** Whether query_select() puts the largest or latest first in this column when not reversed. */
bool view_sorts_downward(enum sort_column column);

/** One line of the help: the keys as a person reads them, and what they do. */
struct view_help {
	const char *keys;
	const char *what;
};

/** The @i-th line of the help, or NULL past the last. From the same table that view_key() obeys. */
const struct view_help *view_help_at(size_t i);
