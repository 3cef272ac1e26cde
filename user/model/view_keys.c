/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "base/cleanup.h"
#include "model/view.h"

#define ON(screen) (1U << (screen))
#define LISTS      (ON(VIEW_TABLE) | ON(VIEW_BRIDGES))
#define ALL        (ON(VIEW_SCREENS) - 1)
#define CONTROL(c) ((c)&0x1f)

#define MS 1000000ULL
#define S  (1000 * MS)

enum move { MOVE_UP, MOVE_DOWN, MOVE_PAGE_UP, MOVE_PAGE_DOWN, MOVE_FIRST, MOVE_LAST };

static enum view_action move(struct view *view, int how)
{
	struct view_scroll *scroll = &view->scroll[view->screen];
	size_t page = scroll->page > 1 ? scroll->page - 1 : 1; /* one line stays, to hold on to */
	size_t step = how == MOVE_PAGE_UP || how == MOVE_PAGE_DOWN ? page : 1;

	if (how == MOVE_FIRST)
		scroll->cursor = 0;
	else if (how == MOVE_LAST)
		scroll->cursor = scroll->limit;
	else if (how == MOVE_UP || how == MOVE_PAGE_UP)
		scroll->cursor -= scroll->cursor < step ? scroll->cursor : step;
	else
		scroll->cursor += scroll->limit - scroll->cursor < step ? scroll->limit - scroll->cursor : step;
	if (view->screen == VIEW_TABLE) {
		view->moved = how == MOVE_UP || how == MOVE_PAGE_UP ? -1 : 1;
		view->pinned = how != MOVE_FIRST;
	}
	return VIEW_DRAW;
}

static enum view_action show(struct view *view, int screen)
{
	if (view->screen == (enum view_screen)screen) { /* the same key leads back */
		view->screen = view->back;
		view->back = VIEW_TABLE;
		return VIEW_DRAW;
	}
	/* details and help lead back to what they were opened from, the other screens to the table */
	view->back = screen == VIEW_DETAIL || screen == VIEW_HELP ? view->screen : VIEW_TABLE;
	view->screen = (enum view_screen)screen;
	view->scroll[screen] = (struct view_scroll){ .page = 1 };
	return VIEW_DRAW;
}

static enum view_action turn(struct view *view, int unused)
{
	(void)unused;
	if (row_key_equal(view->selected.row, (struct row_key){ 0, 0 }))
		return VIEW_NOTHING;
	folds_turn(&view->folds, view->selected.row);
	view->pinned = true;
	view->selected.interface = 0; /* a line that goes leaves the cursor to the one it stood under */
	return VIEW_SELECT;
}

static enum view_action turn_all(struct view *view, int unused)
{
	(void)unused;
	folds_turn_all(&view->folds);
	view->selected.interface = 0;
	return VIEW_SELECT;
}

static enum view_action tree(struct view *view, int unused)
{
	(void)unused;
	view->tree = !view->tree;
	view->screen = VIEW_TABLE;
	return VIEW_SELECT;
}

/* The first column cannot be hidden: a row without a name is nobody's. */
static enum view_action choose_column(struct view *view, int unused)
{
	size_t column = view->scroll[VIEW_COLUMNS].cursor;

	(void)unused;
	if (column == COLUMN_OWNER || column >= TABLE_COLUMNS)
		return VIEW_NOTHING;
	view->hidden ^= 1U << column;
	return VIEW_DRAW;
}

static enum view_action step(struct view *view, int by)
{
	view->step = by;
	return VIEW_STEP;
}

static enum view_action details(struct view *view, int unused)
{
	struct row_key id = view->screen == VIEW_TABLE ? view->selected.row : view->port_owner;

	(void)unused;
	if (view->screen == VIEW_TABLE && view->on_group)
		return turn(view, 0);
	if (row_key_equal(id, (struct row_key){ 0, 0 }))
		return VIEW_NOTHING;
	if (view->screen == VIEW_TABLE)
		view->pinned = true;
	view->detail = id;
	return show(view, VIEW_DETAIL);
}

static enum view_action back(struct view *view, int key)
{
	if (view->screen != VIEW_TABLE) {
		view->screen = view->back;
		view->back = VIEW_TABLE;
		return VIEW_DRAW;
	}
	if (key != VIEW_KEY_ESCAPE || view->filter[0] == '\0')
		return VIEW_NOTHING;
	view->filter[0] = '\0';
	return VIEW_SELECT;
}

static enum view_action sort(struct view *view, int step)
{
	view->sort = (enum sort_column)(((int)view->sort + step + SORT_COLUMNS) % SORT_COLUMNS);
	view->reverse = false;
	return VIEW_SELECT;
}

