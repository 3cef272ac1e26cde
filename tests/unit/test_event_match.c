/* SPDX-License-Identifier: GPL-2.0-only */
/* Which events speak of the name that a person gave. */
#include <string.h>

#include "unit.h"

#include "base/cleanup.h"
#include "model/event.h"

static struct event moved(void)
{
	return (struct event){
		.owner = "shop/web-0",
		.what = { .kind = CTNET_MOVED,
		          .inode = 4026532396,
		          .other_inode = 4026531840,
		          .pid = 812,
		          .tid = 813,
		          .ifindex = 3,
		          .cgroup = 77,
		          .comm = "dockerd",
		          .name = "eth0",
		          .other_name = "veth2125897" },
	};
}

static void each_of_its_names_finds_it(void **state)
{
	static const char *const names[] = { "shop/web-0", "eth0",       "veth2125897", "dockerd",
		                             "4026532396", "4026531840", "812",         "" };
	const struct event event = moved();

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_true(event_matches(&event, names[i]));
}

static void part_of_a_name_or_another_spelling_does_not(void **state)
{
	static const char *const names[] = { "shop", "web-0", "eth", "eth00", "ETH0", "402653239", "0812",       "+812",
		                             " 812", "812 ",  "3",   "77",    "813",  "0x32c",     "4026532396x" };
	const struct event event = moved();

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_false(event_matches(&event, names[i]));
}

static void what_is_not_known_is_no_zero(void **state)
{
	const struct event event = { .what = { .kind = CTNET_CREATED } };

	assert_false(event_matches(&event, "0"));
	assert_true(event_matches(&event, ""));
}

static void the_largest_inode_is_a_name_too(void **state)
{
	const struct event event = { .what = { .inode = UINT64_MAX } };

	assert_true(event_matches(&event, "18446744073709551615"));
	assert_false(event_matches(&event, "1844674407370955161"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_of_its_names_finds_it),
		cmocka_unit_test(part_of_a_name_or_another_spelling_does_not),
		cmocka_unit_test(what_is_not_known_is_no_zero),
		cmocka_unit_test(the_largest_inode_is_a_name_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
