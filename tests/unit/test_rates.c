/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "model/rates.h"
#include "unit/node.h"
#include "unit/unit.h"

/* At @now seconds: namespace 10 with one pair, host end 4 born at @birth, @receive packets of 100 bytes. */
static struct node *at(uint64_t now, uint64_t birth, uint64_t receive, uint64_t transmit)
{
	struct node *node = node_new();

	node->obs.now = now * NODE_SECOND;
	node_host_end(node, 4, "veth", 1, 2)->birth = birth;
	(void)node_link(node, 1, LINK_VETH, 2, "eth0");
	(void)node_seen(node, 10, 1, 7);
	(void)node_traffic(node, 4, birth, receive, transmit);
	return node;
}

static void assert_rate(const struct rate *rate, double packets)
{
	assert_true(rate->packets == packets);
	assert_true(rate->bytes == packets * 100);
	assert_true(rate->segments == packets);
	assert_true(rate->wire_bytes == packets * 100);
}

static void the_first_round_has_no_rates(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = node_observe(at(100, 40, 5, 6), NULL);
	_cleanup_rates_ struct rates *rates = NULL;

	assert_int_equal(rates_between(NULL, snap, &rates), 0);
	assert_true(rates->seconds == 0);
	assert_ptr_equal(rates->snap, snap);
	assert_int_equal(rates->namespace_count, 1);
	assert_ptr_equal(rates->namespaces[0].ns, &snap->namespaces[0]);
	assert_false(rates->namespaces[0].fresh);
	assert_rate(&rates->total[RECEIVE], 0);
}

static void what_moved_is_divided_by_the_time_between(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = node_observe(at(100, 40, 5, 6), NULL);
	_cleanup_snapshot_ struct snapshot *after = node_observe(at(104, 40, 15, 26), before);
	_cleanup_rates_ struct rates *rates = NULL;

	assert_int_equal(rates_between(before, after, &rates), 0);
	assert_true(rates->seconds == 4);
	assert_true(rates->time == after->time);
	assert_rate(&rates->namespaces[0].dir[RECEIVE], 2.5);
	assert_rate(&rates->namespaces[0].dir[TRANSMIT], 5);
	assert_rate(&rates->total[RECEIVE], 2.5);
	assert_rate(&rates->total[TRANSMIT], 5);
	assert_true(rates->namespaces[0].by_class[RECEIVE][CTNET_IPV4_TCP] == 250);
	assert_true(rates->namespaces[0].by_class[RECEIVE][CTNET_IPV6_TCP] == 0);
	assert_false(rates->namespaces[0].fresh);
	assert_false(rates->namespaces[0].reset);
}

static void no_time_between_is_no_rate(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = node_observe(at(100, 40, 5, 6), NULL);
	_cleanup_snapshot_ struct snapshot *after = node_observe(at(100, 40, 15, 26), before);
	_cleanup_snapshot_ struct snapshot *back = node_observe(at(90, 40, 15, 26), before);
	_cleanup_rates_ struct rates *same = NULL;
	_cleanup_rates_ struct rates *backwards = NULL;

	assert_int_equal(rates_between(before, after, &same), 0);
	assert_true(same->seconds == 0);
	assert_rate(&same->total[RECEIVE], 0);
	assert_int_equal(rates_between(before, back, &backwards), 0);
	assert_true(backwards->seconds == 0);
}

static void a_counter_that_went_back_is_a_reset_and_no_rate(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = node_observe(at(100, 40, 50, 6), NULL);
	_cleanup_snapshot_ struct snapshot *after = node_observe(at(104, 40, 10, 26), before);
	_cleanup_rates_ struct rates *rates = NULL;

	assert_int_equal(rates_between(before, after, &rates), 0);
	assert_true(rates->namespaces[0].reset);
	assert_rate(&rates->namespaces[0].dir[RECEIVE], 0);
	assert_rate(&rates->namespaces[0].dir[TRANSMIT], 0);
}

