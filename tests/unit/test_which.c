/* SPDX-License-Identifier: GPL-2.0-only */
/* Which thing a handle is, and the line and the object that say so. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "render/which.h"
#include "unit/golden.h"
#include "unit/path_fixture.h"
#include "unit/unit.h"

static void render(const struct path_node *node, const struct thing *thing, bool json, struct buf *ret)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct bridge_ports ports;
	bool is_bridge = thing->kind == THING_BRIDGE;

	if (is_bridge)
		assert_int_equal(which_ports(&node->snap, thing->device, &arena, &ports), 0);
	assert_int_equal((json ? which_render_json : which_render_text)(thing, &node->snap, &node->facts,
	                                                                is_bridge ? &ports : NULL, ret),
	                 0);
}

/* The lines of all that @handle means, as they would be asked for. */
static void assert_is(const char *handle, const char *wanted)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct path_node *node = path_node();
	struct thing *things;
	size_t count;

	node->ns[1].owners = (const struct owner[]){ node->owners[1], node->owners[2] };
	node->ns[1].owner_count = 2;
	assert_int_equal(which_find(&node->snap, handle, &arena, &things, &count), 0);
	for (size_t i = 0; i < count; i++)
		render(node, &things[i], false, &text);
	assert_string_equal(text.data ? text.data : "", wanted);
}

static void a_host_end_is_whose_its_inner_end_is(void **state)
{
	assert_is("vbox", "vbox: host end of eth0 of box (docker 0c3ff02115a4), port of docker0\n");
	assert_is("cali1", "cali1: host end of eth0 of shop/web-0 (pod 0c3ff02115a4)\n");
}

static void a_bridge_says_how_many_are_on_it(void **state)
{
	assert_is("docker0", "docker0: bridge of this host, 5 ports of 5 owners (box, db, dind, bonded, ...), "
	                     "172.17.0.1/16\n");
	assert_is("br2", "br2: bridge of this host, 3 ports of 1 owner (sw)\n");
}

static void a_device_of_the_host_says_what_it_is_for(void **state)
{
	assert_is("nic1", "nic1: nic of this host, port of bond0\n");
	assert_is("eth0.7", "eth0.7: vlan of this host, on eth0, port of br2\n");
	assert_is("bond0", "bond0: bond of this host, IPv4 default route, default route via fe80::1\n");
	/* a name of the host comes before the same name inside */
	assert_is("eth0", "eth0: nic of this host, 192.168.1.5/24, default route via 192.168.1.1\n");
}

static void an_address_is_of_an_interface(void **state)
{
	assert_is("172.17.0.2", "172.17.0.2/16: address of eth0, veth of box (docker 0c3ff02115a4), host end vbox, "
	                        "port of docker0\n");
	assert_is("172.17.0.2/16", "172.17.0.2/16: address of eth0, veth of box (docker 0c3ff02115a4), host end vbox, "
	                           "port of docker0\n");
	assert_is("172.17.0.2/24", "");
	assert_is("192.168.1.50", "192.168.1.50/24: address of mv0, macvlan of mv1 (podman 0c3ff02115a4), on eth0\n");
	assert_is("172.17.0.1", "172.17.0.1/16: address of docker0, bridge of this host, 5 ports of 5 owners (box, db, "
	                        "dind, bonded, ...)\n");
	assert_is("192.168.1.5", "192.168.1.5/24: address of eth0, nic of this host, default route via "
	                         "192.168.1.1\n");
}

static void a_mac_is_of_an_interface_or_a_device(void **state)
{
	assert_is("02:00:00:00:00:03", "02:00:00:00:00:03: MAC address of eth0, veth of box (docker 0c3ff02115a4), "
	                               "host end vbox, port of docker0\n");
	assert_is("02-01-00-00-00-14", "02:01:00:00:00:14: MAC address of vbox, host end of eth0 of box "
	                               "(docker 0c3ff02115a4), port of docker0\n");
}

