/* SPDX-License-Identifier: GPL-2.0-only */
/* The way of an interface, and the way between two namespaces, on a host that has one of each. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "model/path.h"
#include "unit/path_fixture.h"
#include "unit/unit.h"

/* "eth0 pair:vbox port:docker0 route:this host": each hop by name or kind, with how it is joined and, in a tree, to which one. */
static void describe(const struct path *path, struct buf *out)
{
	for (size_t i = 0; i < path->hop_count; i++) {
		const struct hop *hop = &path->hops[i];
		const char *via = hop_via_name(hop->via);

		if (i > 0)
			(void)buf_printf(out, " %s", via ? via : "");
		if (i > 0 && hop->from != i - 1)
			(void)buf_printf(out, "@%zu", hop->from);
		(void)buf_printf(out, "%s%s", i > 0 ? ":" : "", hop->name[0] ? hop->name : hop_kind_name(hop->kind));
	}
	(void)buf_puts(out, path->cut ? " ..." : "");
}

static void assert_paths(uint64_t inode, const char *wanted)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct path_node *node = path_node();
	struct path_list list;

	assert_int_equal(path_make_all(&node->snap, &node->facts, path_of(node, inode), false, &arena, &list), 0);
	for (size_t i = 0; i < list.count; i++) {
		(void)buf_puts(&text, i > 0 ? "; " : "");
		describe(&list.paths[i], &text);
		assert_ptr_equal(list.paths[i].ns, path_of(node, inode));
	}
	assert_string_equal(text.data ? text.data : "", wanted);
}

static void a_bridged_container_leaves_by_the_default_routes(void **state)
{
	assert_paths(1001, "eth0 pair:vbox port:docker0 route:this host route:eth0 route@3:bond0 member:nic1 "
	                   "member@5:nic2");
}

static void a_routed_pair_has_no_bridge(void **state)
{
	assert_paths(1004, "eth0 pair:cali1 route:this host route:eth0 route@2:bond0 member:nic1 member@4:nic2");
}

static void a_pair_between_two_ends_in_the_other(void **state)
{
	assert_paths(1005, "a0 pair:b0");
}

static void a_macvlan_stands_on_its_lower_device(void **state)
{
	assert_paths(1007, "mv0 lower:eth0");
}

/* br2 has no address: the host takes no part. The tap of a virtual machine on it is no way out. */
static void a_bridge_without_an_address_leaves_by_its_ports(void **state)
{
	assert_paths(1010, "eth0 pair:vsw port:br2 member:eth0.7 lower:eth0");
}

static void a_nested_container_goes_through_the_one_around_it(void **state)
{
	assert_paths(1012, "eth0 pair:vin port:docker0 route:namespace route:eth0 pair:vdind port:docker0 "
	                   "route:this host route:eth0 route@7:bond0 member:nic1 member@9:nic2");
}

/* The ports of its own bridge lead to what is behind it. */
static void a_namespace_with_others_behind_it_has_one_way_out(void **state)
{
	assert_paths(1011, "eth0 pair:vdind port:docker0 route:this host route:eth0 route@3:bond0 member:nic1 "
	                   "member@5:nic2");
}

static void a_nic_of_its_own_ends_at_once(void **state)
{
	assert_paths(1013, "ens5");
}

static void what_is_not_known_is_said(void **state)
{
	assert_paths(1009, "tap0 :not known");
	assert_paths(1014, "mv0 :not known"); /* nor does a pair in itself or a dummy lead out */
	assert_paths(1016, PATH_EVIL " pair:v\"\\& port:ovs :not known");
}

static void a_bond_leaves_by_its_ports(void **state)
{
	assert_paths(1015, "bond0 member:eth0 pair:vb0 port:docker0 route:this host route:eth0 route@4:bond0 "
	                   "member:nic1 member@6:nic2 member@0:eth1 pair:vb1 port:br1");
}

static void a_vlan_inside_stands_on_what_is_inside(void **state)
{
	assert_paths(1017,
	             "eth0 pair:vv port:docker0 route:this host route:eth0 route@3:bond0 member:nic1 member@5:nic2; "
	             "eth0.9 lower:eth0 pair:vv port:docker0 route:this host route:eth0 route@4:bond0 member:nic1 "
	             "member@6:nic2");
}

