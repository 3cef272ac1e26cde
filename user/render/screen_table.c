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

static size_t line_indent(const struct table_line *line)
{
	return (line->nested ? 1U : 0U) + (line->kind == LINE_INTERFACE ? 2U : 0U);
}

static void draw_cell(const struct screen *screen, struct frame *frame, size_t at, const struct table_line *line,
                      const struct placed_column *placed)
{
	const struct cell_ask ask = { screen, line, line->row, placed->width, frame->unicode };
	const struct column *column = placed->column;
	struct cell_text cell = { .style = STYLE_PLAIN };
	/* the first column shows by its indent what a line stands under */
	size_t indent = placed->which == COLUMN_OWNER ? line_indent(line) : 0;

	if (indent >= placed->width)
		indent = 0;
	if (line->kind == LINE_GROUP)
		group_tell(placed->which, &ask, &cell);
	else if (line->kind == LINE_INTERFACE)
		interface_tell(placed->which, &ask, &cell);
	else
		column->tell(&ask, &cell);
	if (line->row && line->row->ns->gone)
		cell.style = STYLE_QUIET;
	(column->right ? frame_put_right : frame_put)(frame, at, placed->at + indent, placed->width - indent,
	                                              cell.style, cell.text);
}

static void draw_netns(const struct screen *screen, struct frame *frame, size_t at, const struct table_line *line,
                       const struct placed_column *columns, size_t count)
{
	const struct netns_rate *row = line->row;
	const char mark[] = { row_mark(row), '\0' };
	/* what was left behind and has no interface has nothing to say in the columns but who holds it */
	bool note_only = netns_left_behind(row->ns) && row->ns->interface_count == 0;
	char note[OWNER_TEXT_MAX + 64];
	size_t i;

	frame_put(frame, at, 1, 1, mark_style(mark[0]), mark);
	for (i = 0; i < count; i++) {
		if (note_only && columns[i].which > COLUMN_KIND)
			break;
		draw_cell(screen, frame, at, line, &columns[i]);
	}
	if (i == count)
		return;
	row_note(screen, row, note, sizeof(note));
	frame_put(frame, at, columns[i].at, frame->columns, STYLE_WARN, note);
}

/* An owner that shares a namespace with the one that names its row. */
static void draw_sharer(struct frame *frame, size_t at, const struct table_line *line)
{
	char text[OWNER_TEXT_MAX + 64];

	if (line->kind == LINE_MORE)
		(void)snprintf(text, sizeof(text), "+%zu more share it", line->count);
	else
		(void)snprintf(text, sizeof(text), "+%s (%s, shares it)", line->owner->name,
		               owner_kind_name(line->owner->kind));
	frame_put(frame, at, TABLE_MARKS + 1 + line_indent(line), frame->columns, STYLE_QUIET, text);
}

static void draw_line(const struct screen *screen, struct frame *frame, size_t at, const struct table_line *line,
                      const struct placed_column *columns, size_t count)
{
	if (line->kind == LINE_NETNS) {
		draw_netns(screen, frame, at, line, columns, count);
	} else if (line->kind == LINE_OWNER || line->kind == LINE_MORE) {
		draw_sharer(frame, at, line);
	} else {
		for (size_t i = 0; i < count; i++)
			draw_cell(screen, frame, at, line, &columns[i]);
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
	struct placed_column columns[TABLE_COLUMNS];
	size_t count = columns_place(frame->columns, screen->view->hidden, columns);
	size_t end = first + room;
	size_t at = first;

	if (room > 1)
		draw_titles(screen, frame, at++, columns, count);
	if (screen->line_count == 0 && at < end)
		draw_nothing(screen, frame, at);
	for (size_t i = scroll->top; i < screen->line_count && at < end; i++, at++) {
		draw_line(screen, frame, at, &screen->lines[i], columns, count);
		if (i == scroll->cursor) {
			frame_put(frame, at, 0, 1, STYLE_TITLE, ">");
			frame_select(frame, at);
		}
	}
}

size_t table_hidden_columns(size_t columns, uint32_t hidden)
{
	struct placed_column placed[TABLE_COLUMNS];

	return TABLE_COLUMNS - columns_place(columns, hidden, placed);
}

bool table_shows_column(size_t columns, uint32_t hidden, enum table_column column)
{
	struct placed_column placed[TABLE_COLUMNS];
	size_t count = columns_place(columns, hidden, placed);

	for (size_t i = 0; i < count; i++) {
		if (placed[i].which == column)
			return true;
	}
	return false;
}
