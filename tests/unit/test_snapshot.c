/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "model/rates.h"
#include "model/snapshot.h"
#include "unit/node.h"
#include "unit/unit.h"

static void nothing_can_be_freed(void **state)
{
	struct snapshot *none = NULL;

	snapshot_free(NULL);
	snapshot_freep(&none);
}

static void a_new_snapshot_owns_what_its_arena_gives(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;

	assert_int_equal(snapshot_new(&snap), 0);
	assert_non_null(arena_alloc(snap->arena, 100000));
	assert_int_equal(snap->namespace_count, 0);
}

static void a_source_is_found_by_its_name(void **state)
{
	const struct source sources[] = { { .name = "traffic" }, { .name = "docker" } };
	const struct snapshot snap = { .sources = sources, .source_count = 2 };
	const struct snapshot none = { .source_count = 0 };

	assert_ptr_equal(snapshot_source(&snap, "docker"), &sources[1]);
	assert_null(snapshot_source(&snap, "dock"));
	assert_null(snapshot_source(&none, "docker"));
}

static void the_traffic_of_a_namespace_is_the_sum_of_what_is_counted(void **state)
{
	struct interface interfaces[3] = { 0 };
	const struct netns ns = { .interfaces = interfaces, .interface_count = 3 };
	struct traffic sum;

	for (size_t i = 0; i < 3; i++) {
		struct counters *counters = &interfaces[i].traffic.dir[TRANSMIT];

		interfaces[i].traffic.known = i != 1;
		interfaces[i].traffic.split = true;
		interfaces[i].traffic.receive_dropped = 1U << i;
		counters->total = (struct count){ 10U << i, 100U << i };
		counters->segments = 1000U << i;
		counters->wire_bytes = 10000U << i;
		counters->by_class[CTNET_ARP] = (struct count){ 1U << i, 2U << i };
	}
	interfaces[2].traffic.midlife = true;
	sum = netns_traffic(&ns);
	assert_true(sum.known && sum.split && sum.midlife);
	assert_int_equal(sum.receive_dropped, 5);
	assert_int_equal(sum.dir[TRANSMIT].total.packets, 50);
	assert_int_equal(sum.dir[TRANSMIT].total.bytes, 500);
	assert_int_equal(sum.dir[TRANSMIT].segments, 5000);
	assert_int_equal(sum.dir[TRANSMIT].wire_bytes, 50000);
	assert_int_equal(sum.dir[TRANSMIT].by_class[CTNET_ARP].packets, 5);
	assert_int_equal(sum.dir[TRANSMIT].by_class[CTNET_ARP].bytes, 10);
	assert_int_equal(sum.dir[RECEIVE].total.packets, 0);
}

static void a_sum_is_split_only_if_all_of_it_is(void **state)
{
	struct interface interfaces[2] = { 0 };
	const struct netns ns = { .interfaces = interfaces, .interface_count = 2 };
	const struct netns empty = { .interface_count = 0 };

	for (size_t unsplit = 0; unsplit < 2; unsplit++) {
		for (size_t i = 0; i < 2; i++)
			interfaces[i].traffic = (struct traffic){ .known = true, .split = i != unsplit };
		assert_true(netns_traffic(&ns).known);
		assert_false(netns_traffic(&ns).split);
	}
	assert_false(netns_traffic(&empty).known);
}

static void every_class_and_kind_has_its_name(void **state)
{
	static const char *const names[OWNER_KINDS] = { "pod",    "docker", "podman", "containerd", "crio", "lxc",
		                                        "nspawn", "unit",   "netns",  "process",    "none" };

	for (int i = 0; i < OWNER_KINDS; i++)
		assert_string_equal(owner_kind_name((enum owner_kind)i), names[i]);
	assert_string_equal(class_family(CTNET_IPV6_ICMP), "ipv6");
	assert_string_equal(class_protocol(CTNET_IPV6_ICMP), "icmp");
	assert_string_equal(class_family(CTNET_ARP), "arp");
	assert_string_equal(class_protocol(CTNET_ARP), "other");
	for (int i = 0; i < CTNET_CLASSES; i++) {
		assert_non_null(class_family((enum ctnet_class)i));
		assert_non_null(class_protocol((enum ctnet_class)i));
		/* a family and a protocol name one class */
		for (int j = 0; j < i; j++)
			assert_true(strcmp(class_family((enum ctnet_class)i), class_family((enum ctnet_class)j)) != 0 ||
			            strcmp(class_protocol((enum ctnet_class)i), class_protocol((enum ctnet_class)j)) !=
			                    0);
	}
}

#define MANY 5000

