/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of `ctnet ls` and of ctnet-top's batch screen. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "golden.h"
#include "model/rates.h"
#include "render/grid.h"
#include "render/show.h"
#include "render/table.h"
#include "render_fixture.h"

#define ROWS 6

/* Rates as they might be between two looks: each row its own. */
static const struct rates *fixture_rates(struct netns_rate rows[ROWS])
{
	static struct rates rates;
	static const double bytes[ROWS] = { 0, 101500000, 2750000, 0, 0, 375000 };
	const struct snapshot *snap = fixture_node();

	for (size_t i = 0; i < ROWS; i++) {
		rows[i] = (struct netns_rate){ .ns = &snap->namespaces[i] };
		rows[i].dir[RECEIVE] = (struct rate){ .packets = bytes[i] / 1430, .bytes = bytes[i] };
		rows[i].dir[TRANSMIT] = (struct rate){ .packets = bytes[i] / 9000, .bytes = bytes[i] / 100 };
	}
	rates = (struct rates){
		.seconds = 2, .snap = snap, .namespaces = rows, .namespace_count = ROWS, .born = 3, .died = 2
	};
	rates.total[RECEIVE].bytes = 155000000;
	rates.total[TRANSMIT].bytes = 38750000;
	return &rates;
}

static struct buf render_rates(size_t count, size_t columns)
{
	struct netns_rate rows[ROWS];
	const struct rates *rates = fixture_rates(rows);
	const struct netns_rate *order[ROWS];
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < ROWS; i++) /* as the busiest first would have it */
		order[i] = &rows[(i + 1) % ROWS];
	assert_int_equal(table_render_rates(rates, order, count, columns, &text), 0);
	return text;
}

static struct buf render_namespaces(const struct snapshot *snap)
{
	struct buf text = BUF_INIT;

	assert_int_equal(table_render_namespaces(snap, &text), 0);
	return text;
}

static void whole_node_is_the_golden_table(void **state)
{
	_cleanup_buf_ struct buf text = render_namespaces(fixture_node());

	assert_true(golden_is("ls.txt", &text));
}

static void empty_node_gives_the_header_alone(void **state)
{
	_cleanup_buf_ struct buf text = render_namespaces(fixture_empty());

	assert_string_equal(text.data, "NETNS  OWNER  KIND  INTERFACE  HOST END  BRIDGE  ADDRESS  RX  TX\n");
}

static void rates_are_the_golden_screen(void **state)
{
	_cleanup_buf_ struct buf text = render_rates(ROWS, 80);

	assert_true(golden_is("top.txt", &text));
}

/* What lived shortly was never seen. */
static void births_that_are_not_exact_are_at_least_so_many(void **state)
{
	const struct rates rates = { .snap = fixture_empty(), .born = 3, .died = 2 };
	_cleanup_buf_ struct buf text = BUF_INIT;

	assert_int_equal(table_render_rates(&rates, NULL, 0, 80, &text), 0);
	assert_non_null(strstr(text.data, "born >=3  died >=2 "));
}

static void filtered_rates_say_how_many_there_are(void **state)
{
	_cleanup_buf_ struct buf text = render_rates(2, 80);

	assert_non_null(strstr(text.data, "ctnet-top  2 of 6 namespaces  1 bridge "));
}

static void no_line_is_wider_than_wanted(const struct buf *text, size_t columns)
{
	_cleanup_free_ char *copy = strdup(text->data);
	char *rest = copy;

	for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
		size_t len = strlen(line);

		assert_true(text_columns(line) <= columns);
		assert_true(len == 0 || line[len - 1] != ' ');
		assert_true(text_is_utf8(line, len));
	}
}

static void screen_stays_within_its_columns(void **state)
{
	for (size_t columns = 60; columns <= 140; columns += 7) {
		_cleanup_buf_ struct buf text = render_rates(ROWS, columns);

		no_line_is_wider_than_wanted(&text, columns);
	}
}

/* Names as long as they may be. */
static void long_names_give_way_to_numbers(void **state)
{
	static const char name[] = "a-namespace-with-a-very-long-name/and-a-pod-whose-name-is-longer-still-0123456789";
	struct owner owner = fixture_owner(OWNER_CONTAINERD, name, "", "");
	struct interface link = fixture_veth("eth0", 2, "veth1", 3);
	struct netns ns = fixture_netns(1, &owner, 1);
	const struct snapshot snap = { .namespaces = &ns, .namespace_count = 1 };
	struct netns_rate row = { .ns = &ns };
	const struct netns_rate *order = &row;
	const struct rates rates = { .snap = &snap, .namespaces = &row, .namespace_count = 1 };
	struct buf text = BUF_INIT;

	fixture_on_bridge(&link, "br-0123456789ab");
	link.traffic = fixture_split(1);
	fixture_links(&ns, &link, 1);
	row.dir[RECEIVE].bytes = 101500000;
	assert_int_equal(table_render_rates(&rates, &order, 1, 80, &text), 0);
	no_line_is_wider_than_wanted(&text, 80);
	assert_non_null(strstr(text.data, "\xe2\x80\xa6"));
	assert_non_null(strstr(text.data, "containerd"));
	assert_non_null(strstr(text.data, "812 Mb/s"));
	buf_free(&text);
}

