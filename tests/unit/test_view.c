/* SPDX-License-Identifier: GPL-2.0-only */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/view.h"

#define ROWS 30

/* Rows made by hand: inode 100 + i, birth i + 1. */
struct rows {
	struct netns namespaces[ROWS];
	struct owner owners[8];
	struct netns_rate rates[ROWS];
	const struct netns_rate *rows[ROWS];
	struct view view;
};

static void settle_rows(struct rows *r, size_t count, size_t room)
{
	static const struct rates rates = { .bridge_count = 0 };
	_cleanup_free_ struct table_line *lines = NULL;
	size_t line_count;

	assert_int_equal(lines_list(&(struct lines_from){ &rates, r->rows, count, r->view.tree, &r->view.folds },
	                            &lines, &line_count),
	                 0);
	view_settle_lines(&r->view, lines, line_count, room);
}

static int setup(void **state)
{
	static struct rows r;

	r = (struct rows){ 0 };
	for (size_t i = 0; i < ROWS; i++) {
		r.namespaces[i] = (struct netns){ .inode = 100 + i, .birth = i + 1, .owner_count = 1 };
		r.rates[i].ns = &r.namespaces[i];
		r.rows[i] = &r.rates[i];
	}
	view_init(&r.view, SORT_TOTAL, false, 2000000000ULL);
	settle_rows(&r, ROWS, 10);
	*state = &r;
	return 0;
}

/* Types the keys; after each the table is settled to 30 rows on 10 lines, and a text to 25 lines on 10. */
static enum view_action type(struct rows *r, const int *keys, size_t count)
{
	enum view_action action = VIEW_NOTHING;

	for (size_t i = 0; i < count; i++) {
		action = view_key(&r->view, keys[i]);
		if (r->view.screen == VIEW_TABLE)
			settle_rows(r, ROWS, 10);
		else if (r->view.screen != VIEW_BRIDGES)
			view_settle_text(&r->view, 25, 10);
	}
	return action;
}

#define UP       VIEW_KEY_UP
#define DOWN     VIEW_KEY_DOWN
#define PAGE_UP  VIEW_KEY_PAGE_UP
#define PAGE_DN  VIEW_KEY_PAGE_DOWN
#define ESC      VIEW_KEY_ESCAPE
#define ENTER    VIEW_KEY_ENTER
#define BACK     VIEW_KEY_BACKSPACE
#define CTRL(c)  ((c)&0x1f)
#define MAX_KEYS 12

static size_t key_count(const int *keys)
{
	size_t count = 0;

	while (count < MAX_KEYS && keys[count])
		count++;
	return count;
}