static void one_born_in_the_interval_counts_from_zero(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = node_observe(node_new(), NULL);
	_cleanup_snapshot_ struct snapshot *after = node_observe(at(102, 101 * NODE_SECOND, 20, 0), before);
	_cleanup_rates_ struct rates *rates = NULL;

	assert_int_equal(rates_between(before, after, &rates), 0);
	assert_true(rates->namespaces[0].fresh);
	assert_rate(&rates->namespaces[0].dir[RECEIVE], 10);
}

/* Its total was counted in hours, not in these two seconds. */
static void one_that_was_only_not_seen_before_does_not_spike(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = node_observe(node_new(), NULL);
	_cleanup_snapshot_ struct snapshot *after = node_observe(at(102, 40, 1000000, 0), before);
	_cleanup_snapshot_ struct snapshot *next = node_observe(at(104, 40, 1000010, 0), after);
	_cleanup_rates_ struct rates *rates = NULL;
	_cleanup_rates_ struct rates *later = NULL;

	assert_int_equal(rates_between(before, after, &rates), 0);
	assert_true(rates->namespaces[0].fresh);
	assert_false(rates->namespaces[0].reset);
	assert_rate(&rates->namespaces[0].dir[RECEIVE], 0);
	assert_int_equal(rates_between(after, next, &later), 0);
	assert_rate(&later->namespaces[0].dir[RECEIVE], 5);
}

static void one_with_traffic_before_the_attach_does_not_spike(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = node_observe(node_new(), NULL);
	_cleanup_snapshot_ struct snapshot *after = NULL;
	_cleanup_rates_ struct rates *rates = NULL;
	struct node *node = at(102, 101 * NODE_SECOND, 1000000, 0);

	node->traffic[0].traffic.midlife = true;
	after = node_observe(node, before);
	assert_int_equal(rates_between(before, after, &rates), 0);
	assert_rate(&rates->namespaces[0].dir[RECEIVE], 0);
}

/* The namespace was there; only the second interface is new to us. */
static void an_interface_that_appears_in_an_old_namespace_does_not_spike(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = node_observe(at(100, 40, 5, 0), NULL);
	_cleanup_snapshot_ struct snapshot *after = NULL;
	_cleanup_rates_ struct rates *rates = NULL;
	struct node *node = at(102, 40, 15, 0);

	node_host_end(node, 5, "old", 1, 3)->birth = 40;
	(void)node_traffic(node, 5, 40, 1000000, 0);
	node_host_end(node, 6, "new", 1, 4)->birth = 101 * NODE_SECOND;
	(void)node_traffic(node, 6, 101 * NODE_SECOND, 4, 0);
	after = node_observe(node, before);
	assert_int_equal(rates_between(before, after, &rates), 0);
	assert_int_equal(after->namespaces[0].interface_count, 3);
	assert_false(rates->namespaces[0].fresh);
	assert_rate(&rates->namespaces[0].dir[RECEIVE], 5 + 2);
}

static void the_last_packets_of_a_dead_one_are_counted_once(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = node_observe(at(100, 40, 5, 0), NULL);
	_cleanup_snapshot_ struct snapshot *after = NULL;
	_cleanup_snapshot_ struct snapshot *next = NULL;
	_cleanup_rates_ struct rates *rates = NULL;
	_cleanup_rates_ struct rates *later = NULL;
	struct node *node = node_new();

	node->obs.now = 102 * NODE_SECOND;
	node_traffic(node, 4, 40, 11, 0)->gone = true;
	before->published = true;
	after = node_observe(node, before);
	assert_int_equal(rates_between(before, after, &rates), 0);
	assert_true(rates->namespaces[0].ns->gone);
	assert_false(rates->namespaces[0].reset);
	assert_rate(&rates->namespaces[0].dir[RECEIVE], 3);

	after->published = true;
	node = node_new();
	node->obs.now = 104 * NODE_SECOND;
	next = node_observe(node, after);
	assert_int_equal(rates_between(after, next, &later), 0);
	assert_int_equal(later->namespace_count, 0);
	assert_rate(&later->total[RECEIVE], 0);
}