static double milliseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A node of MANY containers, each with eth0 and lo, one owner, one host end on one bridge. */
struct big_node {
	struct ns_links tables[MANY + 1];
	struct link host[MANY + 1];
	struct link inner[MANY][2];
	struct ns_seen seen[MANY];
	struct owner_seen owners[MANY];
	struct link_traffic traffic[MANY];
	char names[MANY][24];
	struct observation obs;
};

static void fill_container(struct big_node *node, int i)
{
	const uint32_t index = (uint32_t)i + 10;

	(void)snprintf(node->names[i], sizeof(node->names[i]), "container-%d", i);
	node->host[i + 1] = (struct link){ .index = index,
		                           .name = "veth",
		                           .kind = LINK_VETH,
		                           .flags = NODE_UP,
		                           .peer_index = 2,
		                           .peer_elsewhere = true,
		                           .peer_nsid = i,
		                           .master = 1,
		                           .birth = index };
	node->inner[i][0] = (struct link){ .index = 1, .kind = LINK_LOOPBACK };
	node->inner[i][1] = (struct link){ .index = 2, .name = "eth0", .kind = LINK_VETH };
	node->tables[i + 1] = (struct ns_links){ .nsid = i, .links = node->inner[i], .link_count = 2 };
	node->seen[i] = (struct ns_seen){ .inode = 1000 + (uint64_t)i, .birth = 5, .nsid = i, .pid = i + 1 };
	node->owners[i] = (struct owner_seen){
		.inode = 1000 + (uint64_t)i,
		.owner = { .kind = OWNER_DOCKER, .name = node->names[i], .id = "0c3ff02115a40c3ff02115a40c3ff02115a4" }
	};
	node->traffic[i] = (struct link_traffic){ .index = index, .birth = index };
	node->traffic[i].traffic.known = true;
	node->traffic[i].traffic.dir[RECEIVE].total.packets = (uint64_t)i;
}

static struct big_node *big_node_new(void)
{
	struct big_node *node = calloc(1, sizeof(*node));

	assert_non_null(node);
	node->host[0] = (struct link){ .index = 1, .name = "br0", .kind = LINK_BRIDGE, .birth = 1 };
	node->tables[0] = (struct ns_links){ .nsid = NSID_HERE, .links = node->host, .link_count = MANY + 1 };
	for (int i = 0; i < MANY; i++)
		fill_container(node, i);
	node->obs = (struct observation){
		.now = 1 * NODE_SECOND,
		.observing_inode = 1,
		.ns_links = node->tables,
		.ns_links_count = MANY + 1,
		.namespaces = node->seen,
		.namespace_count = MANY,
		.owners = node->owners,
		.owner_count = MANY,
		.traffic = node->traffic,
		.traffic_count = MANY,
	};
	return node;
}

static void five_thousand_containers_are_each_wired_to_their_own(void **state)
{
	struct big_node *node = big_node_new();
	_cleanup_snapshot_ struct snapshot *first = NULL;
	_cleanup_snapshot_ struct snapshot *second = NULL;
	_cleanup_rates_ struct rates *rates = NULL;
	double times[4];

	times[0] = milliseconds();
	assert_int_equal(snapshot_build(&node->obs, NULL, &first), 0);
	times[1] = milliseconds();
	node->obs.now = 2 * NODE_SECOND;
	assert_int_equal(snapshot_build(&node->obs, first, &second), 0);
	times[2] = milliseconds();
	assert_int_equal(rates_between(first, second, &rates), 0);
	times[3] = milliseconds();
	free(node);

	assert_int_equal(second->namespace_count, MANY);
	assert_int_equal(second->bridges[0].port_count, MANY);
	for (size_t i = 0; i < MANY; i++) {
		assert_int_equal(second->namespaces[i].interface_count, 1);
		assert_int_equal(second->namespaces[i].interfaces[0].traffic.dir[RECEIVE].total.packets, i);
		assert_int_equal(second->namespaces[i].interfaces[0].peer.index, i + 10);
	}
	print_message(
		"# measured: %d namespaces, with sanitizers: first build %.1f ms, second %.1f ms, rates %.1f ms\n",
		MANY, times[1] - times[0], times[2] - times[1], times[3] - times[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_can_be_freed),
		cmocka_unit_test(a_new_snapshot_owns_what_its_arena_gives),
		cmocka_unit_test(a_source_is_found_by_its_name),
		cmocka_unit_test(the_traffic_of_a_namespace_is_the_sum_of_what_is_counted),
		cmocka_unit_test(a_sum_is_split_only_if_all_of_it_is),
		cmocka_unit_test(every_class_and_kind_has_its_name),
		cmocka_unit_test(five_thousand_containers_are_each_wired_to_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
