/* SPDX-License-Identifier: GPL-2.0-only */
#include "top_node.h"
#include "unit.h"

#include "model/interface_rate.h"

static int setup(void **state)
{
	*state = top_node_open();
	return 0;
}

static int teardown(void **state)
{
	top_node_close(*state);
	return 0;
}

static void each_bridge_has_its_ports_below_it_with_their_owners(void **state)
{
	static const struct {
		const char *port, *owner;
	} wanted[] = { { NULL, NULL },
		       { "veth2125891", "db" },
		       { "veth2125892", "box" },
		       { "veth2125898", "中文容器的名字很长" },
		       { "tap0", NULL },
		       { NULL, NULL },
		       { "veth2125890", "shop/web-0" } };
	struct top_node *n = *state;

	assert_int_equal(n->port_count, ARRAY_SIZE(wanted));
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		const struct port_line *line = &n->ports[i];

		assert_ptr_equal(line->bridge, &n->bridge_rows[i < 5 ? 0 : 1]);
		assert_int_equal(line->port != NULL, wanted[i].port != NULL);
		assert_int_equal(line->owner != NULL, wanted[i].owner != NULL);
		if (line->port)
			assert_string_equal(line->port, wanted[i].port);
		if (line->owner) {
			assert_string_equal(line->owner->ns->name, wanted[i].owner);
			assert_string_equal(line->interface->name, "eth0");
		}
	}
}

static void port_of_the_gone_is_not_theirs(void **state)
{
	static const char *const ports[] = { "veth2125896" };
	struct top_node *n = *state;

	n->bridges[1].ports = ports;
	top_select(n);
	assert_string_equal(n->ports[n->port_count - 1].port, "veth2125896");
	assert_null(n->ports[n->port_count - 1].owner); /* build-4711, gone */
}

static void node_without_bridges_has_no_lines(void **state)
{
	struct top_node *n = *state;
	struct port_line *lines = NULL;
	struct rates rates = n->rates;
	size_t count;

	rates.bridge_count = 0;
	rates.namespace_count = 0;
	assert_int_equal(ports_list(&rates, &lines, &count), 0);
	assert_int_equal(count, 0);
	free(lines);
}

static void interface_moves_by_the_difference_of_its_counters(void **state)
{
	struct top_node *n = *state;
	struct rate rate[DIRECTIONS];

	assert_true(interface_rate(&n->before, &n->namespaces[1], &n->interfaces[1], 2, rate));
	assert_true(rate[RECEIVE].bytes == 50.1e6);
	assert_true(rate[TRANSMIT].bytes == 26.2e6);
	assert_true((uint64_t)rate[TRANSMIT].packets == 18714);
}

static void interface_without_a_past_has_no_rate(void **state)
{
	struct top_node *n = *state;
	struct rate rate[DIRECTIONS] = { { 1, 2, 3, 4 } };
	struct interface *before = &n->interfaces_before[1];
	const struct interface same = *before;

	assert_false(interface_rate(NULL, &n->namespaces[1], &n->interfaces[1], 2, rate));
	assert_false(interface_rate(&n->before, &n->namespaces[1], &n->interfaces[1], 0, rate));
	before->host_birth++; /* another device with the same index */
	assert_false(interface_rate(&n->before, &n->namespaces[1], &n->interfaces[1], 2, rate));
	*before = same;
	before->traffic.dir[RECEIVE].total.bytes = UINT64_MAX; /* went back since */
	assert_false(interface_rate(&n->before, &n->namespaces[1], &n->interfaces[1], 2, rate));
	*before = same;
	before->traffic.known = false;
	assert_false(interface_rate(&n->before, &n->namespaces[1], &n->interfaces[1], 2, rate));
	*before = same;
	n->namespaces_before[1].birth++;
	assert_false(interface_rate(&n->before, &n->namespaces[1], &n->interfaces[1], 2, rate));
	assert_true(rate[RECEIVE].packets == 1 && rate[RECEIVE].wire_bytes == 4);
}

#define on_node(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_node(each_bridge_has_its_ports_below_it_with_their_owners),
		on_node(port_of_the_gone_is_not_theirs),
		on_node(node_without_bridges_has_no_lines),
		on_node(interface_moves_by_the_difference_of_its_counters),
		on_node(interface_without_a_past_has_no_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
