/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/grid.h"

#include <string.h>

#include "base/text.h"

#define GAP            ((size_t)2)
#define FLEXIBLE_LEAST ((size_t)8) /* columns a flexible column keeps */
#define ELLIPSIS       "\xe2\x80\xa6"

void grid_cell(struct grid *grid, const char *text)
{
	(void)buf_append(&grid->cells, text, strlen(text) + 1);
	grid->in_line++;
}

void grid_end_line(struct grid *grid, const char *note)
{
	while (grid->in_line < grid->column_count)
		grid_cell(grid, "");
	(void)buf_append(&grid->cells, note, strlen(note) + 1);
	grid->in_line = 0;
}

static const char *next(const char *text)
{
	return text + strlen(text) + 1;
}

static const char *end_of(const struct grid *grid)
{
	return grid->cells.data + grid->cells.len;
}

static void measure(const struct grid *grid, size_t width[GRID_MOST_COLUMNS])
{
	for (size_t i = 0; i < grid->column_count; i++)
		width[i] = text_columns(grid->columns[i].title);
	for (const char *at = grid->cells.data; at && at < end_of(grid); at = next(at)) {
		for (size_t i = 0; i < grid->column_count; i++, at = next(at)) {
			size_t columns = text_columns(at);

			if (columns > width[i])
				width[i] = columns;
		}
	}
}

/* The widest flexible column gives way first, so that two long ones end alike. */
static void squeeze(const struct grid *grid, size_t max_width, size_t width[GRID_MOST_COLUMNS])
{
	size_t total = (grid->column_count - 1) * GAP;

	for (size_t i = 0; i < grid->column_count; i++)
		total += width[i];
	for (; total > max_width; total--) {
		size_t widest = grid->column_count;

		for (size_t i = 0; i < grid->column_count; i++) {
			if (grid->columns[i].flexible && width[i] > FLEXIBLE_LEAST &&
			    (widest == grid->column_count || width[i] > width[widest]))
				widest = i;
		}
		if (widest == grid->column_count)
			return;
		width[widest]--;
	}
}

size_t grid_put_cut(struct buf *out, const char *text, size_t columns)
{
	size_t whole = text_columns(text);
	size_t bytes;

	if (whole <= columns) {
		(void)buf_puts(out, text);
		return whole;
	}
	if (columns == 0)
		return 0;
	bytes = text_fit(text, columns - 1);
	(void)buf_append(out, text, bytes);
	(void)buf_puts(out, ELLIPSIS);
	return columns; /* or one less, where half a wide character would have fitted */
}

static void spaces(struct buf *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)buf_putc(out, ' ');
}

static void put_cell(const struct grid_column *column, const char *text, size_t width, struct buf *out)
{
	size_t columns = text_columns(text);
	size_t from;

	if (column->right && columns < width)
		spaces(out, width - columns);
	from = out->len;
	(void)grid_put_cut(out, text, width);
	if (column->right || out->failed)
		return;
	spaces(out, width - text_columns(out->data + from));
}

static void trim(struct buf *out, size_t from)
{
	while (out->len > from && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
}

/* Returns what stands behind the line. */
static const char *put_line(const struct grid *grid, const char *cells, const size_t width[GRID_MOST_COLUMNS],
                            size_t max_width, struct buf *out)
{
	size_t from = out->len;
	size_t used = 0; /* columns, of all up to the last cell that is not empty */
	size_t at = 0;

	for (size_t i = 0; i < grid->column_count; i++, cells = next(cells)) {
		if (cells[0] != '\0') {
			if (at > used)
				spaces(out, at - used);
			put_cell(&grid->columns[i], cells, width[i], out);
			used = at + width[i];
		}
		at += width[i] + GAP;
	}
	if (cells[0] != '\0' && (max_width == 0 || used + GAP < max_width)) {
		spaces(out, GAP);
		(void)grid_put_cut(out, cells, max_width == 0 ? (size_t)-1 : max_width - used - GAP);
	}
	if (!out->failed)
		trim(out, from);
	(void)buf_putc(out, '\n');
	return next(cells);
}

static void put_titles(const struct grid *grid, const size_t width[GRID_MOST_COLUMNS], struct buf *out)
{
	size_t from = out->len;

	for (size_t i = 0; i < grid->column_count; i++) {
		if (i > 0)
			spaces(out, GAP);
		put_cell(&grid->columns[i], grid->columns[i].title, width[i], out);
	}
	if (!out->failed)
		trim(out, from);
	(void)buf_putc(out, '\n');
}

void grid_render(const struct grid *grid, size_t max_width, struct buf *out)
{
	size_t width[GRID_MOST_COLUMNS];
	const char *at = grid->cells.data;

	if (grid->cells.failed) {
		out->failed = true;
		return;
	}
	measure(grid, width);
	if (max_width > 0)
		squeeze(grid, max_width, width);
	put_titles(grid, width, out);
	while (at && at < end_of(grid))
		at = put_line(grid, at, width, max_width, out);
}

void grid_free(struct grid *grid)
{
	buf_free(&grid->cells);
}
