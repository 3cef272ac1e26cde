/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/view.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

void view_init(struct view *view, enum sort_column sort, bool reverse, uint64_t interval_ns)
{
	*view = (struct view){ .sort = sort, .reverse = reverse, .interval_ns = interval_ns };
}

void view_set_filter(struct view *view, const char *filter)
{
	/* cleaned as the names are that it is compared with; cut between characters */
	(void)text_clean(filter, strlen(filter), view->filter, sizeof(view->filter));
}

/* Where the cursor belongs: with its line, or else where it is. */
static size_t place_cursor(const struct view *view, const struct table_line *lines, size_t count)
{
	size_t cursor = view->scroll[VIEW_TABLE].cursor;

	if (!view->pinned)
		return 0;
	for (size_t i = 0; i < count && view->moved == 0; i++) {
		if (line_is_stop(&lines[i]) && lines[i].key.interface == view->selected.interface &&
		    row_key_equal(lines[i].key.row, view->selected.row))
			return i;
	}
	return cursor < count ? cursor : count - 1;
}

/* The next line to stop at the way the cursor goes; where there is none, the last one before. The first line always is one. */
static size_t next_stop(const struct table_line *lines, size_t count, size_t cursor, int way)
{
	size_t at = cursor;

	while (way > 0 && at < count && !line_is_stop(&lines[at]))
		at++;
	if (at == count)
		at = cursor;
	while (at > 0 && !line_is_stop(&lines[at]))
		at--;
	return at;
}

/* The first line to show, so that the cursor's row is seen whole, and none begins with what only continues it. */
static size_t place_top(const struct view_scroll *scroll, const struct table_line *lines, size_t count)
{
	size_t top = scroll->top < scroll->cursor ? scroll->top : scroll->cursor;
	size_t last = scroll->cursor;

	while (last + 1 < count && !line_is_stop(&lines[last + 1]))
		last++;
	if (last - top >= scroll->page)
		top = last - scroll->page + 1;
	if (top + scroll->page > count)
		top = count > scroll->page ? count - scroll->page : 0;
	while (top < scroll->cursor && !line_is_stop(&lines[top]))
		top++;
	return top < scroll->cursor ? top : scroll->cursor;
}

void view_settle_lines(struct view *view, const struct table_line *lines, size_t count, size_t room)
{
	struct view_scroll *scroll = &view->scroll[VIEW_TABLE];

	scroll->page = room > 0 ? room : 1;
	if (count == 0) {
		scroll->cursor = scroll->top = scroll->limit = 0;
		view->selected = (struct line_key){ .interface = 0 };
		view->on_group = false;
		view->moved = 0;
		return;
	}
	scroll->cursor = next_stop(lines, count, place_cursor(view, lines, count), view->moved);
	scroll->limit = count - 1;
	scroll->top = place_top(scroll, lines, count);
	view->selected = lines[scroll->cursor].key;
	view->on_group = lines[scroll->cursor].kind == LINE_GROUP;
	view->moved = 0;
}

static void settle_list(struct view_scroll *scroll, size_t count, size_t lines)
{
	scroll->page = lines > 0 ? lines : 1;
	scroll->limit = count > 0 ? count - 1 : 0;
	if (scroll->cursor > scroll->limit)
		scroll->cursor = scroll->limit;
	if (scroll->top > scroll->cursor)
		scroll->top = scroll->cursor;
	if (scroll->cursor - scroll->top >= scroll->page)
		scroll->top = scroll->cursor - scroll->page + 1;
	if (scroll->top + scroll->page > count)
		scroll->top = count > scroll->page ? count - scroll->page : 0;
}

void view_settle_ports(struct view *view, const struct port_line *ports, size_t count, size_t lines)
{
	const struct netns_rate *owner;

	settle_list(&view->scroll[VIEW_BRIDGES], count, lines);
	owner = count > 0 ? ports[view->scroll[VIEW_BRIDGES].cursor].owner : NULL;
	view->port_owner = owner ? row_key_of(owner->ns) : (struct row_key){ 0, 0 };
}

void view_settle_list(struct view *view, size_t count, size_t lines)
{
	settle_list(&view->scroll[view->screen], count, lines);
}

void view_settle_events(struct view *view, size_t count, size_t lines)
{
	struct view_scroll *scroll = &view->scroll[VIEW_EVENTS];
	bool at_end = scroll->cursor >= scroll->limit;

	scroll->page = lines > 0 ? lines : 1;
	scroll->limit = count > scroll->page ? count - scroll->page : 0;
	if (at_end || scroll->cursor > scroll->limit)
		scroll->cursor = scroll->limit;
	scroll->top = scroll->cursor;
}

void view_settle_text(struct view *view, size_t count, size_t lines)
{
	struct view_scroll *scroll = &view->scroll[view->screen];

	scroll->page = lines > 0 ? lines : 1;
	scroll->limit = count > scroll->page ? count - scroll->page : 0;
	if (scroll->cursor > scroll->limit)
		scroll->cursor = scroll->limit;
	scroll->top = scroll->cursor;
}

static const char *const units_names[VIEW_UNITS] = {
	[VIEW_BITS] = "bits",
	[VIEW_BITS_BINARY] = "bits-binary",
	[VIEW_BYTES] = "bytes",
	[VIEW_BYTES_BINARY] = "bytes-binary",
};

const char *view_units_name(enum view_units units)
{
	return units_names[units];
}

int view_units_from_name(const char *name, enum view_units *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(units_names); i++) {
		if (strcmp(name, units_names[i]) == 0) {
			*ret = (enum view_units)i;
			return 0;
		}
	}
	return -EINVAL;
}

bool view_sorts_downward(enum sort_column column)
{
	static const bool downward[SORT_COLUMNS] = {
		[SORT_RX] = true, [SORT_TX] = true, [SORT_TOTAL] = true, [SORT_PACKETS] = true, [SORT_AGE] = true,
	};

	return downward[column];
}
