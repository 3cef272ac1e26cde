/* SPDX-License-Identifier: GPL-2.0-only */
/* Interfaces without a host end: what they stand on, what is counted in their namespace, and their last counters. */
#include <string.h>

#include "model/rates.h"
#include "unit/node.h"
#include "unit/unit.h"

/* Namespace 10 (nsid 1) with a macvlan of index 4 on the host's ens1, born at @birth, that received @receive packets. */
static struct node *one_macvlan(uint64_t birth, uint64_t receive)
{
	struct node *node = node_new();
	struct link *link = node_link(node, 1, LINK_MACVLAN, 4, "mv0");

	link->peer_elsewhere = true;
	link->peer_nsid = NSID_HERE;
	link->peer_index = 6;
	link->birth = birth;
	(void)node_link(node, NSID_HERE, LINK_OTHER, 6, "ens1");
	(void)node_seen(node, 10, 1, 1);
	(void)node_inside(node, 4, birth, receive, 2);
	return node;
}

static uint64_t received(const struct interface *interface)
{
	return interface->traffic.dir[RECEIVE].total.packets;
}

static void a_macvlan_is_counted_inside_and_stands_on_the_host_s_card(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = node_observe(one_macvlan(40, 5), NULL);
	const struct interface *link = &node_row(snap, 10)->interfaces[0];

	assert_int_equal(link->counted, COUNTED_INSIDE);
	assert_int_equal(received(link), 5);
	assert_true(link->birth == 40 && link->host_birth == 0);
	assert_false(link->peer.known);
	assert_true(link->lower.known && link->lower.netns == NODE_HOST);
	assert_string_equal(link->lower.name, "ens1");
	assert_int_equal(link->lower.index, 6);
}

static void what_it_stands_on_is_told_by_its_own_namespace_s_indexes(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	struct link *far = node_link(node, 1, LINK_IPVLAN, 8, "iv0");

	far->peer_elsewhere = true;
	far->peer_nsid = 2;
	far->peer_index = 6;
	node_link(node, 1, LINK_VLAN, 9, "vlan9")->peer_index = 6;
	(void)node_link(node, 1, LINK_OTHER, 6, "card");
	(void)node_link(node, 2, LINK_OTHER, 6, "other");
	(void)node_link(node, NSID_HERE, LINK_OTHER, 6, "ens1");
	(void)node_seen(node, 10, 1, 1);
	(void)node_seen(node, 20, 2, 1);
	snap = node_observe(node, NULL);

	assert_string_equal(node_row(snap, 10)->interfaces[1].lower.name, "other");
	assert_true(node_row(snap, 10)->interfaces[1].lower.netns == 20);
	assert_string_equal(node_row(snap, 10)->interfaces[2].lower.name, "card");
	assert_true(node_row(snap, 10)->interfaces[2].lower.netns == 10);
}

/* An nsid that could not be told reads like our own namespace. */
static void what_it_stands_on_is_not_guessed(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = one_macvlan(40, 5);

	node->room[0].links[0].peer_index = 7;
	snap = node_observe(node, NULL);
	assert_false(node_row(snap, 10)->interfaces[0].lower.known);
}

/* Both have index 4 in their namespace. */
static void traffic_inside_belongs_to_index_and_birth(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = one_macvlan(40, 5);

	node_link(node, 2, LINK_MACVLAN, 4, "mv0")->birth = 41;
	(void)node_seen(node, 20, 2, 1);
	(void)node_inside(node, 4, 41, 9, 0);
	(void)node_traffic(node, 4, 40, 77, 0); /* a link of the host that has it all but the place */
	snap = node_observe(node, NULL);

	assert_int_equal(received(&node_row(snap, 10)->interfaces[0]), 5);
	assert_int_equal(received(&node_row(snap, 20)->interfaces[0]), 9);
}

static void the_last_counters_of_a_dead_macvlan_are_told_once(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(one_macvlan(40, 5), NULL);
	_cleanup_snapshot_ struct snapshot *second = NULL;
	_cleanup_snapshot_ struct snapshot *third = NULL;
	struct node *node = node_new();

	(void)node_seen(node, 10, 1, 1);
	node_inside(node, 4, 40, 8, 2)->gone = true;
	first->published = true;
	second = node_observe(node, first);
	assert_int_equal(node_row(second, 10)->interface_count, 1);
	assert_true(node_row(second, 10)->interfaces[0].gone);
	assert_int_equal(received(&node_row(second, 10)->interfaces[0]), 8);

	node = node_new();
	(void)node_seen(node, 10, 1, 1);
	second->published = true;
	third = node_observe(node, second);
	assert_int_equal(node_row(third, 10)->interface_count, 0);
}

/* Looked at between two snapshots, before its meter was read; then it ended. */
static void one_that_was_met_unread_has_its_last_counters(void **state)
{
	struct node *node = one_macvlan(40, 0);
	_cleanup_snapshot_ struct snapshot *first = NULL;
	_cleanup_snapshot_ struct snapshot *second = NULL;

	node->inside[0].traffic = (struct traffic){ .known = false };
	first = node_observe(node, NULL);
	assert_int_equal(node_row(first, 10)->interfaces[0].counted, COUNTED_NOWHERE);
	node = node_new();
	node_inside(node, 4, 40, 8, 2)->gone = true;
	second = node_observe(node, first);
	assert_true(node_row(second, 10)->interfaces[0].gone);
	assert_int_equal(node_row(second, 10)->interfaces[0].counted, COUNTED_INSIDE);
	assert_int_equal(received(&node_row(second, 10)->interfaces[0]), 8);
}

/* The index is free again for the next card that is moved in. */
static void one_that_took_the_index_of_another_is_not_the_same(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(one_macvlan(40, 5), NULL);
	_cleanup_snapshot_ struct snapshot *second = NULL;
	_cleanup_rates_ struct rates *rates = NULL;
	struct node *node = one_macvlan(101 * NODE_SECOND, 3);

	node->obs.now = 102 * NODE_SECOND;
	node_inside(node, 4, 40, 9, 2)->gone = true;
	first->published = true;
	second = node_observe(node, first);
	assert_int_equal(node_row(second, 10)->interface_count, 2);
	assert_int_equal(received(&node_row(second, 10)->interfaces[0]), 3);
	assert_int_equal(received(&node_row(second, 10)->interfaces[1]), 9);
	assert_true(node_row(second, 10)->interfaces[1].gone);

	/* 3 packets of the new one, 4 of the old one, in two seconds; nothing is a reset */
	assert_int_equal(rates_between(first, second, &rates), 0);
	assert_false(rates->namespaces[0].reset);
	assert_true(rates->namespaces[0].dir[RECEIVE].packets == 3.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_macvlan_is_counted_inside_and_stands_on_the_host_s_card),
		cmocka_unit_test(what_it_stands_on_is_told_by_its_own_namespace_s_indexes),
		cmocka_unit_test(what_it_stands_on_is_not_guessed),
		cmocka_unit_test(traffic_inside_belongs_to_index_and_birth),
		cmocka_unit_test(the_last_counters_of_a_dead_macvlan_are_told_once),
		cmocka_unit_test(one_that_was_met_unread_has_its_last_counters),
		cmocka_unit_test(one_that_took_the_index_of_another_is_not_the_same),
	};

	return cmocka_run_group_tests_name("enrich_inside", tests, NULL, NULL);
}
