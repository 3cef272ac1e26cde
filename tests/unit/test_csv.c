/* SPDX-License-Identifier: GPL-2.0-only */
#include "top_node.h"
#include "unit.h"

#include "base/buf.h"
#include "render/csv.h"

static int setup(void **state)
{
	*state = top_node_open();
	return 0;
}

static int teardown(void **state)
{
	top_node_close(*state);
	return 0;
}

static size_t count_of(const char *text, char c)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == c;
	return count;
}

static void each_line_has_a_field_for_each_column(void **state)
{
	struct top_node *n = *state;
	_cleanup_buf_ struct buf text = BUF_INIT;
	size_t lines = 0;
	char *next;

	assert_int_equal(csv_render_header(&text), 0);
	assert_int_equal(csv_render_rates(&n->rates, n->selected, n->selected_count, &text), 0);
	for (char *line = text.data; *line; line = next, lines++) {
		next = strchr(line, '\n');
		assert_non_null(next);
		*next++ = '\0';
		assert_int_equal(count_of(line, ','), 16);
	}
	assert_int_equal(lines, 1 + TOP_ROWS);
}

static void row_tells_rates_and_counters(void **state)
{
	struct top_node *n = *state;
	_cleanup_buf_ struct buf text = BUF_INIT;
	const struct netns_rate *row = &n->rows[2];

	assert_int_equal(csv_render_rates(&n->rates, &row, 1, &text), 0);
	assert_string_equal(text.data,
	                    "1764000000.500,2.000,4026532398,box,docker,ok,docker0,2700000,1010000,1928.6,721.4,"
	                    "3857.1,1442.9,270000000,101000000,270000,101000\n");
}

static void name_is_quoted_where_it_must_be(void **state)
{
	struct top_node *n = *state;
	_cleanup_buf_ struct buf text = BUF_INIT;
	const struct netns_rate *row = &n->rows[2];

	n->namespaces[2].name = "a,\"b\"";
	assert_int_equal(csv_render_rates(&n->rates, &row, 1, &text), 0);
	assert_non_null(strstr(text.data, ",\"a,\"\"b\"\"\",docker,"));
}

static void states_are_words(void **state)
{
	static const char *const wanted[TOP_ROWS] = { "ok",          "ok",   "ok",   "midlife", "held",
		                                      "not counted", "gone", "held", "ok" };
	struct top_node *n = *state;

	for (size_t i = 0; i < TOP_ROWS; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		const struct netns_rate *row = &n->rows[i];
		char word[32];

		(void)snprintf(word, sizeof(word), ",%s,", wanted[i]);
		assert_int_equal(csv_render_rates(&n->rates, &row, 1, &text), 0);
		assert_non_null(strstr(text.data, word));
	}
}

#define on_node(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_node(each_line_has_a_field_for_each_column),
		on_node(row_tells_rates_and_counters),
		on_node(name_is_quoted_where_it_must_be),
		on_node(states_are_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