static void a_hop_has_all_that_is_known_of_it(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct path_node *node = path_node();
	const struct netns *box = path_of(node, 1001);
	struct path path;

	assert_int_equal(path_make(&node->snap, &node->facts, box, &box->interfaces[0], &arena, &path), 0);
	assert_int_equal(path.hops[0].kind, HOP_INNER);
	assert_ptr_equal(path.hops[0].ns, box);
	assert_int_equal(path.hops[0].netns, 1001);
	assert_int_equal(path.hops[0].traffic[RECEIVE].bytes, 1000);
	assert_int_equal(path.hops[0].traffic[TRANSMIT].packets, 5);
	assert_int_equal(path.hops[1].kind, HOP_HOST_END);
	assert_int_equal(path.hops[1].netns, FIXTURE_OBSERVING);
	assert_string_equal(path.hops[1].master, "docker0");
	assert_int_equal(path.hops[1].port_state, PORT_FORWARDING);
	assert_int_equal(path.hops[1].traffic[RECEIVE].bytes, 400); /* the host's own counters */
	assert_int_equal(path.hops[1].traffic[TRANSMIT].bytes, 1000);
	assert_int_equal(path.hops[2].kind, HOP_BRIDGE);
	assert_int_equal(path.hops[2].port_count, 5);
	assert_false(path.hops[2].counted); /* nothing was told of it */
	assert_int_equal(path.hops[4].kind, HOP_UPLINK);
	assert_ptr_equal(path.hops[4].routes[0], &node->routes[0]);
	assert_null(path.hops[4].routes[1]);
	assert_null(path.hops[5].routes[0]); /* of a higher metric */
	assert_ptr_equal(path.hops[5].routes[1], &node->routes[2]);
}

/* A bridge that is an uplink itself is one hop, with the route. */
static void a_default_route_by_a_hop_of_the_path_adds_none(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct path_node *node = path_node();
	const struct netns *box = path_of(node, 1001);
	struct path path;

	node->routes[0].index = 3;
	node->facts.route_count = 1;
	assert_int_equal(path_make(&node->snap, &node->facts, box, &box->interfaces[0], &arena, &path), 0);
	describe(&path, &text);
	assert_string_equal(text.data, "eth0 pair:vbox port:docker0 route:this host");
	assert_ptr_equal(path.hops[2].routes[0], &node->routes[0]);
}

/* Between br1 and br2 of the host a pair, whose ends no namespace has. */
static void a_pair_between_two_bridges_is_crossed(void **state)
{
	static const struct device_pair pairs[] = { { 12, 13 }, { 13, 12 } };
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct path_node *node = path_node();
	const struct netns *sw = path_of(node, 1010);
	struct path path;
	struct way way;

	(void)path_device(node, 12, LINK_VETH, "patch1", 4);
	(void)path_device(node, 13, LINK_VETH, "patch2", 5);
	node->facts.pairs = pairs;
	node->facts.pair_count = ARRAY_SIZE(pairs);
	node->facts.route_count = 0;
	assert_int_equal(path_make(&node->snap, &node->facts, sw, &sw->interfaces[0], &arena, &path), 0);
	describe(&path, &text);
	assert_string_equal(text.data, "eth0 pair:vsw port:br2 member:eth0.7 lower:eth0 member@2:patch2 pair:patch1 "
	                               "port:br1 route:this host");
	buf_reset(&text);
	assert_int_equal(path_between(&node->snap, &node->facts, sw, path_of(node, 1003), &arena, &way), 0);
	describe(&way.path, &text);
	assert_string_equal(text.data,
	                    "eth0 pair:vsw port:br2 member:patch2 pair:patch1 port:br1 member:vapi pair:eth0");
	assert_int_equal(way.kind, WAY_BRIDGE);
	assert_int_equal(path_between(&node->snap, &node->facts, path_of(node, 1001), sw, &arena, &way), 0);
	assert_int_equal(way.kind, WAY_ROUTED);
}

