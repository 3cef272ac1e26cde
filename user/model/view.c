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

size_t view_row_lines(const struct netns *ns)
{
	size_t others = ns->owner_count > 1 ? ns->owner_count - 1 : 0;

	return 1 + (others > VIEW_OWNER_LINES ? VIEW_OWNER_LINES : others);
}

/* Where the cursor belongs: with its namespace, or else on its line. */
static size_t place_cursor(const struct view *view, const struct netns_rate *const *rows, size_t count)
{
	size_t cursor = view->scroll[VIEW_TABLE].cursor;

	if (!view->pinned)
		return 0;
	for (size_t i = 0; i < count && !view->moved; i++) {
		if (row_key_equal(row_key_of(rows[i]->ns), view->selected))
			return i;
	}
	return cursor < count ? cursor : count - 1;
}

/* The first row to show, so that the cursor's row is seen whole and no line is left empty that could show a row. */
static size_t place_top(const struct view_scroll *scroll, const struct netns_rate *const *rows, size_t count,
                        size_t lines)
{
	size_t top = scroll->top < scroll->cursor ? scroll->top : scroll->cursor;
	size_t used = 0;

	for (size_t i = scroll->cursor + 1; i-- > top;) {
		used += view_row_lines(rows[i]->ns);
		if (used > lines && i < scroll->cursor)
			return i + 1;
	}
	for (size_t i = scroll->cursor + 1; i < count && used <= lines; i++)
		used += view_row_lines(rows[i]->ns);
	while (top > 0 && used + view_row_lines(rows[top - 1]->ns) <= lines)
		used += view_row_lines(rows[--top]->ns);
	return top;
}

void view_settle_rows(struct view *view, const struct netns_rate *const *rows, size_t count, size_t lines)
{
	struct view_scroll *scroll = &view->scroll[VIEW_TABLE];

	scroll->page = lines > 0 ? lines : 1;
	if (count == 0) {
		scroll->cursor = scroll->top = scroll->limit = 0;
		view->selected = (struct row_key){ 0, 0 };
		view->moved = false;
		return;
	}
	scroll->cursor = place_cursor(view, rows, count);
	scroll->limit = count - 1;
	scroll->top = place_top(scroll, rows, count, scroll->page);
	view->selected = row_key_of(rows[scroll->cursor]->ns);
	view->moved = false;
}

void view_settle_ports(struct view *view, const struct port_line *ports, size_t count, size_t lines)
{
	struct view_scroll *scroll = &view->scroll[VIEW_BRIDGES];
	const struct netns_rate *owner;

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
	owner = count > 0 ? ports[scroll->cursor].owner : NULL;
	view->port_owner = owner ? row_key_of(owner->ns) : (struct row_key){ 0, 0 };
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
