/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "unit/node.h"
#include "unit/unit.h"

static void an_empty_observation_is_an_empty_snapshot(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = node_observe(node_new(), NULL);

	assert_int_equal(snap->namespace_count, 0);
	assert_int_equal(snap->bridge_count, 0);
	assert_int_equal(snap->source_count, 0);
	assert_int_equal(snap->loss_count, 0);
	assert_int_equal(snap->alive, 0);
	assert_int_equal(snap->held, 0);
	assert_false(snap->published);
	assert_true(snap->observing_inode == NODE_HOST);
	assert_true(snap->now == 100 * NODE_SECOND);
}

/* Not even pointers: what an observer that failed leaves behind. */
static void an_observation_of_nothing_at_all_is_an_empty_snapshot(void **state)
{
	const struct observation nothing = { .now = 1 };
	_cleanup_snapshot_ struct snapshot *first = NULL;
	_cleanup_snapshot_ struct snapshot *second = NULL;

	assert_int_equal(snapshot_build(&nothing, NULL, &first), 0);
	assert_int_equal(snapshot_build(&nothing, first, &second), 0);
	assert_int_equal(second->namespace_count, 0);
}

/* The node of the design: box behind docker0, 4026532396 with eth0 (3@4). */
static void a_container_is_wired_from_eth0_to_its_bridge(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	const struct interface *eth0;
	struct link *link;

	(void)node_link(node, NSID_HERE, LINK_LOOPBACK, 1, "lo");
	(void)node_link(node, NSID_HERE, LINK_BRIDGE, 2, "docker0");
	node_address(node, NSID_HERE, 2, "172.17.0.1", 16);
	link = node_host_end(node, 4, "veth2125897", 0, 3);
	link->master = 2;
	link->port_state = PORT_FORWARDING;
	(void)node_link(node, 0, LINK_LOOPBACK, 1, "lo");
	node_address(node, 0, 1, "127.0.0.1", 8);
	link = node_link(node, 0, LINK_VETH, 3, "eth0");
	memcpy(link->mac, (uint8_t[]){ 2, 0x42, 0xac, 0x11, 0, 2 }, 6);
	link->has_mac = true;
	node_address(node, 0, 3, "fd00::2", 64);
	node_address(node, 0, 3, "172.17.0.2", 16);
	(void)node_seen(node, 4026532396, 0, 11384);
	node_owner(node, 4026532396, OWNER_DOCKER, "box")->pid = 11384;
	(void)node_traffic(node, 4, 4 * NODE_SECOND, 10, 20);
	(void)node_traffic(node, 2, 2 * NODE_SECOND, 7, 8);
	snap = node_observe(node, NULL);

	assert_int_equal(snap->namespace_count, 1);
	assert_string_equal(snap->namespaces[0].name, "box");
	assert_int_equal(snap->namespaces[0].kind, OWNER_DOCKER);
	assert_int_equal(snap->namespaces[0].interface_count, 1);
	eth0 = &snap->namespaces[0].interfaces[0];
	assert_string_equal(eth0->name, "eth0");
	assert_int_equal(eth0->index, 3);
	assert_true(eth0->has_mac && eth0->mac[5] == 2);
	assert_int_equal(eth0->mtu, 1500);
	assert_true(eth0->up);
	assert_int_equal(eth0->address_count, 2);
	assert_int_equal(eth0->addresses[0].family, AF_INET);
	assert_int_equal(eth0->addresses[1].family, AF_INET6);
	assert_true(eth0->peer.known);
	assert_true(eth0->peer.netns == NODE_HOST);
	assert_string_equal(eth0->peer.name, "veth2125897");
	assert_int_equal(eth0->peer.index, 4);
	assert_true(eth0->host_birth == 4 * NODE_SECOND);
	assert_string_equal(eth0->bridge, "docker0");
	assert_int_equal(eth0->port_state, PORT_FORWARDING);
	assert_true(eth0->traffic.known);
	assert_int_equal(eth0->traffic.dir[RECEIVE].total.packets, 10);
	assert_int_equal(eth0->traffic.dir[TRANSMIT].total.packets, 20);

	assert_int_equal(snap->bridge_count, 1);
	assert_string_equal(snap->bridges[0].name, "docker0");
	assert_int_equal(snap->bridges[0].address_count, 1);
	assert_int_equal(snap->bridges[0].port_count, 1);
	assert_string_equal(snap->bridges[0].ports[0], "veth2125897");
	assert_int_equal(snap->bridges[0].traffic.dir[TRANSMIT].total.packets, 8);
	assert_int_equal(snap->alive, 1);
	assert_int_equal(snap->held, 0);
}

