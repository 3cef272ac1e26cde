/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/query.h"
#include "unit/node.h"
#include "unit/unit.h"

/*
 * Three namespaces: 1001 "box" (docker, on docker0), 1002 "shop/web-0" (pod, on cni0), 1003 nobody's. With each @round
 * they receive and transmit more: box 10 and 1, the pod 5 and 20, nobody's 7 and 7 packets.
 */
static struct node *three_namespaces(uint64_t round)
{
	struct node *node = node_new();
	struct owner *owner;

	node->obs.now = (100 + round) * NODE_SECOND;
	(void)node_link(node, NSID_HERE, LINK_BRIDGE, 2, "docker0");
	(void)node_link(node, NSID_HERE, LINK_BRIDGE, 3, "cni0");
	node_host_end(node, 11, "veth2125897", 1, 2)->master = 2;
	node_host_end(node, 12, "cali12", 2, 2)->master = 3;
	(void)node_host_end(node, 13, "tap13", 3, 2);
	(void)node_link(node, 1, LINK_VETH, 2, "eth0");
	(void)node_link(node, 2, LINK_VETH, 2, "eth1");
	node_address(node, 1, 2, "172.17.0.2", 16);
	node_address(node, 2, 2, "fd00::2", 64);
	node_seen(node, 1001, 1, 7)->birth = 30;
	node_seen(node, 1002, 2, 8)->birth = 10;
	node_seen(node, 1003, 3, 0)->birth = 20;
	owner = node_owner(node, 1001, OWNER_DOCKER, "Box");
	owner->id = "0c3ff02115a4";
	owner->image = "busybox";
	owner = node_owner(node, 1002, OWNER_POD, "shop/web-0");
	owner->pod_name = "web-0";
	owner->pod_namespace = "shop";
	(void)node_traffic(node, 11, 11 * NODE_SECOND, 10 * round, 1 * round);
	(void)node_traffic(node, 12, 12 * NODE_SECOND, 5 * round, 20 * round);
	(void)node_traffic(node, 13, 13 * NODE_SECOND, 7 * round, 7 * round);
	return node;
}

/* Which of the three pass: bit 0 is 1001, bit 1 is 1002, bit 2 is 1003. */
static unsigned int passing(const char *filter)
{
	_cleanup_snapshot_ struct snapshot *snap = node_observe(three_namespaces(1), NULL);
	unsigned int bits = 0;

	for (size_t i = 0; i < snap->namespace_count; i++) {
		if (query_matches(&snap->namespaces[i], filter))
			bits |= 1U << i;
	}
	return bits;
}

static void a_word_is_looked_for_everywhere(void **state)
{
	assert_int_equal(passing("box"), 1);     /* name, whatever the case */
	assert_int_equal(passing("BUSYBOX"), 1); /* image */
	assert_int_equal(passing("f02115"), 1);  /* id */
	assert_int_equal(passing("docker"), 1);  /* kind, bridge */
	assert_int_equal(passing("1002"), 2);    /* inode */
	assert_int_equal(passing("web-0"), 2);   /* pod */
	assert_int_equal(passing("cali"), 2);    /* host end */
	assert_int_equal(passing("eth"), 3);     /* interface, host end */
	assert_int_equal(passing("cni0"), 2);    /* bridge */
	assert_int_equal(passing("172.17."), 1); /* address */
	assert_int_equal(passing("none"), 4);    /* kind of who has no owner */
	assert_int_equal(passing("nothing-of-it"), 0);
}

static void a_key_looks_in_its_own_place_only(void **state)
{
	assert_int_equal(passing("name=box"), 1);
	assert_int_equal(passing("name=docker"), 0);
	assert_int_equal(passing("kind=docker"), 1);
	assert_int_equal(passing("kind=pod"), 2);
	assert_int_equal(passing("KIND=pod"), 2);
	assert_int_equal(passing("bridge=docker"), 1);
	assert_int_equal(passing("id=0c3f"), 1);
	assert_int_equal(passing("image=box"), 1);
	assert_int_equal(passing("netns=100"), 7);
	assert_int_equal(passing("netns=1003"), 4);
	assert_int_equal(passing("interface=tap"), 4);
	assert_int_equal(passing("interface=eth1"), 2);
	assert_int_equal(passing("address=fd00"), 2);
	assert_int_equal(passing("colour=box"), 0); /* no such key: text that nothing has */
}

static void an_exclamation_mark_turns_a_word_round(void **state)
{
	assert_int_equal(passing("!box"), 6);
	assert_int_equal(passing("!kind=docker"), 6);
	assert_int_equal(passing("!nothing-of-it"), 7);
	assert_int_equal(passing("!100"), 0);
}

static void all_words_must_hold(void **state)
{
	assert_int_equal(passing("eth kind=pod"), 2);
	assert_int_equal(passing("eth box shop"), 0);
	assert_int_equal(passing("  eth\t !box  "), 2);
	assert_int_equal(passing("!box !shop"), 4);
}

static void a_word_that_is_still_being_typed_hides_nothing(void **state)
{
	assert_int_equal(passing(""), 7);
	assert_int_equal(passing("   "), 7);
	assert_int_equal(passing("!"), 7);
	assert_int_equal(passing("name="), 7);
	assert_int_equal(passing("!name="), 7);
	assert_int_equal(passing("! box"), 1);
}