/* Of two interfaces one is taken away: the sum of the namespace falls, and that is no reset. */
static void an_interface_that_vanishes_is_no_reset(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = NULL;
	_cleanup_snapshot_ struct snapshot *after = NULL;
	_cleanup_snapshot_ struct snapshot *next = NULL;
	_cleanup_rates_ struct rates *rates = NULL;
	struct node *node = at(100, 40, 5, 0);

	(void)node_host_end(node, 5, "second", 1, 3);
	(void)node_traffic(node, 5, 5 * NODE_SECOND, 1000, 0);
	before = node_observe(node, NULL);
	before->published = true;
	after = node_observe(at(102, 40, 7, 0), before);
	after->published = true;
	next = node_observe(at(104, 40, 9, 0), after);
	assert_int_equal(after->namespaces[0].interface_count, 2);
	assert_int_equal(next->namespaces[0].interface_count, 1);
	assert_int_equal(rates_between(after, next, &rates), 0);
	assert_false(rates->namespaces[0].reset);
	assert_rate(&rates->namespaces[0].dir[RECEIVE], 1);
}

static void a_reused_index_or_inode_is_not_compared_with_the_dead(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = node_observe(at(100, 40, 1000, 0), NULL);
	_cleanup_snapshot_ struct snapshot *after = NULL;
	_cleanup_rates_ struct rates *rates = NULL;
	struct node *node = at(102, 101 * NODE_SECOND, 8, 0);

	node->seen[0].birth = 101 * NODE_SECOND;
	after = node_observe(node, before);
	assert_int_equal(rates_between(before, after, &rates), 0);
	assert_int_equal(rates->namespace_count, 2);
	assert_true(rates->namespaces[0].ns->gone && !rates->namespaces[0].fresh);
	assert_rate(&rates->namespaces[0].dir[RECEIVE], 0);
	assert_true(!rates->namespaces[1].ns->gone && rates->namespaces[1].fresh);
	assert_rate(&rates->namespaces[1].dir[RECEIVE], 4);
	assert_false(rates->namespaces[1].reset);
}

/* First behind an nsid that leads to nobody, then found: it is one interface with one history. */
static void an_interface_keeps_its_history_when_its_namespace_is_found(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = NULL;
	_cleanup_snapshot_ struct snapshot *after = NULL;
	_cleanup_rates_ struct rates *rates = NULL;
	struct node *node = node_new();

	node_host_end(node, 4, "veth", 1, 2)->birth = 40;
	(void)node_traffic(node, 4, 40, 1000, 0);
	before = node_observe(node, NULL);
	after = node_observe(at(102, 40, 1010, 0), before);
	assert_int_equal(rates_between(before, after, &rates), 0);
	assert_int_equal(rates->namespace_count, 1);
	assert_true(rates->namespaces[0].fresh);
	assert_rate(&rates->namespaces[0].dir[RECEIVE], 5);
}

/* The totals go on through the attach, the split cannot. */
static void an_attach_in_the_interval_moves_totals_only(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = NULL;
	_cleanup_snapshot_ struct snapshot *after = NULL;
	_cleanup_rates_ struct rates *forth = NULL;
	_cleanup_rates_ struct rates *back = NULL;
	struct node *node = at(100, 40, 0, 0);

	node->traffic[0].traffic.split = false;
	node->traffic[0].traffic.dir[RECEIVE].total = (struct count){ 10, 1000 };
	before = node_observe(node, NULL);
	after = node_observe(at(102, 40, 20, 0), before);
	assert_int_equal(rates_between(before, after, &forth), 0);
	assert_true(forth->namespaces[0].dir[RECEIVE].packets == 5);
	assert_true(forth->namespaces[0].dir[RECEIVE].segments == 0);
	assert_true(forth->namespaces[0].by_class[RECEIVE][CTNET_IPV4_TCP] == 0);
	assert_false(forth->namespaces[0].reset);
	/* and the detach: the split is gone, the totals are the kernel's */
	before->now = 104 * NODE_SECOND;
	((struct interface *)before->namespaces[0].interfaces)->traffic.dir[RECEIVE].total.packets = 26;
	((struct interface *)before->namespaces[0].interfaces)->traffic.dir[RECEIVE].total.bytes = 2600;
	assert_int_equal(rates_between(after, before, &back), 0);
	assert_false(back->namespaces[0].reset);
	assert_true(back->namespaces[0].dir[RECEIVE].packets == 3);
}

