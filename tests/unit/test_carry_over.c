/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "unit/node.h"
#include "unit/unit.h"

/* One container with one pair: namespace 10 (nsid 1), eth0 with index 2, host end @index born at @birth on br0. */
static struct node *one_container(uint32_t index, uint64_t birth, uint64_t receive)
{
	struct node *node = node_new();
	struct link *link = node_host_end(node, index, "veth", 1, 2);

	link->birth = birth;
	link->master = 3;
	(void)node_link(node, NSID_HERE, LINK_BRIDGE, 3, "br0");
	(void)node_link(node, 1, LINK_VETH, 2, "eth0");
	node_address(node, 1, 2, "10.0.0.2", 24);
	(void)node_seen(node, 10, 1, 7);
	(void)node_owner(node, 10, OWNER_DOCKER, "box");
	(void)node_traffic(node, index, birth, receive, 0);
	(void)node_traffic(node, 3, 3 * NODE_SECOND, receive, receive);
	return node;
}

static uint64_t received(const struct interface *interface)
{
	return interface->traffic.dir[RECEIVE].total.packets;
}

static void a_dead_namespace_is_shown_once_more_with_its_last_counters(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(one_container(4, 40, 5), NULL);
	_cleanup_snapshot_ struct snapshot *second = NULL;
	_cleanup_snapshot_ struct snapshot *third = NULL;
	struct node *node = node_new();
	const struct netns *row;

	node_traffic(node, 4, 40, 9, 0)->gone = true;
	node_traffic(node, 3, 3 * NODE_SECOND, 11, 12)->gone = true;
	first->published = true;
	second = node_observe(node, first);
	snapshot_free(first); /* the sanitizer watches: nothing of it may be in the second */
	first = NULL;

	assert_int_equal(second->namespace_count, 1);
	row = &second->namespaces[0];
	assert_true(row->gone);
	assert_false(row->held);
	assert_true(row->inode == 10 && row->birth == 5 * NODE_SECOND);
	assert_string_equal(row->name, "box");
	assert_string_equal(row->owners[0].name, "box");
	assert_int_equal(row->interface_count, 1);
	assert_true(row->interfaces[0].gone);
	assert_false(row->interfaces[0].up);
	assert_string_equal(row->interfaces[0].name, "eth0");
	assert_string_equal(row->interfaces[0].peer.name, "veth");
	assert_string_equal(row->interfaces[0].bridge, "br0");
	assert_int_equal(row->interfaces[0].address_count, 1);
	assert_int_equal(row->interfaces[0].addresses[0].bytes[3], 2);
	assert_int_equal(received(&row->interfaces[0]), 9);
	assert_int_equal(second->alive, 0);
	assert_int_equal(second->bridge_count, 1);
	assert_true(second->bridges[0].gone);
	assert_int_equal(second->bridges[0].port_count, 0);
	assert_int_equal(second->bridges[0].traffic.dir[TRANSMIT].total.packets, 12);

	second->published = true;
	third = node_observe(node_new(), second);
	assert_int_equal(third->namespace_count, 0);
	assert_int_equal(third->bridge_count, 0);
}

static void without_newer_counters_the_last_known_ones_stay(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(one_container(4, 40, 5), NULL);
	_cleanup_snapshot_ struct snapshot *second = node_observe(node_new(), first);

	assert_int_equal(received(&second->namespaces[0].interfaces[0]), 5);
	assert_int_equal(second->bridges[0].traffic.dir[RECEIVE].total.packets, 5);
}

static void what_was_not_shown_is_carried_on_with_newer_counters(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(one_container(4, 40, 5), NULL);
	_cleanup_snapshot_ struct snapshot *second = node_observe(node_new(), first);
	_cleanup_snapshot_ struct snapshot *third = NULL;
	struct node *node = node_new();

	assert_false(second->published);
	node_traffic(node, 4, 40, 8, 0)->gone = true;
	third = node_observe(node, second);
	assert_int_equal(third->namespace_count, 1);
	assert_true(third->namespaces[0].gone);
	assert_int_equal(received(&third->namespaces[0].interfaces[0]), 8);
	assert_int_equal(third->bridge_count, 1);
}