static void keys_move_the_cursor(void **state)
{
	static const struct {
		int keys[MAX_KEYS];
		size_t cursor, top;
	} cases[] = {
		{ { DOWN }, 1, 0 },
		{ { 'j', 'j', 'k' }, 1, 0 },
		{ { UP }, 0, 0 },
		{ { 'G' }, 29, 20 },
		{ { VIEW_KEY_END }, 29, 20 },
		{ { 'G', 'j', DOWN }, 29, 20 },
		{ { 'G', 'g' }, 0, 0 },
		{ { 'G', VIEW_KEY_HOME }, 0, 0 },
		{ { PAGE_DN }, 9, 0 },
		{ { PAGE_DN, PAGE_DN }, 18, 9 },
		{ { CTRL('F'), CTRL('F'), CTRL('B') }, 9, 9 },
		{ { PAGE_DN, PAGE_DN, PAGE_DN, PAGE_DN }, 29, 20 },
		{ { 'G', PAGE_UP }, 20, 20 },
		{ { 'G', 'k', 'k', 'k', 'k', 'k', 'k', 'k', 'k', 'k', 'k' }, 19, 19 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rows *r;

		assert_int_equal(setup(state), 0);
		r = *state;
		assert_int_equal(type(r, cases[i].keys, key_count(cases[i].keys)), VIEW_DRAW);
		assert_int_equal(r->view.scroll[VIEW_TABLE].cursor, cases[i].cursor);
		assert_int_equal(r->view.scroll[VIEW_TABLE].top, cases[i].top);
		assert_int_equal(r->view.selected.row.number, 100 + cases[i].cursor);
	}
}

/* Keys typed, and the view after them: screen, order, units, interval in ms. */
static const struct {
	int keys[MAX_KEYS];
	enum view_action action;
	const char *view;
} typed[] = {
	{ { 'q' }, VIEW_QUIT, "table total bits 2000" },
	{ { 's' }, VIEW_SELECT, "table packets bits 2000" },
	{ { '>' }, VIEW_SELECT, "table packets bits 2000" },
	{ { '<' }, VIEW_SELECT, "table tx bits 2000" },
	{ { 's', 's', 's', 's' }, VIEW_SELECT, "table name bits 2000" },
	{ { 's', 's', 's', 's', '<' }, VIEW_SELECT, "table netns bits 2000" },
	{ { 'r' }, VIEW_SELECT, "table -total bits 2000" },
	{ { 'r', 'r' }, VIEW_SELECT, "table total bits 2000" },
	{ { 'r', 's' }, VIEW_SELECT, "table packets bits 2000" },
	{ { 'u' }, VIEW_DRAW, "table total bits-binary 2000" },
	{ { 'u', 'u' }, VIEW_DRAW, "table total bytes 2000" },
	{ { 'u', 'u', 'u', 'u' }, VIEW_DRAW, "table total bits 2000" },
	{ { ' ' }, VIEW_TIMER, "table total bits 2000 paused" },
	{ { 'p', ' ' }, VIEW_TIMER, "table total bits 2000" },
	{ { '+' }, VIEW_TIMER, "table total bits 5000" },
	{ { '-' }, VIEW_TIMER, "table total bits 1000" },
	{ { '-', '-', '-', '-', '-' }, VIEW_NOTHING, "table total bits 100" },
	{ { '+', '+', '+', '+', '+', '+', '+', '+', '+' }, VIEW_NOTHING, "table total bits 3600000" },
	{ { '?' }, VIEW_DRAW, "help total bits 2000" },
	{ { VIEW_KEY_F1, ESC }, VIEW_DRAW, "table total bits 2000" },
	{ { '?', '?' }, VIEW_DRAW, "table total bits 2000" },
	{ { '?', 's' }, VIEW_NOTHING, "help total bits 2000" },
	{ { '?', 'q' }, VIEW_QUIT, "help total bits 2000" },
	{ { ENTER }, VIEW_DRAW, "detail total bits 2000" },
	{ { 'l' }, VIEW_DRAW, "detail total bits 2000" },
	{ { ENTER, ESC }, VIEW_DRAW, "table total bits 2000" },
	{ { ENTER, 'h' }, VIEW_DRAW, "table total bits 2000" },
	{ { ENTER, '?', ESC }, VIEW_DRAW, "detail total bits 2000" },
	{ { ENTER, '?', ESC, ESC }, VIEW_DRAW, "table total bits 2000" },
	{ { ENTER, '?', '?', ESC }, VIEW_DRAW, "table total bits 2000" },
	{ { ENTER, ENTER }, VIEW_NOTHING, "detail total bits 2000" },
	{ { 'b' }, VIEW_DRAW, "bridges total bits 2000" },
	{ { 'b', 'b' }, VIEW_DRAW, "table total bits 2000" },
	{ { 'b', VIEW_KEY_LEFT }, VIEW_DRAW, "table total bits 2000" },
	{ { 'b', '/' }, VIEW_DRAW, "table total bits 2000" },
	{ { ESC }, VIEW_NOTHING, "table total bits 2000" },
	{ { CTRL('L') }, VIEW_REPAINT, "table total bits 2000" },
	{ { 'z' }, VIEW_NOTHING, "table total bits 2000" },
	{ { VIEW_KEY_NONE }, VIEW_NOTHING, "table total bits 2000" },
	{ { 0x10ffff }, VIEW_NOTHING, "table total bits 2000" },
};

static void keys_change_what_is_seen(void **state)
{
	static const char *const screens[VIEW_SCREENS] = { "table", "detail", "bridges", "events", "columns", "help" };
	char got[128];

	for (size_t i = 0; i < ARRAY_SIZE(typed); i++) {
		struct rows *r;

		assert_int_equal(setup(state), 0);
		r = *state;
		assert_int_equal(type(r, typed[i].keys, key_count(typed[i].keys)), typed[i].action);
		(void)snprintf(got, sizeof(got), "%s %s%s %s %u%s", screens[r->view.screen], r->view.reverse ? "-" : "",
		               sort_column_name(r->view.sort), view_units_name(r->view.units),
		               (unsigned)(r->view.interval_ns / 1000000), r->view.paused ? " paused" : "");
		assert_string_equal(got, typed[i].view);
	}
}

static void filter_is_typed_kept_and_dropped(void **state)
{
	static const struct {
		int keys[MAX_KEYS];
		const char *filter;
		bool typing;
		enum view_action action;
	} cases[] = {
		{ { '/' }, "", true, VIEW_DRAW },
		{ { '/', 'a', 'b' }, "ab", true, VIEW_SELECT },
		{ { '/', 'q', 's', ' ', 'u' }, "qs u", true, VIEW_SELECT },
		{ { '/', 'a', ENTER }, "a", false, VIEW_DRAW },
		{ { '/', 'a', ESC }, "", false, VIEW_SELECT },
		{ { '/', 'a', ENTER, '/', 'b', ESC }, "a", false, VIEW_SELECT },
		{ { '/', 'a', ENTER, '/', 'b', ENTER }, "ab", false, VIEW_DRAW },
		{ { '/', 'a', ENTER, ESC }, "", false, VIEW_SELECT },
		{ { '/', 'a', ENTER, 'h' }, "a", false, VIEW_NOTHING },
		{ { '/', 'a', 'b', BACK }, "a", true, VIEW_SELECT },
		{ { '/', 'a', 'b', CTRL('H') }, "a", true, VIEW_SELECT },
		{ { '/', BACK }, "", true, VIEW_NOTHING },
		{ { '/', 'a', 0xe9, 0x4e2d, 0x1f600 }, "a\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80", true, VIEW_SELECT },
		{ { '/', 'a', 0x1f600, BACK }, "a", true, VIEW_SELECT },
		{ { '/', 'a', 0x4e2d, BACK }, "a", true, VIEW_SELECT },
		{ { '/', 'a', 'b', CTRL('U') }, "", true, VIEW_SELECT },
		{ { '/', 'a', CTRL('A'), 0x85, 0xd800, 0x7fffffff, -5 }, "a", true, VIEW_NOTHING },
		{ { '/', 'a', UP, VIEW_KEY_END }, "a", true, VIEW_NOTHING },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rows *r;

		assert_int_equal(setup(state), 0);
		r = *state;
		assert_int_equal(type(r, cases[i].keys, key_count(cases[i].keys)), cases[i].action);
		assert_string_equal(r->view.filter, cases[i].filter);
		assert_int_equal(r->view.typing, cases[i].typing);
	}
}

static void endless_filter_is_cut_between_characters(void **state)
{
	struct rows *r = *state;
	char long_filter[3 * VIEW_FILTER_MAX + 1];

	(void)view_key(&r->view, '/');
	for (int i = 0; i < 1000; i++)
		(void)view_key(&r->view, 0x4e2d);
	assert_true(strlen(r->view.filter) < VIEW_FILTER_MAX);
	assert_true(text_is_utf8(r->view.filter, strlen(r->view.filter)));
	for (int i = 0; i < VIEW_FILTER_MAX; i++)
		(void)view_key(&r->view, 'a');
	assert_int_equal(strlen(r->view.filter), VIEW_FILTER_MAX - 1);
	for (size_t i = 0; i < VIEW_FILTER_MAX; i++)
		memcpy(long_filter + 3 * i, "\xe4\xb8\xad", 3);
	long_filter[3 * VIEW_FILTER_MAX] = '\0';
	view_set_filter(&r->view, long_filter);
	assert_true(text_is_utf8(r->view.filter, strlen(r->view.filter)));
}

static void reverse_rows(struct rows *r)
{
	for (size_t i = 0; i < ROWS; i++)
		r->rows[i] = &r->rates[ROWS - 1 - i];
}

static void cursor_follows_its_namespace(void **state)
{
	struct rows *r = *state;

	type(r, (int[]){ 'j', 'j' }, 2);
	reverse_rows(r);
	settle_rows(r, ROWS, 10);
	assert_int_equal(r->view.selected.row.number, 102);
	assert_int_equal(r->view.scroll[VIEW_TABLE].cursor, 27);
	assert_true(r->view.scroll[VIEW_TABLE].top <= 27 && r->view.scroll[VIEW_TABLE].top + 10 > 27);
}

static void reused_inode_is_not_followed(void **state)
{
	struct rows *r = *state;

	type(r, (int[]){ 'j', 'j' }, 2);
	r->namespaces[2].birth = 999;
	reverse_rows(r);
	settle_rows(r, ROWS, 10);
	assert_int_equal(r->view.scroll[VIEW_TABLE].cursor, 2);
	assert_int_equal(r->view.selected.row.number, 127);
}

static void cursor_that_was_never_moved_stays_on_top(void **state)
{
	struct rows *r = *state;

	reverse_rows(r);
	settle_rows(r, ROWS, 10);
	assert_int_equal(r->view.scroll[VIEW_TABLE].cursor, 0);
	assert_int_equal(r->view.selected.row.number, 129);
	type(r, (int[]){ 'G', 'g' }, 2); /* and does so again after Home */
	for (size_t i = 0; i < ROWS; i++)
		r->rows[i] = &r->rates[i];
	settle_rows(r, ROWS, 10);
	assert_int_equal(r->view.scroll[VIEW_TABLE].cursor, 0);
	assert_int_equal(r->view.selected.row.number, 100);
}

static void cursor_survives_that_all_rows_go(void **state)
{
	struct rows *r = *state;

	type(r, (int[]){ 'G' }, 1);
	settle_rows(r, 3, 10);
	assert_int_equal(r->view.scroll[VIEW_TABLE].cursor, 2);
	settle_rows(r, 0, 10);
	assert_int_equal(view_key(&r->view, ENTER), VIEW_NOTHING);
	assert_int_equal(view_key(&r->view, 'j'), VIEW_DRAW);
	assert_int_equal(view_key(&r->view, 'G'), VIEW_DRAW);
	settle_rows(r, ROWS, 0);
	assert_int_equal(r->view.scroll[VIEW_TABLE].top, r->view.scroll[VIEW_TABLE].cursor);
}

/* Lines of a row with that many owners. */
static size_t row_lines(size_t owners)
{
	size_t others = owners > 1 ? owners - 1 : 0;

	return 1 + (others > LINES_OWNERS ? LINES_OWNERS : others);
}

static void rows_of_several_lines_are_seen_whole(void **state)
{
	struct rows *r = *state;
	const struct view_scroll *scroll = &r->view.scroll[VIEW_TABLE];
	size_t row = 0;

	for (size_t i = 0; i < ROWS; i++) {
		r->namespaces[i].owner_count = i % 8; /* up to 5 lines */
		r->namespaces[i].owners = r->owners;
	}
	for (int key = 0; key < 40; key++) {
		type(r, (int[]){ 'j' }, 1);
		row = r->view.selected.row.number - 100;
		assert_int_equal(row, key + 1 < ROWS ? key + 1 : ROWS - 1);
		assert_true(scroll->top <= scroll->cursor);
		assert_true(scroll->cursor + row_lines(row % 8) <= scroll->top + 10);
	}
	for (int key = 0; key < 40; key++) {
		type(r, (int[]){ 'k' }, 1);
		row = r->view.selected.row.number - 100;
		assert_int_equal(row, key + 1 < ROWS ? ROWS - 2 - key : 0);
	}
}

static void no_line_is_left_empty_that_could_show_a_row(void **state)
{
	struct rows *r = *state;

	type(r, (int[]){ 'G' }, 1);
	assert_int_equal(r->view.scroll[VIEW_TABLE].top, 20);
	settle_rows(r, ROWS, 25); /* the terminal grew */
	assert_int_equal(r->view.scroll[VIEW_TABLE].top, 5);
	settle_rows(r, ROWS, 100);
	assert_int_equal(r->view.scroll[VIEW_TABLE].top, 0);
}

static void text_scrolls_within_itself(void **state)
{
	struct rows *r = *state;

	type(r, (int[]){ '?', 'j', 'j' }, 3);
	assert_int_equal(r->view.scroll[VIEW_HELP].top, 2);
	type(r, (int[]){ 'G', 'j' }, 2);
	assert_int_equal(r->view.scroll[VIEW_HELP].top, 15);
	view_settle_text(&r->view, 3, 10);
	assert_int_equal(r->view.scroll[VIEW_HELP].top, 0);
}

static void details_of_a_port_are_its_namespaces(void **state)
{
	struct rows *r = *state;
	struct port_line ports[] = { { .port = NULL }, { .port = "veth0", .owner = &r->rates[7] } };

	(void)view_key(&r->view, 'b');
	view_settle_ports(&r->view, ports, 2, 10);
	assert_int_equal(view_key(&r->view, ENTER), VIEW_NOTHING); /* the bridge itself */
	(void)view_key(&r->view, 'j');
	view_settle_ports(&r->view, ports, 2, 10);
	assert_int_equal(view_key(&r->view, ENTER), VIEW_DRAW);
	assert_int_equal(r->view.screen, VIEW_DETAIL);
	assert_int_equal(r->view.detail.number, 107);
	assert_int_equal(view_key(&r->view, ESC), VIEW_DRAW);
	assert_int_equal(r->view.screen, VIEW_BRIDGES);
	assert_int_equal(r->view.scroll[VIEW_BRIDGES].cursor, 1);
}

static void any_keys_in_any_order_keep_the_view_sound(void **state)
{
	static const int keys[] = { UP,  DOWN, PAGE_UP, PAGE_DN, 'g',    'G',           ENTER,         ESC,
		                    '/', 's',  '<',     'r',     'b',    'u',           ' ',           '+',
		                    '-', '?',  'a',     BACK,    0x4e2d, VIEW_KEY_LEFT, VIEW_KEY_RIGHT };
	struct rows *r = *state;
	unsigned seed = 12345;

	for (int i = 0; i < 20000; i++) {
		size_t rows, lines;

		seed = seed * 1103515245 + 12345;
		(void)view_key(&r->view, keys[(seed >> 16) % ARRAY_SIZE(keys)]);
		rows = (seed >> 8) % (ROWS + 1);
		lines = (seed >> 4) % 13;
		settle_rows(r, rows, lines);
		view_settle_text(&r->view, rows, lines);
		view_settle_ports(&r->view, NULL, 0, lines);
		assert_true((int)r->view.screen >= 0 && r->view.screen < VIEW_SCREENS);
		assert_true((int)r->view.sort >= 0 && r->view.sort < SORT_COLUMNS);
		assert_true(r->view.interval_ns >= 100000000ULL && r->view.interval_ns <= 3600000000000ULL);
		assert_true(r->view.scroll[VIEW_TABLE].cursor == 0 || r->view.scroll[VIEW_TABLE].cursor < rows);
		assert_true(r->view.scroll[VIEW_TABLE].top <= r->view.scroll[VIEW_TABLE].cursor);
	}
}

static void each_unit_has_its_name(void **state)
{
	enum view_units units;

	for (int u = 0; u < VIEW_UNITS; u++) {
		assert_int_equal(view_units_from_name(view_units_name((enum view_units)u), &units), 0);
		assert_int_equal(units, u);
	}
	assert_true(view_units_from_name("bit", &units) < 0);
}

static void help_tells_each_key_once(void **state)
{
	size_t count = 0;

	for (; view_help_at(count); count++) {
		for (size_t j = 0; j < count; j++)
			assert_string_not_equal(view_help_at(count)->keys, view_help_at(j)->keys);
	}
	assert_true(count > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(keys_move_the_cursor, setup),
		cmocka_unit_test_setup(keys_change_what_is_seen, setup),
		cmocka_unit_test_setup(filter_is_typed_kept_and_dropped, setup),
		cmocka_unit_test_setup(endless_filter_is_cut_between_characters, setup),
		cmocka_unit_test_setup(cursor_follows_its_namespace, setup),
		cmocka_unit_test_setup(reused_inode_is_not_followed, setup),
		cmocka_unit_test_setup(cursor_that_was_never_moved_stays_on_top, setup),
		cmocka_unit_test_setup(cursor_survives_that_all_rows_go, setup),
		cmocka_unit_test_setup(rows_of_several_lines_are_seen_whole, setup),
		cmocka_unit_test_setup(no_line_is_left_empty_that_could_show_a_row, setup),
		cmocka_unit_test_setup(text_scrolls_within_itself, setup),
		cmocka_unit_test_setup(details_of_a_port_are_its_namespaces, setup),
		cmocka_unit_test_setup(any_keys_in_any_order_keep_the_view_sound, setup),
		cmocka_unit_test_setup(each_unit_has_its_name, setup),
		cmocka_unit_test_setup(help_tells_each_key_once, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
