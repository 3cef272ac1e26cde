/* SPDX-License-Identifier: GPL-2.0-only */
/* Meters without programs and without a kernel: which links get one, and how those that are gone are told and dropped. */
#include <string.h>

#include "unit.h"

#include "base/cleanup.h"
#include "observe/meters.h"

static int make(void **state)
{
	return meters_new(NULL, NULL, (struct meters **)state);
}

static int clear(void **state)
{
	meters_free(*state);
	return 0;
}

static struct link veth(uint32_t index, uint64_t birth, const char *name)
{
	struct link link = { .index = index, .birth = birth, .kind = LINK_VETH, .peer_elsewhere = true };

	(void)strncpy(link.name, name, sizeof(link.name) - 1);
	return link;
}

static bool seen(struct meters *meters, struct link link)
{
	return meters_link_seen(meters, &link);
}

static bool gone(struct meters *meters, struct link link)
{
	return meters_link_gone(meters, &link);
}

/* The rows told, as "3/1 4/1- 4/2 ": index, birth, and '-' for what is gone. */
static const char *told(struct meters *meters)
{
	static char text[256];
	const struct link_traffic *rows;
	size_t count, len = 0;

	assert_int_equal(meters_read(meters, false, &rows, &count), 0);
	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(rows[i].last != NULL, rows[i].gone);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%u/%lu%s ", rows[i].index, rows[i].birth,
		                        rows[i].gone ? "-" : "");
	}
	return text;
}

static void host_ends_ports_and_bridges_are_wanted(void **state)
{
	static const struct {
		struct link link;
		bool wanted;
	} cases[] = {
		{ { .kind = LINK_BRIDGE }, true },
		{ { .kind = LINK_BRIDGE, .master = 3 }, true },
		{ { .kind = LINK_VETH, .peer_elsewhere = true }, true },
		{ { .kind = LINK_VETH, .master = 3 }, true },
		{ { .kind = LINK_VETH, .peer_elsewhere = true, .master = 3 }, true },
		{ { .kind = LINK_VETH }, false }, /* a pair just made: one end may yet be moved */
		{ { .kind = LINK_OTHER, .master = 3 }, false },
		{ { .kind = LINK_LOOPBACK }, false },
		{ { .kind = LINK_MACVLAN, .peer_elsewhere = true }, false },
		{ { .kind = LINK_VXLAN, .master = 3 }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct link link = cases[i].link;

		link.index = (uint32_t)i + 1;
		assert_int_equal(meters_wants(&link), cases[i].wanted);
		assert_int_equal(meters_link_seen(*state, &link), cases[i].wanted);
		assert_int_equal(meters_link_gone(*state, &link), cases[i].wanted);
	}
}

static void a_link_is_met_once(void **state)
{
	assert_true(seen(*state, veth(4, 1, "h0")));
	assert_false(seen(*state, veth(4, 1, "h0")));
	assert_false(seen(*state, veth(4, 1, "renamed")));
	assert_string_equal(told(*state), "4/1 ");
}

/* A veth that has become a lone end of a pair keeps its meter: its counters are not lost. */
static void a_link_that_is_wanted_no_more_keeps_its_meter(void **state)
{
	struct link link = veth(4, 1, "h0");

	assert_true(seen(*state, link));
	link.peer_elsewhere = false;
	assert_false(seen(*state, link));
	assert_string_equal(told(*state), "4/1 ");
}

static void rows_are_in_order_whatever_order_links_came_in(void **state)
{
	assert_true(seen(*state, veth(9, 1, "h9")));
	assert_true(seen(*state, veth(3, 2, "h3")));
	assert_true(seen(*state, veth(4, 7, "h4")));
	assert_true(seen(*state, veth(3, 1, "h3")));
	assert_string_equal(told(*state), "3/1 3/2 4/7 9/1 ");
}

static void the_gone_are_told_until_dropped_and_then_no_more(void **state)
{
	const struct link_traffic *rows;
	size_t count;

	assert_true(seen(*state, veth(3, 1, "h3")));
	assert_true(seen(*state, veth(4, 1, "old")));
	assert_false(seen(*state, veth(4, 1, "h4")));
	assert_true(gone(*state, veth(4, 1, "h4")));
	assert_false(gone(*state, veth(4, 1, "h4")));
	assert_false(gone(*state, veth(5, 1, "h5")));
	assert_string_equal(told(*state), "3/1 4/1- ");
	assert_int_equal(meters_read(*state, false, &rows, &count), 0);
	assert_string_equal(rows[1].last->name, "h4"); /* as it was last */
	meters_drop_told(*state);
	assert_string_equal(told(*state), "3/1 ");
	meters_drop_told(*state);
	assert_string_equal(told(*state), "3/1 ");
}

/* Between the reading and the dropping: its end is in no snapshot yet. */
static void who_goes_after_the_reading_is_not_dropped(void **state)
{
	assert_true(seen(*state, veth(3, 1, "h3")));
	assert_true(seen(*state, veth(4, 1, "h4")));
	assert_true(gone(*state, veth(3, 1, "h3")));
	assert_string_equal(told(*state), "3/1- 4/1 ");
	assert_true(gone(*state, veth(4, 1, "h4")));
	meters_drop_told(*state);
	assert_string_equal(told(*state), "4/1- ");
	meters_drop_told(*state);
	assert_string_equal(told(*state), "");
}

/* Nothing was told yet, or what came was told never. */
static void what_was_not_told_is_not_dropped(void **state)
{
	assert_true(seen(*state, veth(4, 1, "h4")));
	assert_true(gone(*state, veth(4, 1, "h4")));
	meters_drop_told(*state);
	assert_string_equal(told(*state), "4/1- ");
	assert_true(seen(*state, veth(2, 1, "h2")));
	assert_true(gone(*state, veth(2, 1, "h2")));
	meters_drop_told(*state);
	assert_string_equal(told(*state), "2/1- ");
}

/* The kernel gives an index out again. */
static void next_life_of_an_index_is_another_meter(void **state)
{
	assert_true(seen(*state, veth(4, 1, "h4")));
	assert_true(gone(*state, veth(4, 1, "h4")));
	assert_true(seen(*state, veth(4, 2, "h4")));
	assert_string_equal(told(*state), "4/1- 4/2 ");
	assert_true(gone(*state, veth(4, 2, "h4")));
	assert_string_equal(told(*state), "4/1- 4/2- ");
	meters_drop_told(*state);
	assert_string_equal(told(*state), "");
}

#define METERS_TEST(f) cmocka_unit_test_setup_teardown(f, make, clear)

int main(void)
{
	const struct CMUnitTest tests[] = {
		METERS_TEST(host_ends_ports_and_bridges_are_wanted),
		METERS_TEST(a_link_is_met_once),
		METERS_TEST(a_link_that_is_wanted_no_more_keeps_its_meter),
		METERS_TEST(rows_are_in_order_whatever_order_links_came_in),
		METERS_TEST(the_gone_are_told_until_dropped_and_then_no_more),
		METERS_TEST(who_goes_after_the_reading_is_not_dropped),
		METERS_TEST(what_was_not_told_is_not_dropped),
		METERS_TEST(next_life_of_an_index_is_another_meter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
