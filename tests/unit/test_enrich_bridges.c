/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "unit/node.h"
#include "unit/unit.h"

static void a_master_that_vanished_or_is_no_bridge_is_no_bridge(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	struct link *link = node_host_end(node, 9, "va", 1, 2);

	link->master = 44;
	link->port_state = PORT_FORWARDING;
	link = node_host_end(node, 10, "vb", 1, 3);
	link->master = 45;
	link->port_state = PORT_FORWARDING;
	(void)node_link(node, NSID_HERE, LINK_BOND, 45, "bond0");
	(void)node_seen(node, 10, 1, 1);
	snap = node_observe(node, NULL);

	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(snap->namespaces[0].interfaces[i].bridge, "");
		assert_int_equal(snap->namespaces[0].interfaces[i].port_state, PORT_NONE);
	}
	assert_int_equal(snap->bridge_count, 0);
}

static void up_is_administratively_up_with_a_carrier(void **state)
{
	static const struct {
		uint32_t flags;
		bool up;
	} cases[] = { { NODE_UP, true }, { IFF_UP, false }, { NODE_UP & ~(uint32_t)IFF_UP, false }, { 0, false } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_snapshot_ struct snapshot *snap = NULL;
		struct node *node = node_new();

		node_link(node, 1, LINK_VETH, 2, "eth0")->flags = cases[i].flags;
		node_link(node, NSID_HERE, LINK_BRIDGE, 3, "br")->flags = cases[i].flags;
		(void)node_seen(node, 10, 1, 1);
		snap = node_observe(node, NULL);
		assert_int_equal(snap->namespaces[0].interfaces[0].up, cases[i].up);
		assert_int_equal(snap->bridges[0].up, cases[i].up);
	}
}

static void ports_stand_in_the_order_of_their_index(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	(void)node_link(node, NSID_HERE, LINK_BRIDGE, 2, "br-b");
	(void)node_link(node, NSID_HERE, LINK_BRIDGE, 3, "br-a");
	node_host_end(node, 30, "p30", 1, 2)->master = 2;
	node_host_end(node, 10, "p10", 2, 2)->master = 2;
	node_host_end(node, 20, "p20", 3, 2)->master = 3;
	node_link(node, NSID_HERE, LINK_OTHER, 15, "ens1")->master = 2;
	snap = node_observe(node, NULL);

	assert_int_equal(snap->bridge_count, 2);
	assert_string_equal(snap->bridges[0].name, "br-b");
	assert_int_equal(snap->bridges[0].port_count, 3);
	assert_string_equal(snap->bridges[0].ports[0], "p10");
	assert_string_equal(snap->bridges[0].ports[1], "ens1");
	assert_string_equal(snap->bridges[0].ports[2], "p30");
	assert_int_equal(snap->bridges[1].port_count, 1);
	assert_false(snap->bridges[1].traffic.known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_master_that_vanished_or_is_no_bridge_is_no_bridge),
		cmocka_unit_test(up_is_administratively_up_with_a_carrier),
		cmocka_unit_test(ports_stand_in_the_order_of_their_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