static void a_dead_namespace_without_interfaces_is_shown_once_more(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = NULL;
	_cleanup_snapshot_ struct snapshot *second = NULL;
	struct node *node = node_new();

	node_seen(node, 10, NSID_HERE, 0)->mount = "/run/netns/lonely";
	node->seen[0].name = "lonely";
	first = node_observe(node, NULL);
	assert_int_equal(first->held, 1);
	second = node_observe(node_new(), first);
	assert_int_equal(second->namespace_count, 1);
	assert_string_equal(second->namespaces[0].name, "lonely");
	assert_true(second->namespaces[0].gone);
	assert_false(second->namespaces[0].held);
	assert_string_equal(second->namespaces[0].held_by, "");
	assert_int_equal(second->held, 0);
}

/* A freed inode is handed out again at once. */
static void a_reused_inode_is_a_row_of_its_own(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(one_container(4, 40, 5), NULL);
	_cleanup_snapshot_ struct snapshot *second = NULL;
	struct node *node = one_container(6, 90 * NODE_SECOND, 1);

	node->seen[0].birth = 90 * NODE_SECOND;
	node_traffic(node, 4, 40, 9, 0)->gone = true;
	first->published = true;
	second = node_observe(node, first);

	assert_int_equal(second->namespace_count, 2);
	assert_true(second->namespaces[0].inode == 10 && second->namespaces[0].gone);
	assert_int_equal(received(&second->namespaces[0].interfaces[0]), 9);
	assert_true(second->namespaces[1].inode == 10 && !second->namespaces[1].gone);
	assert_int_equal(second->namespaces[1].interface_count, 1);
	assert_int_equal(received(&second->namespaces[1].interfaces[0]), 1);
	assert_int_equal(second->alive, 1);
}

/* `ip link del` and `ip link add` with the same names: the index may be the same, the birth is not. */
static void a_reused_index_is_an_interface_of_its_own(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(one_container(4, 40, 5), NULL);
	_cleanup_snapshot_ struct snapshot *second = NULL;
	_cleanup_snapshot_ struct snapshot *third = NULL;
	struct node *node = one_container(4, 60, 2);
	const struct netns *row;

	node_traffic(node, 4, 40, 9, 0)->gone = true;
	first->published = true;
	second = node_observe(node, first);
	row = &second->namespaces[0];
	assert_int_equal(second->namespace_count, 1);
	assert_false(row->gone);
	assert_int_equal(row->interface_count, 2);
	assert_false(row->interfaces[0].gone);
	assert_int_equal(received(&row->interfaces[0]), 2);
	assert_true(row->interfaces[1].gone);
	assert_int_equal(received(&row->interfaces[1]), 9);
	assert_int_equal(netns_traffic(row).dir[RECEIVE].total.packets, 11);

	second->published = true;
	third = node_observe(one_container(4, 60, 3), second);
	assert_int_equal(third->namespaces[0].interface_count, 1);
	assert_int_equal(received(&third->namespaces[0].interfaces[0]), 3);
}

static void an_interface_taken_away_is_carried_by_its_living_namespace(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(one_container(4, 40, 5), NULL);
	_cleanup_snapshot_ struct snapshot *second = NULL;
	struct node *node = node_new();

	(void)node_seen(node, 10, 1, 7);
	(void)node_link(node, 1, LINK_MACVLAN, 1, "mac0");
	(void)node_link(node, 1, LINK_MACVLAN, 9, "mac1");
	second = node_observe(node, first);

	assert_int_equal(second->namespaces[0].interface_count, 3);
	assert_false(second->namespaces[0].gone);
	assert_string_equal(second->namespaces[0].interfaces[0].name, "mac0");
	assert_string_equal(second->namespaces[0].interfaces[1].name, "eth0");
	assert_true(second->namespaces[0].interfaces[1].gone);
	assert_string_equal(second->namespaces[0].interfaces[2].name, "mac1");
	assert_int_equal(second->alive, 1);
}

/* Else each packet would be counted in both. */
static void an_interface_that_moved_is_not_left_behind(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(one_container(4, 40, 5), NULL);
	_cleanup_snapshot_ struct snapshot *second = NULL;
	struct node *node = node_new();

	node_host_end(node, 4, "veth", 2, 2)->birth = 40;
	(void)node_link(node, 2, LINK_VETH, 2, "eth0");
	(void)node_seen(node, 10, 1, 7);
	(void)node_seen(node, 20, 2, 8);
	(void)node_traffic(node, 4, 40, 6, 0);
	second = node_observe(node, first);

	assert_int_equal(second->namespace_count, 2);
	assert_int_equal(node_row(second, 10)->interface_count, 0);
	assert_int_equal(node_row(second, 20)->interface_count, 1);
}

