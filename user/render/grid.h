/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct grid_column {
	const char *title;
	bool right;    /* numbers: aligned on the right */
	bool flexible; /* gives way where the whole is wider than the terminal */
};

/**
 * Lines of cells, columns as wide as what is in them, two spaces between. A line may end in a note, which stands behind its last cell that is
 * not empty and widens no column.
 */
struct grid {
	const struct grid_column *columns;
	size_t column_count;
	struct buf cells; /* for each line its cells and its note, each with its NUL */
	size_t in_line;   /* cells of the line being made */
};

#define GRID_INIT(columns_)                                                                                            \
	{                                                                                                              \
		.columns = (columns_), .column_count = ARRAY_SIZE(columns_), .cells = BUF_INIT                         \
	}
#define GRID_MOST_COLUMNS 12
#define _cleanup_grid_    __attribute__((cleanup(grid_free)))

/** Adds the next cell of the current line. */
void grid_cell(struct grid *grid, const char *text);

/** Ends the line; cells that were not added are empty. @note: "" for none */
void grid_end_line(struct grid *grid, const char *note);

/**
 * Writes the titles and all lines; no line ends in spaces.
 *
 * @max_width: terminal columns to stay within: flexible columns and notes are cut, with "…"; 0: as wide as it gets
 * @out: appended to; a failure to find memory, earlier ones of @grid too, sticks in it
 */
void grid_render(const struct grid *grid, size_t max_width, struct buf *out);

/** Gives the memory of the cells back. */
void grid_free(struct grid *grid);

/** Appends @text, of which what is wider than @columns is cut, with "…". Returns the terminal columns written. */
size_t grid_put_cut(struct buf *out, const char *text, size_t columns);