/* Both inner ends are eth0 with index 2, and the host ends stand in the other order. */
static void same_inner_index_pairs_by_nsid(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	(void)node_host_end(node, 12, "vb", 5, 2);
	(void)node_host_end(node, 11, "va", 9, 2);
	(void)node_link(node, 9, LINK_VETH, 2, "eth0");
	(void)node_link(node, 5, LINK_VETH, 2, "eth0");
	(void)node_seen(node, 1001, 9, 1);
	(void)node_seen(node, 1002, 5, 2);
	(void)node_traffic(node, 11, 11 * NODE_SECOND, 1, 0);
	(void)node_traffic(node, 12, 12 * NODE_SECOND, 2, 0);
	snap = node_observe(node, NULL);

	assert_int_equal(snap->namespace_count, 2);
	assert_string_equal(node_row(snap, 1001)->interfaces[0].peer.name, "va");
	assert_int_equal(node_row(snap, 1001)->interfaces[0].traffic.dir[RECEIVE].total.packets, 1);
	assert_string_equal(node_row(snap, 1002)->interfaces[0].peer.name, "vb");
	assert_int_equal(node_row(snap, 1002)->interfaces[0].traffic.dir[RECEIVE].total.packets, 2);
}

/* An index that was given out again: the counters of the dead link are not the new one's. */
static void traffic_belongs_to_index_and_birth(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	node_host_end(node, 7, "veth", 0, 2)->birth = 50;
	(void)node_link(node, 0, LINK_VETH, 2, "eth0");
	(void)node_seen(node, 1001, 0, 1);
	node_traffic(node, 7, 40, 999, 999)->gone = true;
	(void)node_traffic(node, 7, 50, 3, 4);
	snap = node_observe(node, NULL);

	assert_int_equal(snap->namespaces[0].interfaces[0].traffic.dir[RECEIVE].total.packets, 3);
	assert_int_equal(snap->namespace_count, 1);
}

static void the_observing_and_the_machine_namespace_are_no_rows(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	(void)node_seen(node, NODE_HOST, NSID_HERE, 2);
	(void)node_seen(node, NODE_MACHINE, 4, 1);
	(void)node_host_end(node, 3, "uplink", 4, 8);
	(void)node_link(node, 4, LINK_VETH, 8, "lab");
	(void)node_seen(node, 1001, NSID_HERE, 3);
	snap = node_observe(node, NULL);

	assert_int_equal(snap->namespace_count, 1);
	assert_true(snap->namespaces[0].inode == 1001);
	assert_int_equal(snap->namespaces[0].interface_count, 0);
}