/* First the host end is there, then the namespace is found: its nameless row leaves no ghost. */
static void a_namespace_that_is_found_takes_over_from_its_nameless_row(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = NULL;
	_cleanup_snapshot_ struct snapshot *second = NULL;
	struct node *node = node_new();

	node_host_end(node, 4, "veth", 1, 2)->birth = 40;
	(void)node_traffic(node, 4, 40, 1, 0);
	first = node_observe(node, NULL);
	assert_true(first->namespaces[0].inode == 0);
	second = node_observe(one_container(4, 40, 5), first);
	assert_int_equal(second->namespace_count, 1);
	assert_true(second->namespaces[0].inode == 10);
	assert_int_equal(second->namespaces[0].interface_count, 1);
}

/* Two of them with one birth: only the one that died is carried. */
static void nameless_rows_of_one_birth_are_told_apart(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = NULL;
	_cleanup_snapshot_ struct snapshot *second = NULL;
	struct node *node = node_new();

	node_host_end(node, 4, "va", 1, 2)->birth = 40;
	node_host_end(node, 5, "vb", 2, 2)->birth = 40;
	first = node_observe(node, NULL);
	assert_int_equal(first->namespace_count, 2);
	node = node_new();
	node_host_end(node, 5, "vb", 2, 2)->birth = 40;
	second = node_observe(node, first);
	assert_int_equal(second->namespace_count, 2);
	assert_false(second->namespaces[0].gone);
	assert_string_equal(second->namespaces[0].interfaces[0].peer.name, "vb");
	assert_true(second->namespaces[1].gone);
	assert_int_equal(second->namespaces[1].interface_count, 1);
	assert_string_equal(second->namespaces[1].interfaces[0].peer.name, "va");
	assert_int_equal(second->alive, 1);
}

static void an_interface_without_a_host_end_is_carried_unless_its_index_lives(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = NULL;
	_cleanup_snapshot_ struct snapshot *second = NULL;
	_cleanup_snapshot_ struct snapshot *third = NULL;
	struct node *node = node_new();

	(void)node_link(node, 1, LINK_MACVLAN, 2, "mac0");
	(void)node_seen(node, 10, 1, 7);
	first = node_observe(node, NULL);
	/* now it is a pair whose host end was found */
	second = node_observe(one_container(4, 40, 5), first);
	assert_int_equal(second->namespaces[0].interface_count, 1);
	assert_string_equal(second->namespaces[0].interfaces[0].name, "eth0");
	/* and without a successor */
	node = node_new();
	(void)node_seen(node, 10, 1, 7);
	third = node_observe(node, first);
	assert_int_equal(third->namespaces[0].interface_count, 1);
	assert_true(third->namespaces[0].interfaces[0].gone);
}

static void add_dead_link(struct node *node, const struct link *last)
{
	struct link_traffic *traffic = node_traffic(node, last->index, last->birth, 33, 0);

	traffic->gone = true;
	traffic->last = last;
}

/* What is left of a veth, a bridge, a veth whose both ends were ours, a macvlan, and a link that nobody kept. */
static struct node *five_dead_links(uint64_t now)
{
	static const struct link veth = {
		.index = 4,
		.name = "veth4",
		.kind = LINK_VETH,
		.peer_elsewhere = true,
		.peer_index = 2,
		.birth = 101 * NODE_SECOND,
	};
	static const struct link bridge = { .index = 5, .kind = LINK_BRIDGE, .birth = 101 * NODE_SECOND };
	static const struct link ours = { .index = 6, .kind = LINK_VETH, .peer_index = 9, .birth = 101 * NODE_SECOND };
	static const struct link macvlan = {
		.index = 7,
		.kind = LINK_MACVLAN,
		.peer_elsewhere = true,
		.peer_index = 2,
		.birth = 101 * NODE_SECOND,
	};
	struct node *node = node_new();

	node->obs.now = now;
	add_dead_link(node, &veth);
	add_dead_link(node, &bridge);
	add_dead_link(node, &ours);
	add_dead_link(node, &macvlan);
	node_traffic(node, 8, 101 * NODE_SECOND, 33, 0)->gone = true;
	return node;
}