static enum view_action reverse(struct view *view, int unused)
{
	(void)unused;
	view->reverse = !view->reverse;
	return VIEW_SELECT;
}

static enum view_action filter(struct view *view, int unused)
{
	(void)unused;
	if (view->screen != VIEW_EVENTS)
		view->screen = VIEW_TABLE;
	view->typing = true;
	memcpy(view->before, view->filter, sizeof(view->before));
	return VIEW_DRAW;
}

static enum view_action units(struct view *view, int unused)
{
	(void)unused;
	view->units = (enum view_units)((view->units + 1) % VIEW_UNITS);
	return VIEW_DRAW;
}

static enum view_action pause_or_go_on(struct view *view, int unused)
{
	(void)unused;
	view->paused = !view->paused;
	return VIEW_TIMER;
}

/* The next longer (@step 1) or shorter (-1) interval of a scale that people use; off the scale the nearest one. */
static enum view_action interval(struct view *view, int step)
{
	static const uint64_t scale[] = { 100 * MS, 200 * MS, 500 * MS, S,       2 * S,    5 * S,   10 * S,
		                          30 * S,   60 * S,   300 * S,  900 * S, 1800 * S, 3600 * S };
	size_t i = 0;

	if (step > 0) {
		while (i < ARRAY_SIZE(scale) && scale[i] <= view->interval_ns)
			i++;
	} else {
		while (i < ARRAY_SIZE(scale) && scale[i] < view->interval_ns)
			i++;
		i--; /* wraps round where there is nothing shorter */
	}
	if (i >= ARRAY_SIZE(scale))
		return VIEW_NOTHING;
	view->interval_ns = scale[i];
	return VIEW_TIMER;
}

static enum view_action simply(struct view *view, int action)
{
	(void)view;
	return (enum view_action)action;
}

/* What each key does, and the help that tells it. A line without help is one more key of the line before. */
static const struct binding {
	int keys[3];
	unsigned screens;
	enum view_action (*act)(struct view *view, int arg);
	int arg;
	struct view_help help;
} bindings[] = {
	{ { VIEW_KEY_UP, 'k' }, ALL, move, MOVE_UP, { "Up Down  k j", "move; the cursor stays with its namespace" } },
	{ { VIEW_KEY_DOWN, 'j' }, ALL, move, MOVE_DOWN, { 0 } },
	{ { VIEW_KEY_PAGE_UP, CONTROL('B') }, ALL, move, MOVE_PAGE_UP, { "PgUp PgDn  ^B ^F", "move a page" } },
	{ { VIEW_KEY_PAGE_DOWN, CONTROL('F') }, ALL, move, MOVE_PAGE_DOWN, { 0 } },
	{ { VIEW_KEY_HOME, 'g' }, ALL, move, MOVE_FIRST, { "Home End  g G", "first (and stay there), last" } },
	{ { VIEW_KEY_END, 'G' }, ALL, move, MOVE_LAST, { 0 } },
	{ { VIEW_KEY_ENTER, VIEW_KEY_RIGHT, 'l' }, LISTS, details, 0, { "Enter  Right l", "details" } },
	{ { VIEW_KEY_ENTER, ' ' }, ON(VIEW_COLUMNS), choose_column, 0, { 0 } },
	{ { VIEW_KEY_LEFT, 'h' },
	  ALL,
	  back,
	  VIEW_KEY_LEFT,
	  { "Esc  Left h", "back; Esc in the table drops the filter" } },
	{ { VIEW_KEY_ESCAPE }, ALL, back, VIEW_KEY_ESCAPE, { 0 } },
	{ { '/' },
	  LISTS | ON(VIEW_EVENTS),
	  filter,
	  0,
	  { "/", "filter: words, key=value, !not; Enter keeps, Esc drops" } },
	{ { 's', '>' }, ON(VIEW_TABLE), sort, 1, { "s <", "sort by the next, the previous column" } },
	{ { '<' }, ON(VIEW_TABLE), sort, -1, { 0 } },
	{ { 'r' }, ON(VIEW_TABLE), reverse, 0, { "r", "reverse the order" } },
	{ { 't' }, LISTS, tree, 0, { "t", "tree: namespaces under their bridges" } },
	{ { 'x' }, ON(VIEW_TABLE), turn, 0, { "x X", "interfaces of this namespace, of all; folds a bridge" } },
	{ { 'X' }, ON(VIEW_TABLE), turn_all, 0, { 0 } },
	{ { 'b' }, ALL, show, VIEW_BRIDGES, { "b", "bridges, their ports and whose they are" } },
	{ { 'e' }, ALL, show, VIEW_EVENTS, { "e", "events: births, deaths and moves as they happen" } },
	{ { 'c' }, ALL, show, VIEW_COLUMNS, { "c", "columns: choose them with Enter" } },
	{ { 'u' }, ALL, units, 0, { "u", "units: bits or bytes, powers of 1000 or 1024" } },
	{ { ' ', 'p' }, ALL, pause_or_go_on, 0, { "Space p", "pause, go on" } },
	{ { '+', '=' }, ALL, interval, 1, { "+ -", "look less often, more often" } },
	{ { '-' }, ALL, interval, -1, { 0 } },
	{ { 'S' }, ALL, simply, VIEW_SAVE, { "S", "save order, units, interval, tree and columns" } },
	{ { '[' }, ALL, step, -1, { "[ ]  { }", "in a recording: one back, one on; ten" } },
	{ { ']' }, ALL, step, 1, { 0 } },
	{ { '{' }, ALL, step, -10, { 0 } },
	{ { '}' }, ALL, step, 10, { 0 } },
	{ { CONTROL('L') }, ALL, simply, VIEW_REPAINT, { "^L", "draw everything again" } },
	{ { '?', VIEW_KEY_F1 }, ALL, show, VIEW_HELP, { "? F1", "this help" } },
	{ { 'q' }, ALL, simply, VIEW_QUIT, { "q", "quit" } },
};

