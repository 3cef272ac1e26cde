/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static size_t within(size_t value)
{
	if (value < 1)
		return 1;
	return value > FRAME_MAX ? FRAME_MAX : value;
}

static struct frame_cell *cell_at(struct frame *frame, size_t line, size_t column)
{
	return &frame->cells[line * frame->columns + column];
}

static void set_cell(struct frame *frame, size_t line, size_t column, enum frame_style style, const char *text,
                     size_t len)
{
	struct frame_cell *cell = cell_at(frame, line, column);

	memcpy(cell->text, text, len);
	cell->text[len] = '\0';
	cell->style = (uint8_t)style;
}

int frame_resize(struct frame *frame, size_t lines, size_t columns)
{
	struct frame_cell *cells = frame->cells;

	lines = within(lines);
	columns = within(columns);
	if (!cells || lines != frame->lines || columns != frame->columns) {
		cells = calloc(lines * columns, sizeof(*cells));
		if (!cells)
			return -ENOMEM;
		free(frame->cells);
	}
	frame->cells = cells;
	frame->lines = lines;
	frame->columns = columns;
	for (size_t i = 0; i < lines * columns; i++)
		cells[i] = (struct frame_cell){ .text = " " };
	return 0;
}

void frame_free(struct frame *frame)
{
	free(frame->cells);
	frame->cells = NULL;
	frame->lines = frame->columns = 0;
}

/* Bytes of the character at @text, which is clean UTF-8. */
static size_t character_len(const char *text)
{
	unsigned char lead = (unsigned char)text[0];

	if (lead < 0xc0)
		return 1;
	if (lead < 0xe0)
		return 2;
	return lead < 0xf0 ? 3 : 4;
}

static size_t character_columns(const char *text, size_t len)
{
	char one[5];

	if ((unsigned char)text[0] < 0x80)
		return 1;
	memcpy(one, text, len);
	one[len] = '\0';
	return text_columns(one);
}

/* Hangs a combining mark onto the character before it, as long as there is room. */
static void combine(struct frame *frame, size_t line, size_t column, const char *mark, size_t len)
{
	struct frame_cell *cell = cell_at(frame, line, column);
	size_t have = strlen(cell->text);

	if (have == 0 || have + len >= sizeof(cell->text)) /* right of a wide character, or too many marks */
		return;
	memcpy(cell->text + have, mark, len);
	cell->text[have + len] = '\0';
}

/* Puts clean text, at most @width columns, none outside the frame. Returns the columns used. */
static size_t put_characters(struct frame *frame, size_t line, size_t column, size_t width, enum frame_style style,
                             const char *text)
{
	size_t used = 0;
	size_t len;

	for (; *text; text += len) {
		size_t columns;

		len = character_len(text);
		columns = character_columns(text, len);
		if (columns == 0) {
			if (used > 0 && frame->unicode)
				combine(frame, line, column + used - 1, text, len);
			continue;
		}
		if (used + columns > width)
			break;
		if (!frame->unicode && len > 1) {
			for (size_t i = 0; i < columns; i++)
				set_cell(frame, line, column + used + i, style, "?", 1);
		} else {
			set_cell(frame, line, column + used, style, text, len);
			if (columns == 2)
				set_cell(frame, line, column + used + 1, style, "", 0);
		}
		used += columns;
	}
	return used;
}

static void blank(struct frame *frame, size_t line, size_t column, size_t width, enum frame_style style)
{
	for (size_t i = 0; i < width; i++)
		set_cell(frame, line, column + i, style, " ", 1);
}

/* The part of @width that is inside the frame. */
static size_t inside(const struct frame *frame, size_t line, size_t column, size_t width)
{
	if (line >= frame->lines || column >= frame->columns)
		return 0;
	return width > frame->columns - column ? frame->columns - column : width;
}

/* Puts what fits of a text that does not fit as a whole, and a sign that there is more. */
static void put_cut(struct frame *frame, size_t line, size_t column, size_t width, enum frame_style style,
                    const char *text)
{
	size_t used = put_characters(frame, line, column, width - 1, style, text);
	const char *more = frame->unicode ? "…" : "+";

	set_cell(frame, line, column + used, style, more, strlen(more));
}

#define CLEAN_SIZE (4 * FRAME_MAX + 1) /* the widest line in the longest characters */

void frame_put(struct frame *frame, size_t line, size_t column, size_t width, enum frame_style style, const char *text)
{
	char clean[CLEAN_SIZE];

	width = inside(frame, line, column, width);
	if (width == 0)
		return;
	(void)text_clean(text, strlen(text), clean, sizeof(clean));
	blank(frame, line, column, width, style);
	if (text_columns(clean) > width)
		put_cut(frame, line, column, width, style, clean);
	else
		(void)put_characters(frame, line, column, width, style, clean);
}

void frame_put_right(struct frame *frame, size_t line, size_t column, size_t width, enum frame_style style,
                     const char *text)
{
	char clean[CLEAN_SIZE];
	size_t columns;

	width = inside(frame, line, column, width);
	(void)text_clean(text, strlen(text), clean, sizeof(clean));
	columns = text_columns(clean);
	if (columns >= width) {
		frame_put(frame, line, column, width, style, clean);
		return;
	}
	blank(frame, line, column, width, style);
	(void)put_characters(frame, line, column + width - columns, columns, style, clean);
}

void frame_select(struct frame *frame, size_t line)
{
	for (size_t i = 0; line < frame->lines && i < frame->columns; i++)
		cell_at(frame, line, i)->selected = true;
}

int frame_line_text(const struct frame *frame, size_t line, struct buf *ret)
{
	size_t end = frame->columns;

	if (line >= frame->lines)
		return 0;
	while (end > 0 && strcmp(frame_cell(frame, line, end - 1)->text, " ") == 0)
		end--;
	for (size_t i = 0; i < end; i++)
		(void)buf_puts(ret, frame_cell(frame, line, i)->text);
	return ret->failed ? -ENOMEM : 0;
}

const struct frame_cell *frame_cell(const struct frame *frame, size_t line, size_t column)
{
	if (line >= frame->lines || column >= frame->columns)
		return NULL;
	return &frame->cells[line * frame->columns + column];
}