static void bridges_have_rates_of_their_own_and_are_in_no_total(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = NULL;
	_cleanup_snapshot_ struct snapshot *after = NULL;
	_cleanup_rates_ struct rates *rates = NULL;
	struct node *node = node_new();

	(void)node_link(node, NSID_HERE, LINK_BRIDGE, 2, "br0");
	(void)node_traffic(node, 2, 2 * NODE_SECOND, 10, 10);
	before = node_observe(node, NULL);
	node = node_new();
	node->obs.now = 102 * NODE_SECOND;
	(void)node_link(node, NSID_HERE, LINK_BRIDGE, 2, "br0");
	(void)node_traffic(node, 2, 2 * NODE_SECOND, 20, 4);
	node_link(node, NSID_HERE, LINK_BRIDGE, 3, "new")->birth = 101 * NODE_SECOND;
	(void)node_traffic(node, 3, 101 * NODE_SECOND, 8, 0);
	(void)node_link(node, NSID_HERE, LINK_BRIDGE, 4, "found");
	(void)node_traffic(node, 4, 4 * NODE_SECOND, 800, 0);
	after = node_observe(node, before);
	assert_int_equal(rates_between(before, after, &rates), 0);
	assert_int_equal(rates->bridge_count, 3);
	assert_true(rates->bridges[0].reset);
	assert_rate(&rates->bridges[0].dir[RECEIVE], 0);
	assert_rate(&rates->bridges[1].dir[RECEIVE], 4);
	assert_rate(&rates->bridges[2].dir[RECEIVE], 0);
	assert_rate(&rates->total[RECEIVE], 0);
}

static void births_and_deaths_are_those_of_the_interval(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = node_observe(at(100, 40, 5, 6), NULL);
	_cleanup_snapshot_ struct snapshot *after = node_observe(at(104, 40, 15, 26), before);
	_cleanup_rates_ struct rates *rates = NULL;
	_cleanup_rates_ struct rates *restarted = NULL;

	before->lifecycle.created = 10;
	before->lifecycle.destroyed = 4;
	after->lifecycle.created = 13;
	after->lifecycle.destroyed = 4;
	assert_int_equal(rates_between(before, after, &rates), 0);
	assert_int_equal(rates->born, 3);
	assert_int_equal(rates->died, 0);
	after->lifecycle.created = 2; /* counted anew */
	assert_int_equal(rates_between(before, after, &restarted), 0);
	assert_int_equal(restarted->born, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_round_has_no_rates),
		cmocka_unit_test(what_moved_is_divided_by_the_time_between),
		cmocka_unit_test(no_time_between_is_no_rate),
		cmocka_unit_test(a_counter_that_went_back_is_a_reset_and_no_rate),
		cmocka_unit_test(one_born_in_the_interval_counts_from_zero),
		cmocka_unit_test(one_that_was_only_not_seen_before_does_not_spike),
		cmocka_unit_test(one_with_traffic_before_the_attach_does_not_spike),
		cmocka_unit_test(an_interface_that_appears_in_an_old_namespace_does_not_spike),
		cmocka_unit_test(the_last_packets_of_a_dead_one_are_counted_once),
		cmocka_unit_test(an_interface_that_vanishes_is_no_reset),
		cmocka_unit_test(a_reused_index_or_inode_is_not_compared_with_the_dead),
		cmocka_unit_test(an_interface_keeps_its_history_when_its_namespace_is_found),
		cmocka_unit_test(an_attach_in_the_interval_moves_totals_only),
		cmocka_unit_test(bridges_have_rates_of_their_own_and_are_in_no_total),
		cmocka_unit_test(births_and_deaths_are_those_of_the_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