/* Born and dead between two snapshots: the counters are all that is left. Told again, they are not shown again. */
static void a_life_between_two_snapshots_is_not_lost(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(node_new(), NULL);
	_cleanup_snapshot_ struct snapshot *second = node_observe(five_dead_links(105 * NODE_SECOND), first);
	_cleanup_snapshot_ struct snapshot *third = NULL;

	assert_int_equal(second->namespace_count, 1);
	assert_true(second->namespaces[0].inode == 0 && second->namespaces[0].gone);
	assert_int_equal(second->namespaces[0].interface_count, 1);
	assert_string_equal(second->namespaces[0].interfaces[0].peer.name, "veth4");
	assert_int_equal(received(&second->namespaces[0].interfaces[0]), 33);
	assert_int_equal(second->alive, 0);
	second->published = true;
	third = node_observe(five_dead_links(110 * NODE_SECOND), second);
	assert_int_equal(third->namespace_count, 0);
}

/* The host end of one_container() while the kernel takes the namespace down: its nsid is given back, its name is gone. */
static struct node *dying_container(uint64_t receive)
{
	struct node *node = node_new();

	node_host_end(node, 4, "veth", NSID_HERE, 2)->birth = 40;
	(void)node_traffic(node, 4, 40, receive, 0);
	return node;
}

static void what_a_dying_namespace_counts_stays_under_its_name(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(one_container(4, 40, 5), NULL);
	_cleanup_snapshot_ struct snapshot *second = NULL;
	_cleanup_snapshot_ struct snapshot *third = NULL;
	_cleanup_snapshot_ struct snapshot *fourth = NULL;
	_cleanup_snapshot_ struct snapshot *fifth = NULL;
	struct node *ended = node_new();

	first->published = true;
	second = node_observe(dying_container(7), first);
	assert_int_equal(second->namespace_count, 1);
	assert_true(second->namespaces[0].gone && second->namespaces[0].inode == 10);
	assert_int_equal(received(&second->namespaces[0].interfaces[0]), 7);
	second->published = true;
	third = node_observe(dying_container(8), second);
	assert_int_equal(third->namespace_count, 1);
	assert_string_equal(third->namespaces[0].name, "box");
	assert_int_equal(received(&third->namespaces[0].interfaces[0]), 8);
	third->published = true;
	node_traffic(ended, 4, 40, 9, 0)->gone = true;
	fourth = node_observe(ended, third);
	assert_int_equal(fourth->namespace_count, 1);
	assert_int_equal(received(&fourth->namespaces[0].interfaces[0]), 9);
	fourth->published = true;
	fifth = node_observe(node_new(), fourth);
	assert_int_equal(fifth->namespace_count, 0);
}

/*
 * As above, where a probe tells that the namespace is not destroyed yet: it has no name, no process and no nsid any more, and what it
 * counts is told under the name it had.
 */
static struct node *undestroyed_container(uint64_t receive)
{
	struct node *node = dying_container(receive);

	(void)node_seen(node, 10, NSID_HERE, 0);
	return node;
}

static void a_namespace_that_is_not_destroyed_yet_counts_under_its_name(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(one_container(4, 40, 5), NULL);
	_cleanup_snapshot_ struct snapshot *second = NULL;
	_cleanup_snapshot_ struct snapshot *third = NULL;
	_cleanup_snapshot_ struct snapshot *fourth = NULL;
	struct node *ended = node_new();

	first->published = true;
	second = node_observe(undestroyed_container(7), first);
	second->published = true;
	third = node_observe(undestroyed_container(8), second);
	assert_int_equal(third->namespace_count, 1);
	assert_string_equal(third->namespaces[0].name, "box");
	assert_int_equal(third->namespaces[0].interface_count, 1);
	assert_int_equal(received(&third->namespaces[0].interfaces[0]), 8);
	third->published = true;
	(void)node_seen(ended, 10, NSID_HERE, 0);
	node_traffic(ended, 4, 40, 9, 0)->gone = true;
	fourth = node_observe(ended, third);
	assert_int_equal(fourth->namespace_count, 1);
	assert_string_equal(fourth->namespaces[0].name, "box");
	assert_int_equal(received(&fourth->namespaces[0].interfaces[0]), 9);
}

