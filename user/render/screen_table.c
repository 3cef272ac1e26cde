/* SPDX-License-Identifier: GPL-2.0-only */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "render/screen_columns.h"
#include "render/screen_parts.h"

/* An interface that should carry traffic and cannot; NULL: none. Without an mtu nobody could look at it. */
static const struct interface *interface_down(const struct netns *ns)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		const struct interface *interface = &ns->interfaces[i];

		if (!interface->up && !interface->gone && interface->mtu > 0)
			return interface;
	}
	return NULL;
}

char row_mark(const struct netns_rate *row)
{
	const struct netns *ns = row->ns;

	if (ns->gone)
		return '~';
	if (row->reset || netns_left_behind(ns) || interface_down(ns) ||
	    (ns->interface_count > 0 && !netns_counted(ns)))
		return '!';
	return netns_traffic(ns).midlife ? '~' : ' ';
}

void row_note(const struct screen *screen, const struct netns_rate *row, char *out, size_t size)
{
	const struct netns *ns = row->ns;
	const struct interface *down = interface_down(ns);
	double seconds = 0;
	char age[RATE_TEXT];

	out[0] = '\0';
	if (ns->gone) {
		(void)departed_age(screen->departed, row_key_of(ns), &seconds);
		age_text(seconds, age, sizeof(age));
		(void)snprintf(out, size, "gone %s ago", age);
	} else if (row->reset) {
		(void)snprintf(out, size, "reset");
	} else if (netns_left_behind(ns)) {
		(void)snprintf(out, size, "held by %s", ns->held_by);
	} else if (ns->interface_count == 0) {
		(void)snprintf(out, size, "no interface");
	} else if (down) {
		(void)snprintf(out, size, "%s down", down->name);
	} else if (!netns_counted(ns)) {
		(void)snprintf(out, size, "not counted");
	}
}

static void draw_titles(const struct screen *screen, struct frame *frame, size_t line,
                        const struct placed_column *columns, size_t count)
{
	const struct view *view = screen->view;
	bool downward = view_sorts_downward(view->sort) != view->reverse;
	const char *arrow = frame->unicode ? (downward ? "▼" : "▲") : (downward ? "v" : "^");
	char title[64];

	frame_put(frame, line, 0, frame->columns, STYLE_HEADING, "");
	for (size_t i = 0; i < count; i++) {
		const struct column *column = columns[i].column;

		(void)snprintf(title, sizeof(title), "%s%s", column->title, column->sort == view->sort ? arrow : "");
		(column->right ? frame_put_right : frame_put)(frame, line, columns[i].at, columns[i].width,
		                                              STYLE_HEADING, title);
	}
}

static enum frame_style mark_style(char mark)
{
	return mark == '!' ? STYLE_BAD : STYLE_QUIET;
}

static void draw_cell(const struct screen *screen, struct frame *frame, size_t line, const struct netns_rate *row,
                      const struct placed_column *placed)
{
	const struct column *column = placed->column;
	struct cell_text cell = { .style = STYLE_PLAIN };

	column->tell(screen, row, placed->width, frame->unicode, &cell);
	if (row->ns->gone)
		cell.style = STYLE_QUIET;
	(column->right ? frame_put_right : frame_put)(frame, line, placed->at, placed->width, cell.style, cell.text);
}

static void draw_row(const struct screen *screen, struct frame *frame, size_t line, const struct netns_rate *row,
                     const struct placed_column *columns, size_t count)
{
	const char mark[] = { row_mark(row), '\0' };
	/* what was left behind and has no interface has nothing to say in the columns but who holds it */
	bool note_only = netns_left_behind(row->ns) && row->ns->interface_count == 0;
	char note[OWNER_TEXT_MAX + 64];
	size_t i;

	frame_put(frame, line, 1, 1, mark_style(mark[0]), mark);
	for (i = 0; i < count; i++) {
		if (note_only && columns[i].column->sort != SORT_NAME && columns[i].column->sort != SORT_KIND)
			break;
		draw_cell(screen, frame, line, row, &columns[i]);
	}
	if (i == count)
		return;
	row_note(screen, row, note, sizeof(note));
	frame_put(frame, line, columns[i].at, frame->columns, STYLE_WARN, note);
}

/* The owners that share a namespace with the one that names its row. */
static void draw_sharers(struct frame *frame, size_t line, size_t room, const struct netns *ns)
{
	size_t lines = view_row_lines(ns) - 1;
	char text[OWNER_TEXT_MAX + 64];

	for (size_t i = 0; i < lines && i < room; i++) {
		const struct owner *owner = &ns->owners[i + 1];
		size_t left = ns->owner_count - 1 - i;

		if (i + 1 == lines && left > 1)
			(void)snprintf(text, sizeof(text), "+%zu more share it", left);
		else
			(void)snprintf(text, sizeof(text), "+%s (%s, shares it)", owner->name,
			               owner_kind_name(owner->kind));
		frame_put(frame, line + i, TABLE_MARKS + 1, frame->columns, STYLE_QUIET, text);
	}
}

static void draw_nothing(const struct screen *screen, struct frame *frame, size_t line)
{
	char text[VIEW_FILTER_MAX + 64];

	if (screen->rates->namespace_count > 0)
		(void)snprintf(text, sizeof(text), "nothing matches \"%s\"", screen->view->filter);
	else
		(void)snprintf(text, sizeof(text), "no other network namespace on this node: start a container");
	frame_put(frame, line, TABLE_MARKS, frame->columns, STYLE_QUIET, text);
}

void table_draw(const struct screen *screen, struct frame *frame, size_t first, size_t room)
{
	const struct view_scroll *scroll = &screen->view->scroll[VIEW_TABLE];
	struct placed_column columns[TABLE_COLUMNS_MAX];
	size_t count = columns_place(frame->columns, columns);
	size_t end = first + room;
	size_t line = first;

	if (room > 1)
		draw_titles(screen, frame, line++, columns, count);
	if (screen->row_count == 0 && line < end)
		draw_nothing(screen, frame, line);
	for (size_t i = scroll->top; i < screen->row_count && line < end; i++) {
		const struct netns_rate *row = screen->rows[i];

		draw_row(screen, frame, line, row, columns, count);
		draw_sharers(frame, line + 1, end - line - 1, row->ns);
		if (i == scroll->cursor) {
			frame_put(frame, line, 0, 1, STYLE_TITLE, ">");
			frame_select(frame, line);
		}
		line += view_row_lines(row->ns);
	}
}

size_t table_hidden_columns(size_t columns)
{
	struct placed_column placed[TABLE_COLUMNS_MAX];

	return columns_count() - columns_place(columns, placed);
}