/* The host's links were not read: what the pair itself tells is enough for names. */
static void without_devices_the_names_are_left(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct path_node *node = path_node();
	const struct netns *box = path_of(node, 1001);
	struct path path;

	node->snap.device_count = 0;
	assert_int_equal(path_make(&node->snap, &node->facts, box, &box->interfaces[0], &arena, &path), 0);
	describe(&path, &text);
	assert_string_equal(text.data, "eth0 pair:vbox port:docker0 route:this host");
	assert_false(path.hops[1].read);
	assert_int_equal(path.hops[1].index, 20);
}

/* Other people's links may say anything: a device on itself, two on one another, a bridge of a thousand ports. */
static void circles_and_crowds_end(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct path_node *node = path_node();
	const struct netns *mv1 = path_of(node, 1007);
	struct device crowd[1000];
	struct path path;

	node->devices[0].lower = 6;
	assert_int_equal(path_make(&node->snap, &node->facts, mv1, &mv1->interfaces[0], &arena, &path), 0);
	assert_int_equal(path.hop_count, 3); /* mv0, eth0, eth0.7, which stands on eth0 */
	assert_false(path.cut);
	for (size_t i = 0; i < ARRAY_SIZE(crowd); i++)
		crowd[i] = (struct device){ .index = (uint32_t)i + 1, .kind = LINK_BOND, .master = 2, .lower = 2 };
	node->snap.devices = crowd;
	node->snap.device_count = ARRAY_SIZE(crowd);
	assert_int_equal(path_make(&node->snap, &node->facts, mv1, &mv1->interfaces[0], &arena, &path), 0);
	assert_int_equal(path.hop_count, PATH_HOPS);
	assert_true(path.cut);
}

static void assert_way(uint64_t from, uint64_t to, enum way_kind kind, const char *wanted)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct path_node *node = path_node();
	struct way way;

	assert_int_equal(path_between(&node->snap, &node->facts, path_of(node, from), path_of(node, to), &arena, &way),
	                 0);
	describe(&way.path, &text);
	assert_string_equal(text.data ? text.data : "", wanted);
	assert_string_equal(way_kind_name(way.kind), way_kind_name(kind));
}

static void two_on_one_bridge_meet_there(void **state)
{
	assert_way(1001, 1002, WAY_BRIDGE, "eth0 pair:vbox port:docker0 member:vdb pair:eth0");
}

static void two_on_two_bridges_meet_in_the_host(void **state)
{
	assert_way(1001, 1003, WAY_ROUTED,
	           "eth0 pair:vbox port:docker0 route:this host route:br1 member:vapi pair:eth0");
	assert_way(1001, 1004, WAY_ROUTED, "eth0 pair:vbox port:docker0 route:this host route:cali1 pair:eth0");
}

static void a_pair_joins_two_directly(void **state)
{
	assert_way(1005, 1006, WAY_PAIR, "a0 pair:b0");
}

static void macvlans_on_one_device_are_siblings(void **state)
{
	assert_way(1007, 1008, WAY_SIBLINGS, "mv0 lower:eth0 upper:mv0");
}

/* No two kinds stand on one device at once, whatever somebody tells. */
static void others_on_one_device_are_no_siblings(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct path_node *node = path_node();
	struct way way;

	node->links[7][0].kind = LINK_IPVLAN;
	assert_int_equal(path_between(&node->snap, &node->facts, path_of(node, 1007), path_of(node, 1008), &arena,
	                              &way),
	                 0);
	assert_int_equal(way.kind, WAY_OUTSIDE);
	node->links[6][0].kind = LINK_VLAN;
	node->links[7][0].kind = LINK_VLAN;
	assert_int_equal(path_between(&node->snap, &node->facts, path_of(node, 1007), path_of(node, 1008), &arena,
	                              &way),
	                 0);
	assert_int_equal(way.kind, WAY_OUTSIDE);
}

/* A macvlan never reaches what its own lower device's host routes, but outside the two may meet. */
static void a_macvlan_and_a_bridged_one_meet_outside_only(void **state)
{
	assert_way(1007, 1001, WAY_OUTSIDE, "mv0 lower:eth0 route:this host route:docker0 member:vbox pair:eth0");
}