static void a_namespace_is_told_with_its_interfaces(void **state)
{
	assert_is("box", "box (docker 0c3ff02115a4): network namespace 1001, eth0 172.17.0.2/16\n");
	assert_is("1005", "left (netns 0c3ff02115a4): network namespace 1005, a0 10.6.0.1/30\n");
	assert_is("db", "db (docker 0c3ff02115a4): network namespace 1002, eth0 172.17.0.3/16, shared with api\n");
	assert_is("4026531840", "this host: network namespace 4026531840, the one ctnet runs in\n");
}

static void an_interface_inside_is_found_by_its_owner_or_alone(void **state)
{
	assert_is("box:eth0", "eth0: veth of box (docker 0c3ff02115a4), host end vbox, port of docker0\n");
	assert_is("a0", "a0: veth of left (netns 0c3ff02115a4), other end b0\n");
	assert_is("mv0", "mv0: macvlan of mv1 (podman 0c3ff02115a4), on eth0\n"
	                 "mv0: macvlan of mv2 (podman 0c3ff02115a4), on eth0\n"
	                 "mv0: macvlan of lost (process 0c3ff02115a4)\n");
	assert_is("mv2:mv0", "mv0: macvlan of mv2 (podman 0c3ff02115a4), on eth0\n");
	assert_is("box:mv0", "");
}

/* All of the fixture's ids are one. */
static void the_beginning_of_an_id_is_a_handle(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct path_node *node = path_node();
	struct thing *things;
	size_t count;

	assert_int_equal(which_find(&node->snap, "0c3ff", &arena, &things, &count), 0);
	assert_int_equal(count, PATH_NS_COUNT);
	assert_int_equal(things[0].kind, THING_NETNS);
}

static void what_is_gone_is_not_meant(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct path_node *node = path_node();
	struct thing *things;
	size_t count;

	node->ns[0].gone = true;
	assert_int_equal(which_find(&node->snap, "box", &arena, &things, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(which_find(&node->snap, "172.17.0.2", &arena, &things, &count), 0);
	assert_int_equal(count, 0);
	node->links[1][0].gone = true;
	assert_int_equal(which_find(&node->snap, "db:eth0", &arena, &things, &count), 0);
	assert_int_equal(count, 0);
}

static void nothing_is_nothing(void **state)
{
	assert_is("", "");
	assert_is(" ", "");
	assert_is("vboxx", "");
	assert_is("172.17.0.99", "");
	assert_is("00:00:00:00:00:00", "");
	assert_is(":eth0", "");
}

static void json_has_the_line_and_its_parts(void **state)
{
	static const char *const handles[] = {
		"vbox", "docker0", "172.17.0.2", "eth0", "box", "mv2:mv0", "4026531840"
	};
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct path_node *node = path_node();

	for (size_t i = 0; i < ARRAY_SIZE(handles); i++) {
		struct thing *things;
		size_t count;

		assert_int_equal(which_find(&node->snap, handles[i], &arena, &things, &count), 0);
		assert_int_equal(count, 1);
		render(node, &things[0], true, &text);
	}
	assert_true(golden_is("which.json", &text));
}

static void json_of_hostile_names_is_json(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct path_node *node = path_node();
	struct thing *things;
	size_t count;
	json_t *root;

	assert_int_equal(which_find(&node->snap, "v\"\\&", &arena, &things, &count), 0);
	assert_int_equal(count, 1);
	render(node, &things[0], true, &text);
	root = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "host_end")), "v\"\\&");
	assert_string_equal(json_string_value(json_object_get(root, "interface")), "e\"v\\N&lt;<??");
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_end_is_whose_its_inner_end_is),
		cmocka_unit_test(a_bridge_says_how_many_are_on_it),
		cmocka_unit_test(a_device_of_the_host_says_what_it_is_for),
		cmocka_unit_test(an_address_is_of_an_interface),
		cmocka_unit_test(a_mac_is_of_an_interface_or_a_device),
		cmocka_unit_test(a_namespace_is_told_with_its_interfaces),
		cmocka_unit_test(an_interface_inside_is_found_by_its_owner_or_alone),
		cmocka_unit_test(the_beginning_of_an_id_is_a_handle),
		cmocka_unit_test(what_is_gone_is_not_meant),
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(json_has_the_line_and_its_parts),
		cmocka_unit_test(json_of_hostile_names_is_json),
	};

	return cmocka_run_group_tests_name("which", tests, NULL, NULL);
}