static size_t column_of(const char *line, const char *what)
{
	char before[256];
	const char *at = strstr(line, what);

	assert_non_null(at);
	(void)snprintf(before, sizeof(before), "%.*s", (int)(at - line), line);
	return text_columns(before);
}

/* Each of the six characters of the name takes two columns. */
static void wide_characters_are_aligned_by_columns(void **state)
{
	_cleanup_buf_ struct buf text = render_namespaces(fixture_node());
	const char *title = text.data;
	const char *wide = strstr(text.data, "4026532500");
	const char *plain = strstr(text.data, "4026532600");

	assert_non_null(wide);
	assert_non_null(plain);
	assert_int_equal(text_columns("\xe3\x83\x8d\xe3\x83\x83\xe3\x83\x88\xe3\x83\xaf\xe3\x83\xbc\xe3\x82\xaf"), 12);
	assert_int_equal(column_of(wide, "netns "), column_of(title, "KIND"));
	assert_int_equal(column_of(plain, "docker "), column_of(title, "KIND"));
}

static void grid_cuts_at_characters_and_marks_the_cut(void **state)
{
	struct buf text = BUF_INIT;

	assert_int_equal(grid_put_cut(&text, "\xe3\x83\x8d\xe3\x83\x83\xe3\x83\x88", 5), 5);
	assert_string_equal(text.data, "\xe3\x83\x8d\xe3\x83\x83\xe2\x80\xa6");
	buf_reset(&text);
	assert_int_equal(grid_put_cut(&text, "fits", 4), 4);
	assert_string_equal(text.data, "fits");
	buf_reset(&text);
	assert_int_equal(grid_put_cut(&text, "x", 0), 0);
	assert_int_equal(text.len, 0);
	buf_free(&text);
}

static void note_stands_behind_the_last_cell(void **state)
{
	static const struct grid_column columns[] = { { .title = "A" },
		                                      { .title = "B", .right = true },
		                                      { .title = "C" } };
	_cleanup_grid_ struct grid grid = GRID_INIT(columns);
	_cleanup_buf_ struct buf text = BUF_INIT;

	grid_cell(&grid, "long");
	grid_end_line(&grid, "a note that widens nothing");
	grid_cell(&grid, "");
	grid_cell(&grid, "1");
	grid_cell(&grid, "c");
	grid_end_line(&grid, "");
	grid_cell(&grid, "x");
	grid_cell(&grid, "100");
	grid_end_line(&grid, "");
	grid_render(&grid, 0, &text);
	assert_string_equal(text.data, "A       B  C\n"
	                               "long  a note that widens nothing\n"
	                               "        1  c\n"
	                               "x     100\n");
}

static void ipv4_is_shown_before_ipv6_and_that_before_link_local(void **state)
{
	struct address addresses[3];
	char text[SHOW_ADDRESS_SIZE];

	addresses[0] = fixture_v6("fe80::1", 64);
	addresses[1] = fixture_v6("fd00::5", 64);
	addresses[2] = fixture_v4(10, 0, 0, 1, 8);
	show_address(addresses, 3, text);
	assert_string_equal(text, "10.0.0.1/8");
	show_address(addresses, 2, text);
	assert_string_equal(text, "fd00::5/64");
	show_address(addresses, 1, text);
	assert_string_equal(text, "fe80::1/64");
	show_address(addresses, 0, text);
	assert_string_equal(text, "");
	/* the last of fe80::/10, and the first beyond */
	addresses[0] = fixture_v6("febf::1", 64);
	addresses[1] = fixture_v6("fec0::1", 64);
	show_address(addresses, 2, text);
	assert_string_equal(text, "fec0::1/64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_node_is_the_golden_table),
		cmocka_unit_test(empty_node_gives_the_header_alone),
		cmocka_unit_test(rates_are_the_golden_screen),
		cmocka_unit_test(births_that_are_not_exact_are_at_least_so_many),
		cmocka_unit_test(filtered_rates_say_how_many_there_are),
		cmocka_unit_test(screen_stays_within_its_columns),
		cmocka_unit_test(long_names_give_way_to_numbers),
		cmocka_unit_test(wide_characters_are_aligned_by_columns),
		cmocka_unit_test(grid_cuts_at_characters_and_marks_the_cut),
		cmocka_unit_test(note_stands_behind_the_last_cell),
		cmocka_unit_test(ipv4_is_shown_before_ipv6_and_that_before_link_local),
	};

	/* widths of characters come from the C library's UTF-8 locale, which Debian always has */
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
