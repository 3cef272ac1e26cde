/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>

#include "render/screen_parts.h"

static void draw_column(const struct screen *screen, struct frame *frame, size_t at, enum table_column column)
{
	uint32_t hidden = screen->view->hidden;
	bool wanted = !(hidden & 1U << column);
	const char *note = "";
	char text[128];

	if (wanted && !table_shows_column(frame->columns, hidden, column))
		note = "  no room";
	(void)snprintf(text, sizeof(text), "[%c] %-10s %s%s", wanted ? 'x' : ' ', table_column_name(column),
	               table_column_about(column), note);
	frame_put(frame, at, 2, frame->columns, note[0] ? STYLE_QUIET : STYLE_PLAIN, text);
}

void chooser_draw(const struct screen *screen, struct frame *frame, size_t first, size_t room)
{
	const struct view_scroll *scroll = &screen->view->scroll[VIEW_COLUMNS];
	size_t end = first + room;
	size_t at = first;

	if (room > 1)
		frame_put(frame, at++, 0, frame->columns, STYLE_HEADING, "  COLUMNS: Enter shows or hides, S saves");
	for (size_t i = scroll->top; i < TABLE_COLUMNS && at < end; i++, at++) {
		draw_column(screen, frame, at, (enum table_column)i);
		if (i == scroll->cursor) {
			frame_put(frame, at, 0, 1, STYLE_TITLE, ">");
			frame_select(frame, at);
		}
	}
}