static void a_nested_one_reaches_the_one_around_it_over_its_bridge(void **state)
{
	assert_way(1012, 1011, WAY_BRIDGE, "eth0 pair:vin port:docker0");
	assert_way(1011, 1012, WAY_BRIDGE, "docker0 member:vin pair:eth0");
}

/* It enters the host's bridge, but the one around it has to route. */
static void a_nested_one_is_routed_to_the_rest(void **state)
{
	assert_way(
		1012, 1001, WAY_ROUTED,
		"eth0 pair:vin port:docker0 route:namespace route:eth0 pair:vdind port:docker0 member:vbox pair:eth0");
}

static void one_namespace_needs_no_way(void **state)
{
	assert_way(1001, 1001, WAY_SAME, "");
}

static void no_way_is_no_way(void **state)
{
	assert_way(1001, 1005, WAY_NONE, "");
	assert_way(1001, 1014, WAY_NONE, "");
	assert_way(1013, 1007, WAY_NONE, "");
}

/* bonded is on docker0 and on br1, and its address is in the network of api. */
static void the_way_goes_where_the_addresses_are_in_one_network(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct path_node *node = path_node();
	char text[64];
	struct way way;

	assert_way(1015, 1003, WAY_BRIDGE, "bond0 member:eth1 pair:vb1 port:br1 member:vapi pair:eth0");
	assert_int_equal(path_between(&node->snap, &node->facts, path_of(node, 1015), path_of(node, 1003), &arena,
	                              &way),
	                 0);
	assert_true(way.one_network);
	address_format(&way.network, text, sizeof(text));
	assert_string_equal(text, "10.8.0.9/24");
	assert_string_equal(way.far->name, "eth0");
	assert_int_equal(path_between(&node->snap, &node->facts, path_of(node, 1015), path_of(node, 1001), &arena,
	                              &way),
	                 0);
	assert_int_equal(way.kind, WAY_BRIDGE);
	assert_false(way.one_network);
	/* of two interfaces on the bridge the one with the address is taken, though it is further away */
	assert_way(1017, 1001, WAY_BRIDGE, "eth0.9 lower:eth0 pair:vv port:docker0 member:vbox pair:eth0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bridged_container_leaves_by_the_default_routes),
		cmocka_unit_test(a_routed_pair_has_no_bridge),
		cmocka_unit_test(a_pair_between_two_ends_in_the_other),
		cmocka_unit_test(a_macvlan_stands_on_its_lower_device),
		cmocka_unit_test(a_bridge_without_an_address_leaves_by_its_ports),
		cmocka_unit_test(a_nested_container_goes_through_the_one_around_it),
		cmocka_unit_test(a_namespace_with_others_behind_it_has_one_way_out),
		cmocka_unit_test(a_nic_of_its_own_ends_at_once),
		cmocka_unit_test(what_is_not_known_is_said),
		cmocka_unit_test(a_bond_leaves_by_its_ports),
		cmocka_unit_test(a_vlan_inside_stands_on_what_is_inside),
		cmocka_unit_test(a_hop_has_all_that_is_known_of_it),
		cmocka_unit_test(a_default_route_by_a_hop_of_the_path_adds_none),
		cmocka_unit_test(a_pair_between_two_bridges_is_crossed),
		cmocka_unit_test(without_devices_the_names_are_left),
		cmocka_unit_test(circles_and_crowds_end),
		cmocka_unit_test(two_on_one_bridge_meet_there),
		cmocka_unit_test(two_on_two_bridges_meet_in_the_host),
		cmocka_unit_test(a_pair_joins_two_directly),
		cmocka_unit_test(macvlans_on_one_device_are_siblings),
		cmocka_unit_test(others_on_one_device_are_no_siblings),
		cmocka_unit_test(a_macvlan_and_a_bridged_one_meet_outside_only),
		cmocka_unit_test(a_nested_one_reaches_the_one_around_it_over_its_bridge),
		cmocka_unit_test(a_nested_one_is_routed_to_the_rest),
		cmocka_unit_test(one_namespace_needs_no_way),
		cmocka_unit_test(no_way_is_no_way),
		cmocka_unit_test(the_way_goes_where_the_addresses_are_in_one_network),
	};

	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