const struct view_help *view_help_at(size_t i)
{
	for (size_t b = 0; b < ARRAY_SIZE(bindings); b++) {
		if (bindings[b].help.keys && i-- == 0)
			return &bindings[b].help;
	}
	return NULL;
}

/* Writes @point as UTF-8 (RFC 3629) into @out (4 bytes). Returns the bytes, 0 for what is no printable character. */
static size_t encode(int point, char out[4])
{
	unsigned p = (unsigned)point;

	if (p < 0x20 || (p >= 0x7f && p < 0xa0) || (p >= 0xd800 && p < 0xe000) || p > 0x10ffff)
		return 0;
	if (p < 0x80) {
		out[0] = (char)p;
		return 1;
	}
	if (p < 0x800) {
		out[0] = (char)(0xc0 | p >> 6);
		out[1] = (char)(0x80 | (p & 0x3f));
		return 2;
	}
	if (p < 0x10000) {
		out[0] = (char)(0xe0 | p >> 12);
		out[1] = (char)(0x80 | (p >> 6 & 0x3f));
		out[2] = (char)(0x80 | (p & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | p >> 18);
	out[1] = (char)(0x80 | (p >> 12 & 0x3f));
	out[2] = (char)(0x80 | (p >> 6 & 0x3f));
	out[3] = (char)(0x80 | (p & 0x3f));
	return 4;
}

static enum view_action take_back(struct view *view)
{
	size_t len = strlen(view->filter);

	if (len == 0)
		return VIEW_NOTHING;
	do
		len--;
	while (len > 0 && ((unsigned char)view->filter[len] & 0xc0) == 0x80);
	view->filter[len] = '\0';
	return VIEW_SELECT;
}

static enum view_action type(struct view *view, int key)
{
	size_t len = strlen(view->filter);
	char character[4];
	size_t bytes;

	switch (key) {
	case VIEW_KEY_ENTER:
		view->typing = false;
		return VIEW_DRAW;
	case VIEW_KEY_ESCAPE:
		view->typing = false;
		memcpy(view->filter, view->before, sizeof(view->filter));
		return VIEW_SELECT;
	case VIEW_KEY_BACKSPACE:
	case CONTROL('H'):
		return take_back(view);
	case CONTROL('U'):
		view->filter[0] = '\0';
		return VIEW_SELECT;
	case CONTROL('L'):
		return VIEW_REPAINT;
	default:
		bytes = encode(key, character);
		if (bytes == 0 || len + bytes >= sizeof(view->filter))
			return VIEW_NOTHING;
		memcpy(view->filter + len, character, bytes);
		view->filter[len + bytes] = '\0';
		return VIEW_SELECT;
	}
}

enum view_action view_key(struct view *view, int key)
{
	if (key == VIEW_KEY_NONE)
		return VIEW_NOTHING;
	if (view->typing)
		return type(view, key);
	for (size_t b = 0; b < ARRAY_SIZE(bindings); b++) {
		if (!(bindings[b].screens & ON(view->screen)))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(bindings[b].keys); k++) {
			if (bindings[b].keys[k] == key)
				return bindings[b].act(view, bindings[b].arg);
		}
	}
	return VIEW_NOTHING;
}
