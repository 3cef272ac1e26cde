/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * A screen as a value: lines and columns of cells, each with its character and what it means. The terminal layer decides how
 * a meaning looks; nothing here is said by the style alone.
 */

enum frame_style {
	STYLE_PLAIN,
	STYLE_TITLE,   /* names of the program, of a screen, of a row that matters */
	STYLE_HEADING, /* names of columns */
	STYLE_QUIET,   /* gone, not known, or second in importance */
	STYLE_GOOD,
	STYLE_WARN,
	STYLE_BAD,
	STYLE_GRAPH,
	STYLE_KEYS, /* the line that tells the keys */
	STYLES,
};

/** One column of one line. */
struct frame_cell {
	char text[12]; /* one character with its combining marks, UTF-8; "" right of a wide one */
	uint8_t style; /* enum frame_style */
	bool selected; /* under the cursor */
};

struct frame {
	size_t lines, columns;
	bool unicode;             /* false: only ASCII is put, '?' in place of the rest */
	struct frame_cell *cells; /* line by line; owned */
};

/** Larger than any terminal; what is asked beyond is cut to this. */
#define FRAME_MAX 1000

/**
 * Makes room for @lines by @columns (each 1 to FRAME_MAX, else brought into that range) and empties it. Keeps its memory where the size
 * is the same.
 *
 * Returns 0, or -ENOMEM: the frame is as it was.
 */
int frame_resize(struct frame *frame, size_t lines, size_t columns);

/** Gives the memory back. Accepts an empty frame. */
void frame_free(struct frame *frame);

/**
 * Puts text into @width columns from @column on, from the left; the rest of the width is blank. Text that does not fit ends in '…' ('+'
 * in ASCII); a wide character is never split; bytes that are not clean text (text_clean()) become '?'. What is outside the frame
 * is dropped.
 */
void frame_put(struct frame *frame, size_t line, size_t column, size_t width, enum frame_style style, const char *text);

/** As frame_put(), against the right edge of @width. */
void frame_put_right(struct frame *frame, size_t line, size_t column, size_t width, enum frame_style style,
                     const char *text);

/** Marks a whole line as the one under the cursor. */
void frame_select(struct frame *frame, size_t line);

/** Appends one line of the frame as text, without the blanks at its end. Returns 0 or -ENOMEM. */
int frame_line_text(const struct frame *frame, size_t line, struct buf *ret);

/** The cell, or NULL outside the frame. */
const struct frame_cell *frame_cell(const struct frame *frame, size_t line, size_t column);
