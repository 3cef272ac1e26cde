/* SPDX-License-Identifier: GPL-2.0-only */
#include "top_node.h"
#include "unit.h"

/* The rates of a round in which the rows up to @count are there, the last of them gone where @gone says so. */
static struct rates round_of(struct top_node *n, size_t count, bool gone, double seconds)
{
	struct rates rates = n->rates;

	rates.namespace_count = count;
	rates.seconds = seconds;
	n->namespaces[6].gone = false; /* the fixture's own */
	if (count > 0)
		n->namespaces[count - 1].gone = gone;
	return rates;
}

static int setup(void **state)
{
	struct top_node *n = top_node_open();

	departed_free(n->departed);
	n->departed = NULL;
	*state = n;
	return departed_new(10, 2, &n->departed);
}

static int teardown(void **state)
{
	top_node_close(*state);
	return 0;
}

static const struct netns_rate *last_row(const struct departed *departed)
{
	const struct rates *rates = departed_rates(departed);

	return &rates->namespaces[rates->namespace_count - 1];
}

static void row_stays_for_its_seconds_after_the_snapshot_dropped_it(void **state)
{
	struct top_node *n = *state;
	struct row_key key = row_key_of(&n->namespaces[2]);
	struct rates with = round_of(n, 3, true, 2);
	struct rates without;
	double age;

	assert_null(departed_rates(n->departed));
	assert_int_equal(departed_update(n->departed, &with), 0);
	assert_int_equal(departed_rates(n->departed)->namespace_count, 3); /* not twice */
	assert_true(departed_age(n->departed, key, &age) && age == 0);
	without = round_of(n, 2, false, 4);
	for (int i = 1; i <= 2; i++) {
		assert_int_equal(departed_update(n->departed, &without), 0);
		assert_int_equal(departed_rates(n->departed)->namespace_count, 3);
		assert_true(departed_age(n->departed, key, &age) && age == i * 4);
	}
	assert_int_equal(departed_update(n->departed, &without), 0);
	assert_int_equal(departed_rates(n->departed)->namespace_count, 2);
	assert_false(departed_age(n->departed, key, &age));
}

static void row_keeps_who_and_what_it_was_but_no_rate(void **state)
{
	struct top_node *n = *state;
	struct rates with = round_of(n, 3, true, 2);
	struct rates without;
	const struct netns_rate *row;

	assert_int_equal(departed_update(n->departed, &with), 0);
	without = round_of(n, 2, false, 2);
	assert_int_equal(departed_update(n->departed, &without), 0);
	/* nothing of the snapshot is needed any more */
	memset(&n->namespaces[2], 0xff, sizeof(n->namespaces[2]));
	memset(&n->interfaces[2], 0xff, sizeof(n->interfaces[2]));
	memset(n->owners[2], 0xff, sizeof(n->owners[2]));
	memset(&n->addresses[2], 0xff, sizeof(n->addresses[2]));
	row = last_row(n->departed);
	assert_true(row->ns->gone);
	assert_string_equal(row->ns->name, "box");
	assert_int_equal(row->ns->owner_count, 2);
	assert_string_equal(row->ns->owners[1].name, "side");
	assert_string_equal(row->ns->owners[1].image, "side:1");
	assert_string_equal(row->ns->interfaces[0].bridge, "docker0");
	assert_int_equal(row->ns->interfaces[0].addresses[0].bytes[3], 4);
	assert_int_equal(row->ns->interfaces[0].traffic.dir[RECEIVE].total.packets, 270000);
	assert_true(row->dir[RECEIVE].bytes == 0 && row->dir[TRANSMIT].bytes == 0);
}

static void oldest_row_makes_place(void **state)
{
	struct top_node *n = *state;
	double age;

	for (size_t i = 3; i >= 1; i--) {
		struct rates rates = round_of(n, i, true, 1);

		assert_int_equal(departed_update(n->departed, &rates), 0);
	}
	assert_false(departed_age(n->departed, row_key_of(&n->namespaces[2]), &age));
	assert_true(departed_age(n->departed, row_key_of(&n->namespaces[1]), &age));
	assert_true(departed_age(n->departed, row_key_of(&n->namespaces[0]), &age));
}

static void host_end_without_a_namespace_is_nobodys_death(void **state)
{
	struct top_node *n = *state;
	struct rates with = round_of(n, 3, true, 2);
	struct rates without;

	n->namespaces[2].inode = 0;
	assert_int_equal(departed_update(n->departed, &with), 0);
	without = round_of(n, 2, false, 2);
	assert_int_equal(departed_update(n->departed, &without), 0);
	assert_int_equal(departed_rates(n->departed)->namespace_count, 2);
}

static void huge_row_is_kept_in_part(void **state)
{
	struct top_node *n = *state;
	static struct interface interfaces[1000];
	struct rates with = round_of(n, 1, true, 1);
	struct rates without;

	n->namespaces[0].interfaces = interfaces;
	n->namespaces[0].interface_count = ARRAY_SIZE(interfaces);
	assert_int_equal(departed_update(n->departed, &with), 0);
	without = round_of(n, 0, false, 1);
	assert_int_equal(departed_update(n->departed, &without), 0);
	assert_true(last_row(n->departed)->ns->interface_count < 100);
}

#define on_node(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_node(row_stays_for_its_seconds_after_the_snapshot_dropped_it),
		on_node(row_keeps_who_and_what_it_was_but_no_rate),
		on_node(oldest_row_makes_place),
		on_node(host_end_without_a_namespace_is_nobodys_death),
		on_node(huge_row_is_kept_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
