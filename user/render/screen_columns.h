/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/columns.h"
#include "model/query.h"
#include "render/frame.h"
#include "render/screen.h"

/* The columns of the table of namespaces: which there are, what they say, and which of them a width has room for. */

#define TABLE_MARKS 2 /* columns left of the first: the cursor and the mark of the row */

/** What a cell is to tell: of which line, how. */
struct cell_ask {
	const struct screen *screen;
	const struct table_line *line;
	const struct netns_rate *row; /* of the line; NULL: it is a group's */
	size_t width;
	bool unicode;
};

/** What a cell of the table says. */
struct cell_text {
	char text[512];
	enum frame_style style;
};

struct column {
	const char *title;
	/* columns of the terminal; what a wide screen has left makes all want, then all max */
	size_t min, want, max;
	int rank;              /* 0 is shown first; a narrow screen drops the largest rank first */
	bool right;            /* against the right edge */
	enum sort_column sort; /* SORT_COLUMNS: none */
	void (*tell)(const struct cell_ask *ask, struct cell_text *ret);
};

/** A column that has a place. */
struct placed_column {
	enum table_column which;
	const struct column *column;
	size_t at, width;
};

/**
 * Chooses columns for a terminal so wide and gives each its place, from the left. Returns how many.
 *
 * @hidden: not wanted: a bit for each
 */
size_t columns_place(size_t terminal_columns, uint32_t hidden, struct placed_column ret[TABLE_COLUMNS]);

/* The cells of lines that are no namespace's. */
void group_tell(enum table_column column, const struct cell_ask *ask, struct cell_text *ret);
void interface_tell(enum table_column column, const struct cell_ask *ask, struct cell_text *ret);

/** '!': needs a look; '~': counted from the middle of its life on, or gone; ' ': nothing to say. */
char row_mark(const struct netns_rate *row);

/** What is to be said of a row in place of its graph: "gone 4s ago", "no interface", …; "": nothing. */
void row_note(const struct screen *screen, const struct netns_rate *row, char *out, size_t size);