/* `ip link set eth0 netns 1` in a container: both ends are here then, and it is no container's any more. */
static struct node *eth0_came_here(void)
{
	struct node *node = node_new();

	node_link(node, NSID_HERE, LINK_VETH, 4, "veth")->birth = 40;
	(void)node_link(node, NSID_HERE, LINK_VETH, 9, "eth0");
	(void)node_seen(node, 10, 1, 7);
	(void)node_traffic(node, 4, 40, 9, 0);
	return node;
}

static void an_interface_that_came_here_is_told_once(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(one_container(4, 40, 5), NULL);
	_cleanup_snapshot_ struct snapshot *second = NULL;
	_cleanup_snapshot_ struct snapshot *third = NULL;

	first->published = true;
	second = node_observe(eth0_came_here(), first);
	assert_int_equal(second->namespaces[0].interface_count, 1);
	second->published = true;
	third = node_observe(eth0_came_here(), second);
	assert_int_equal(third->namespaces[0].interface_count, 0);
}

/* Its last process ended, its nsid is still there: the kernel has not destroyed it yet. */
static void a_namespace_that_is_seen_no_more_keeps_its_name_while_it_has_its_nsid(void **state)
{
	_cleanup_snapshot_ struct snapshot *first = node_observe(one_container(4, 40, 5), NULL);
	_cleanup_snapshot_ struct snapshot *second = NULL;
	struct node *node = node_new();

	first->published = true;
	node_host_end(node, 4, "veth", 1, 2)->birth = 40;
	(void)node_traffic(node, 4, 40, 6, 0);
	second = node_observe(node, first);
	assert_int_equal(second->namespace_count, 1);
	assert_string_equal(second->namespaces[0].name, "box");
	assert_true(second->namespaces[0].inode == 10 && !second->namespaces[0].gone);
	assert_int_equal(second->namespaces[0].interface_count, 1);
	assert_int_equal(received(&second->namespaces[0].interfaces[0]), 6);
}

/* The link was there at the last look, but not yet known as a host end. */
static void a_host_end_that_was_in_no_row_is_not_lost(void **state)
{
	static const struct link veth = {
		.index = 4,
		.name = "veth4",
		.kind = LINK_VETH,
		.peer_elsewhere = true,
		.peer_index = 2,
		.birth = 90 * NODE_SECOND,
	};
	_cleanup_snapshot_ struct snapshot *first = node_observe(node_new(), NULL);
	_cleanup_snapshot_ struct snapshot *second = NULL;
	struct node *node = node_new();

	assert_true(first->now > veth.birth);
	add_dead_link(node, &veth);
	second = node_observe(node, first);
	assert_int_equal(second->namespace_count, 1);
	assert_int_equal(received(&second->namespaces[0].interfaces[0]), 33);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dead_namespace_is_shown_once_more_with_its_last_counters),
		cmocka_unit_test(without_newer_counters_the_last_known_ones_stay),
		cmocka_unit_test(what_was_not_shown_is_carried_on_with_newer_counters),
		cmocka_unit_test(a_dead_namespace_without_interfaces_is_shown_once_more),
		cmocka_unit_test(a_reused_inode_is_a_row_of_its_own),
		cmocka_unit_test(a_reused_index_is_an_interface_of_its_own),
		cmocka_unit_test(an_interface_taken_away_is_carried_by_its_living_namespace),
		cmocka_unit_test(an_interface_that_moved_is_not_left_behind),
		cmocka_unit_test(a_namespace_that_is_found_takes_over_from_its_nameless_row),
		cmocka_unit_test(nameless_rows_of_one_birth_are_told_apart),
		cmocka_unit_test(an_interface_without_a_host_end_is_carried_unless_its_index_lives),
		cmocka_unit_test(a_life_between_two_snapshots_is_not_lost),
		cmocka_unit_test(what_a_dying_namespace_counts_stays_under_its_name),
		cmocka_unit_test(a_namespace_that_is_not_destroyed_yet_counts_under_its_name),
		cmocka_unit_test(an_interface_that_came_here_is_told_once),
		cmocka_unit_test(a_namespace_that_is_seen_no_more_keeps_its_name_while_it_has_its_nsid),
		cmocka_unit_test(a_host_end_that_was_in_no_row_is_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