static void a_whole_address_matches_however_it_is_written(void **state)
{
	assert_int_equal(passing("172.17.0.2"), 1);
	assert_int_equal(passing("172.17.0.2/16"), 1);
	assert_int_equal(passing("fd00:0:0::2"), 2);
	assert_int_equal(passing("address=FD00::0002/64"), 2);
	assert_int_equal(passing("address=fd00:0::2/48"), 0);
	assert_int_equal(passing("172.17.0.3"), 0);
}

static void a_word_longer_than_any_text_matches_nothing(void **state)
{
	char filter[1000];

	memset(filter, 'x', sizeof(filter));
	(void)strcpy(filter + sizeof(filter) - 5, " box");
	assert_int_equal(passing(filter), 0);
	filter[0] = '!';
	assert_int_equal(passing(filter), 1);
}

static void every_column_has_a_name_that_leads_back_to_it(void **state)
{
	static const char *const names[SORT_COLUMNS] = { "name",  "kind",    "bridge", "rx",   "tx",
		                                         "total", "packets", "age",    "netns" };
	enum sort_column column = SORT_COLUMNS;

	for (int i = 0; i < SORT_COLUMNS; i++) {
		assert_string_equal(sort_column_name((enum sort_column)i), names[i]);
		assert_int_equal(sort_column_from_name(names[i], &column), 0);
		assert_int_equal(column, i);
	}
	column = SORT_AGE;
	assert_int_equal(sort_column_from_name("colour", &column), -EINVAL);
	assert_int_equal(sort_column_from_name("", &column), -EINVAL);
	assert_int_equal(column, SORT_AGE);
}

/* The last digits of the inodes in the order of the rows: "123". */
static void assert_order(enum sort_column column, bool reverse, const char *filter, const char *want)
{
	_cleanup_snapshot_ struct snapshot *before = node_observe(three_namespaces(1), NULL);
	_cleanup_snapshot_ struct snapshot *after = node_observe(three_namespaces(2), before);
	_cleanup_rates_ struct rates *rates = NULL;
	_cleanup_free_ const struct netns_rate **rows = NULL;
	char got[8] = "";
	size_t count = 99;

	assert_int_equal(rates_between(before, after, &rates), 0);
	assert_int_equal(query_select(rates, filter, column, reverse, &rows, &count), 0);
	for (size_t i = 0; i < count; i++)
		got[i] = (char)('0' + rows[i]->ns->inode % 10);
	assert_string_equal(got, want);
}

static void text_is_ordered_a_first_and_what_has_none_last(void **state)
{
	assert_order(SORT_NAME, false, "", "123");
	assert_order(SORT_NAME, true, "", "321");
	assert_order(SORT_KIND, false, "", "132"); /* docker, none, pod */
	assert_order(SORT_BRIDGE, false, "", "213");
}

static void quantities_are_ordered_largest_first(void **state)
{
	assert_order(SORT_RX, false, "", "132");
	assert_order(SORT_RX, true, "", "231");
	assert_order(SORT_TX, false, "", "231");
	assert_order(SORT_TOTAL, false, "", "231");
	assert_order(SORT_PACKETS, false, "", "231");
	assert_order(SORT_AGE, false, "", "231"); /* the oldest first */
	assert_order(SORT_NETNS, false, "", "123");
	assert_order(SORT_NETNS, true, "", "321");
}

static void what_does_not_match_is_left_out(void **state)
{
	assert_order(SORT_RX, false, "eth", "12");
	assert_order(SORT_RX, false, "nothing-of-it", "");
}

/* On the first round all rates are the same. */
static void ties_are_in_the_order_of_the_snapshot_whichever_way_round(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = node_observe(three_namespaces(1), NULL);
	_cleanup_rates_ struct rates *rates = NULL;

	assert_int_equal(rates_between(NULL, snap, &rates), 0);
	for (int reverse = 0; reverse < 2; reverse++) {
		_cleanup_free_ const struct netns_rate **rows = NULL;
		size_t count = 0;

		assert_int_equal(query_select(rates, "", SORT_TOTAL, reverse, &rows, &count), 0);
		assert_int_equal(count, 3);
		for (size_t i = 0; i < 3; i++)
			assert_ptr_equal(rows[i], &rates->namespaces[i]);
	}
}

static void nothing_can_be_selected_from(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = node_observe(node_new(), NULL);
	_cleanup_rates_ struct rates *rates = NULL;
	_cleanup_free_ const struct netns_rate **rows = NULL;
	size_t count = 99;

	assert_int_equal(rates_between(NULL, snap, &rates), 0);
	assert_int_equal(query_select(rates, "", SORT_RX, false, &rows, &count), 0);
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_is_looked_for_everywhere),
		cmocka_unit_test(a_key_looks_in_its_own_place_only),
		cmocka_unit_test(an_exclamation_mark_turns_a_word_round),
		cmocka_unit_test(all_words_must_hold),
		cmocka_unit_test(a_word_that_is_still_being_typed_hides_nothing),
		cmocka_unit_test(a_whole_address_matches_however_it_is_written),
		cmocka_unit_test(a_word_longer_than_any_text_matches_nothing),
		cmocka_unit_test(every_column_has_a_name_that_leads_back_to_it),
		cmocka_unit_test(text_is_ordered_a_first_and_what_has_none_last),
		cmocka_unit_test(quantities_are_ordered_largest_first),
		cmocka_unit_test(what_does_not_match_is_left_out),
		cmocka_unit_test(ties_are_in_the_order_of_the_snapshot_whichever_way_round),
		cmocka_unit_test(nothing_can_be_selected_from),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