static void rows_are_sorted_and_a_repeated_one_is_one(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	(void)node_seen(node, 30, 3, 1);
	(void)node_seen(node, 10, 1, 1);
	(void)node_seen(node, 20, 2, 1);
	(void)node_seen(node, 20, 2, 1);
	(void)node_host_end(node, 9, "v", 2, 2);
	(void)node_link(node, 2, LINK_VETH, 2, "eth0");
	snap = node_observe(node, NULL);

	assert_int_equal(snap->namespace_count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(snap->namespaces[i].inode == (i + 1) * 10);
	assert_int_equal(snap->alive, 3);
}

/* Were both to list it, each packet would be counted twice. */
static void an_nsid_that_two_claim_belongs_to_the_younger(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	(void)node_seen(node, 10, 1, 1);
	node_seen(node, 20, 1, 1)->birth = 50 * NODE_SECOND;
	(void)node_host_end(node, 9, "v", 1, 2);
	(void)node_link(node, 1, LINK_VETH, 2, "eth0");
	snap = node_observe(node, NULL);

	assert_int_equal(node_row(snap, 10)->interface_count, 0);
	assert_int_equal(node_row(snap, 20)->interface_count, 1);
}

static void an_inner_end_that_was_not_read_is_told_by_its_host_end(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	const struct interface *interface;

	(void)node_host_end(node, 9, "veth9", 1, 17);
	node->tables[node_table(node, 1)].incomplete = true;
	(void)node_seen(node, 10, 1, 1);
	(void)node_traffic(node, 9, 9 * NODE_SECOND, 5, 6);
	snap = node_observe(node, NULL);

	assert_int_equal(snap->namespaces[0].interface_count, 1);
	interface = &snap->namespaces[0].interfaces[0];
	assert_string_equal(interface->name, "");
	assert_int_equal(interface->index, 17);
	assert_int_equal(interface->mtu, 0);
	assert_false(interface->has_mac);
	assert_true(interface->up);
	assert_string_equal(interface->peer.name, "veth9");
	assert_int_equal(interface->traffic.dir[TRANSMIT].total.packets, 6);
}

/* Interfaces stay in the order of their index, whether their inner end was read or not. */
static void read_and_unread_ends_are_merged_by_index(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	static const struct {
		uint32_t index;
		const char *name;
		const char *peer;
	} want[] = { { 2, "", "v2" }, { 3, "eth3", "v3" }, { 5, "mac5", "" }, { 5, "", "v5" }, { 7, "", "v7" } };

	(void)node_host_end(node, 12, "v2", 1, 2);
	(void)node_host_end(node, 13, "v3", 1, 3);
	(void)node_host_end(node, 15, "v5", 1, 5); /* of another kind than what has its index: that is not its end */
	(void)node_host_end(node, 17, "v7", 1, 7);
	(void)node_link(node, 1, LINK_LOOPBACK, 1, "lo");
	(void)node_link(node, 1, LINK_VETH, 3, "eth3");
	(void)node_link(node, 1, LINK_MACVLAN, 5, "mac5");
	(void)node_seen(node, 10, 1, 1);
	snap = node_observe(node, NULL);

	assert_int_equal(snap->namespaces[0].interface_count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(snap->namespaces[0].interfaces[i].index, want[i].index);
		assert_string_equal(snap->namespaces[0].interfaces[i].name, want[i].name);
		assert_string_equal(snap->namespaces[0].interfaces[i].peer.name, want[i].peer);
	}
}

/* Where no meter stands, that is said. */
static void an_interface_without_a_host_end_is_listed_as_not_counted(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	struct link *link = node_link(node, 1, LINK_MACVLAN, 4, "eth0");

	link->peer_elsewhere = true; /* its lower device, which is no other end */
	link->peer_nsid = 2;
	link->peer_index = 6;
	(void)node_link(node, 2, LINK_OTHER, 6, "ens1");
	(void)node_seen(node, 10, 1, 1);
	(void)node_seen(node, 20, 2, 1);
	snap = node_observe(node, NULL);

	assert_string_equal(snap->namespaces[0].interfaces[0].name, "eth0");
	assert_false(snap->namespaces[0].interfaces[0].traffic.known);
	assert_false(snap->namespaces[0].interfaces[0].peer.known);
	assert_int_equal(snap->namespaces[0].interfaces[0].port_state, PORT_NONE);
	assert_true(snap->namespaces[0].interfaces[0].host_birth == 0);
}

static void a_pair_between_two_containers_is_known_from_both(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	struct link *a = node_link(node, 1, LINK_VETH, 4, "left");
	struct link *b = node_link(node, 2, LINK_VETH, 6, "right");

	a->peer_elsewhere = b->peer_elsewhere = true;
	a->peer_nsid = 2;
	a->peer_index = 6;
	b->peer_nsid = 1;
	b->peer_index = 4;
	(void)node_seen(node, 10, 1, 1);
	(void)node_seen(node, 20, 2, 1);
	snap = node_observe(node, NULL);

	assert_true(node_row(snap, 10)->interfaces[0].peer.known);
	assert_true(node_row(snap, 10)->interfaces[0].peer.netns == 20);
	assert_string_equal(node_row(snap, 10)->interfaces[0].peer.name, "right");
	assert_int_equal(node_row(snap, 10)->interfaces[0].peer.index, 6);
	assert_true(node_row(snap, 20)->interfaces[0].peer.netns == 10);
	assert_string_equal(node_row(snap, 20)->interfaces[0].peer.name, "left");
	assert_false(node_row(snap, 20)->interfaces[0].traffic.known);
}

static void a_pair_within_one_namespace_is_known(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	node_link(node, 1, LINK_VETH, 4, "a")->peer_index = 5;
	node_link(node, 1, LINK_VETH, 5, "b")->peer_index = 4;
	(void)node_seen(node, 10, 1, 1);
	snap = node_observe(node, NULL);

	assert_true(snap->namespaces[0].interfaces[0].peer.netns == 10);
	assert_string_equal(snap->namespaces[0].interfaces[0].peer.name, "b");
	assert_string_equal(snap->namespaces[0].interfaces[1].peer.name, "a");
}

static void a_peer_in_a_namespace_that_nobody_found_is_not_known(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	struct link *link = node_link(node, 1, LINK_VETH, 4, "left");

	link->peer_elsewhere = true;
	link->peer_nsid = 77;
	link->peer_index = 6;
	(void)node_seen(node, 10, 1, 1);
	snap = node_observe(node, NULL);

	assert_int_equal(snap->namespace_count, 1);
	assert_false(snap->namespaces[0].interfaces[0].peer.known);
}

/* Both hidden namespaces first, then the one that was found; the second one's links could be read. */
static void a_host_end_that_leads_to_nobody_keeps_its_traffic(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	node_host_end(node, 21, "va", 8, 2)->birth = 70;
	node_host_end(node, 22, "vb", 8, 3)->birth = 60;
	node_host_end(node, 23, "vc", 6, 2)->birth = 80;
	(void)node_link(node, 6, LINK_VETH, 2, "eth0");
	(void)node_seen(node, 10, 1, 1);
	(void)node_traffic(node, 21, 70, 1, 0);
	(void)node_traffic(node, 22, 60, 2, 0);
	(void)node_traffic(node, 23, 80, 4, 0);
	snap = node_observe(node, NULL);

	assert_int_equal(snap->namespace_count, 3);
	for (size_t i = 0; i < 2; i++) {
		assert_true(snap->namespaces[i].inode == 0);
		assert_int_equal(snap->namespaces[i].kind, OWNER_NONE);
		assert_string_equal(snap->namespaces[i].name, "");
		assert_false(snap->namespaces[i].held);
	}
	assert_true(snap->namespaces[0].birth == 60);
	assert_int_equal(snap->namespaces[0].interface_count, 2);
	assert_int_equal(netns_traffic(&snap->namespaces[0]).dir[RECEIVE].total.packets, 3);
	assert_true(snap->namespaces[1].birth == 80);
	assert_string_equal(snap->namespaces[1].interfaces[0].name, "eth0");
	assert_true(snap->namespaces[2].inode == 10);
	assert_int_equal(snap->alive, 3);
}

/* The kernel says -1 for a namespace that is being taken down; -1 is also how the observing one is called here. */
static void a_host_end_that_leads_nowhere_meets_no_link_of_our_own(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	(void)node_host_end(node, 21, "va", NSID_HERE, 2);
	(void)node_link(node, NSID_HERE, LINK_VETH, 2, "ours");
	snap = node_observe(node, NULL);

	assert_int_equal(snap->namespace_count, 1);
	assert_int_equal(snap->namespaces[0].interface_count, 1);
	assert_string_equal(snap->namespaces[0].interfaces[0].name, "");
	assert_string_equal(snap->namespaces[0].interfaces[0].peer.name, "va");
}

/* Our own namespace may have an nsid here as well, and its links behind it. */
static void a_table_that_no_host_end_leads_to_makes_no_row(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	(void)node_link(node, 3, LINK_VETH, 2, "eth0");
	(void)node_link(node, 3, LINK_BRIDGE, 3, "br");
	snap = node_observe(node, NULL);

	assert_int_equal(snap->namespace_count, 0);
	assert_int_equal(snap->bridge_count, 0);
}

/* We may run in a container ourselves, with a macvlan of its host. The lower device is no other end. */
static void a_host_link_with_a_lower_device_elsewhere_leads_to_no_namespace(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	node_host_end(node, 21, "mac0", 8, 2)->kind = LINK_MACVLAN;
	snap = node_observe(node, NULL);

	assert_int_equal(snap->namespace_count, 0);
}

static void names_of_links_are_cleaned(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	struct link *link = node_host_end(node, 9, "", 1, 2);

	memset(link->name, 'x', sizeof(link->name)); /* no NUL */
	link->master = 3;
	(void)node_link(node, NSID_HERE, LINK_BRIDGE, 3, "br\x1b[2J");
	(void)node_link(node, 1, LINK_VETH, 2, "e\xff\"0");
	(void)node_seen(node, 10, 1, 1);
	snap = node_observe(node, NULL);

	assert_string_equal(snap->namespaces[0].interfaces[0].name, "e?\"0");
	assert_string_equal(snap->namespaces[0].interfaces[0].bridge, "br?[2J");
	assert_string_equal(snap->bridges[0].ports[0], "xxxxxxxxxxxxxxx");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_observation_is_an_empty_snapshot),
		cmocka_unit_test(an_observation_of_nothing_at_all_is_an_empty_snapshot),
		cmocka_unit_test(a_container_is_wired_from_eth0_to_its_bridge),
		cmocka_unit_test(same_inner_index_pairs_by_nsid),
		cmocka_unit_test(traffic_belongs_to_index_and_birth),
		cmocka_unit_test(the_observing_and_the_machine_namespace_are_no_rows),
		cmocka_unit_test(rows_are_sorted_and_a_repeated_one_is_one),
		cmocka_unit_test(an_nsid_that_two_claim_belongs_to_the_younger),
		cmocka_unit_test(an_inner_end_that_was_not_read_is_told_by_its_host_end),
		cmocka_unit_test(read_and_unread_ends_are_merged_by_index),
		cmocka_unit_test(an_interface_without_a_host_end_is_listed_as_not_counted),
		cmocka_unit_test(a_pair_between_two_containers_is_known_from_both),
		cmocka_unit_test(a_pair_within_one_namespace_is_known),
		cmocka_unit_test(a_peer_in_a_namespace_that_nobody_found_is_not_known),
		cmocka_unit_test(a_host_end_that_leads_to_nobody_keeps_its_traffic),
		cmocka_unit_test(a_host_end_that_leads_nowhere_meets_no_link_of_our_own),
		cmocka_unit_test(a_table_that_no_host_end_leads_to_makes_no_row),
		cmocka_unit_test(a_host_link_with_a_lower_device_elsewhere_leads_to_no_namespace),
		cmocka_unit_test(names_of_links_are_cleaned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
