/* SPDX-License-Identifier: GPL-2.0-only */
/* Births and deaths of namespaces, counted by comparing one look with the next. */
#include <stdio.h>
#include <string.h>

#include "unit.h"

#include "base/cleanup.h"
#include "observe/census.h"

/* What was told: "+7 -3 ", in order. */
struct told {
	char text[256];
};

static void note(void *context, bool created, uint64_t inode)
{
	struct told *told = context;
	size_t len = strlen(told->text);

	(void)snprintf(told->text + len, sizeof(told->text) - len, "%c%llu ", created ? '+' : '-',
	               (unsigned long long)inode);
}

/* One look: rows of inode and birth, up to an inode of 0. */
static void look(struct census *census, struct told *told, const uint64_t (*rows)[2])
{
	struct ns_seen seen[8] = { 0 };
	size_t count;

	for (count = 0; rows[count][0]; count++) {
		seen[count].inode = rows[count][0];
		seen[count].birth = rows[count][1];
	}
	*told = (struct told){ "" };
	assert_int_equal(census_take(census, seen, count, note, told), 0);
}

#define LOOK(census, told, ...) look(census, told, (const uint64_t[][2]){ __VA_ARGS__, { 0, 0 } })

static int begin(void **state)
{
	static struct census census;

	census_init(&census);
	*state = &census;
	return 0;
}

static int end(void **state)
{
	census_free(*state);
	return 0;
}

static void first_look_counts_nothing(void **state)
{
	struct census *census = *state;
	struct told told;

	LOOK(census, &told, { 3, 1 }, { 7, 1 });
	assert_string_equal(told.text, "");
	assert_int_equal(census->lifecycle.created, 0);
	assert_int_equal(census->lifecycle.destroyed, 0);
	assert_false(census->lifecycle.exact);
}

/* Also where the first look saw nobody at all: from then on all are births. */
static void an_empty_first_look_is_a_look(void **state)
{
	struct census *census = *state;
	struct told told;

	LOOK(census, &told, { 0, 0 });
	LOOK(census, &told, { 3, 1 }, { 7, 1 });
	assert_string_equal(told.text, "+3 +7 ");
	assert_int_equal(census->lifecycle.created, 2);
}

static void who_stays_is_not_told(void **state)
{
	struct census *census = *state;
	struct told told;

	LOOK(census, &told, { 3, 1 }, { 7, 1 });
	LOOK(census, &told, { 3, 1 }, { 7, 1 });
	assert_string_equal(told.text, "");
}

/* Before, between and behind those that stay; also when all go. */
static void births_and_deaths_are_found_wherever_they_are(void **state)
{
	struct census *census = *state;
	struct told told;

	LOOK(census, &told, { 3, 1 }, { 5, 1 }, { 9, 1 });
	LOOK(census, &told, { 2, 2 }, { 3, 1 }, { 7, 2 }, { 9, 1 }, { 11, 2 });
	assert_string_equal(told.text, "+2 -5 +7 +11 ");
	LOOK(census, &told, { 7, 2 });
	assert_string_equal(told.text, "-2 -3 -9 -11 ");
	LOOK(census, &told, { 0, 0 });
	assert_string_equal(told.text, "-7 ");
	assert_int_equal(census->lifecycle.created, 3);
	assert_int_equal(census->lifecycle.destroyed, 6);
}

/* The kernel hands a freed inode out again at once. */
static void same_inode_with_another_birth_is_a_death_and_a_birth(void **state)
{
	struct census *census = *state;
	struct told told;

	LOOK(census, &told, { 3, 1 }, { 7, 1 }, { 9, 1 });
	LOOK(census, &told, { 3, 1 }, { 7, 2 }, { 9, 1 });
	assert_string_equal(told.text, "-7 +7 ");
	assert_int_equal(census->lifecycle.created, 1);
	assert_int_equal(census->lifecycle.destroyed, 1);
}

static void without_a_listener_it_counts(void **state)
{
	const struct ns_seen seen = { .inode = 3, .birth = 1 };
	struct census *census = *state;

	assert_int_equal(census_take(census, NULL, 0, NULL, NULL), 0);
	assert_int_equal(census_take(census, &seen, 1, NULL, NULL), 0);
	assert_int_equal(census_take(census, NULL, 0, NULL, NULL), 0);
	assert_int_equal(census->lifecycle.created, 1);
	assert_int_equal(census->lifecycle.destroyed, 1);
}

#define CENSUS_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CENSUS_TEST(first_look_counts_nothing),
		CENSUS_TEST(an_empty_first_look_is_a_look),
		CENSUS_TEST(who_stays_is_not_told),
		CENSUS_TEST(births_and_deaths_are_found_wherever_they_are),
		CENSUS_TEST(same_inode_with_another_birth_is_a_death_and_a_birth),
		CENSUS_TEST(without_a_listener_it_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
