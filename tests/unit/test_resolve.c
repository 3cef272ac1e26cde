/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/query.h"
#include "unit/node.h"
#include "unit/unit.h"

static const char id_a[] = "0c3ff02115a4d1e2f3";
static const char id_b[] = "0c3fbeef00001111";

/*
 * 1001 box and its side-car (docker), 1002 the pod shop/web-0, 1003 `ip netns` blue, 1004 a bare nginx, 1005 with the docker
 * container "1003", which is also an inode, and 0 for a host end that leads to nobody.
 */
static struct node *some_namespaces(void)
{
	struct node *node = node_new();
	struct owner *owner;
	struct link *link;

	(void)node_host_end(node, 11, "veth11", 1, 2);
	(void)node_host_end(node, 12, "veth12", 2, 2);
	(void)node_host_end(node, 13, "hidden13", 9, 2);
	link = node_link(node, 1, LINK_VETH, 2, "eth0");
	memcpy(link->mac, (uint8_t[]){ 0x02, 0x42, 0xac, 0x11, 0x00, 0xfe }, 6);
	link->has_mac = true;
	(void)node_link(node, 2, LINK_VETH, 2, "eth0");
	node_address(node, 1, 2, "172.17.0.2", 16);
	node_address(node, 2, 2, "172.17.0.20", 16);
	node_address(node, 1, 2, "fe80::1", 64);
	node_address(node, 2, 2, "fe80::1", 64);
	(void)node_seen(node, 1001, 1, 77);
	(void)node_seen(node, 1002, 2, 78);
	node_seen(node, 1003, NSID_HERE, 0)->name = "blue";
	(void)strcpy(node_seen(node, 1004, NSID_HERE, 1001)->comm, "nginx");
	(void)node_seen(node, 1005, NSID_HERE, 80);
	owner = node_owner(node, 1001, OWNER_DOCKER, "box");
	owner->id = id_a;
	owner->pid = 77;
	owner = node_owner(node, 1001, OWNER_DOCKER, "side");
	owner->id = "77aa00000000";
	owner->pid = 79;
	owner = node_owner(node, 1002, OWNER_POD, "shop/web-0");
	owner->id = id_b;
	owner->pod_name = "web-0";
	owner->pod_namespace = "shop";
	(void)node_owner(node, 1005, OWNER_DOCKER, "1003");
	return node;
}

/* Asserts that @name means the namespaces of these inodes, in this order, ended by UINT64_MAX. */
static void assert_means_in(const struct snapshot *snap, const char *name, const uint64_t *inodes)
{
	_cleanup_free_ const struct netns **found = NULL;
	size_t count = 99;
	size_t want = 0;

	while (inodes[want] != UINT64_MAX)
		want++;
	assert_int_equal(query_resolve(snap, name, &found, &count), 0);
	assert_int_equal(count, want);
	if (want == 0)
		assert_null(found);
	for (size_t i = 0; i < want; i++)
		assert_true(found[i]->inode == inodes[i]);
}

static void assert_means(const char *name, const uint64_t *inodes)
{
	_cleanup_snapshot_ struct snapshot *snap = node_observe(some_namespaces(), NULL);

	assert_means_in(snap, name, inodes);
}

#define MEANS(name, ...)    assert_means(name, (const uint64_t[]){ __VA_ARGS__, UINT64_MAX })
#define MEANS_NOTHING(name) assert_means(name, (const uint64_t[]){ UINT64_MAX })

static void an_owners_name_is_a_handle(void **state)
{
	MEANS("box", 1001);
	MEANS("side", 1001);
	MEANS("nginx", 1004);
	MEANS_NOTHING("bo");
	MEANS_NOTHING("Box");
	MEANS_NOTHING("boxx");
}

static void a_kind_before_the_name_tells_namesakes_apart(void **state)
{
	MEANS("docker/box", 1001);
	MEANS("docker/1003", 1005);
	MEANS_NOTHING("podman/box");
	MEANS_NOTHING("docker/");
}

static void an_id_or_its_unique_prefix_is_a_handle(void **state)
{
	MEANS(id_a, 1001);
	MEANS("0c3ff", 1001);
	MEANS("0c3fb", 1002);
	MEANS("77aa", 1001);
	MEANS_NOTHING("0c3"); /* too short */
	MEANS_NOTHING("0c3ff02115a4d1e2f3a");
}

static void an_ambiguous_prefix_gives_all_candidates(void **state)
{
	MEANS("0c3f", 1001, 1002);
}

static void a_pod_is_found_with_and_without_its_namespace(void **state)
{
	MEANS("web-0", 1002);
	MEANS("shop/web-0", 1002);
	MEANS_NOTHING("other/web-0");
	MEANS_NOTHING("shop/");
	MEANS_NOTHING("shop");
}

static void a_named_netns_is_a_handle(void **state)
{
	MEANS("blue", 1003);
	MEANS("netns/blue", 1003);
}

static void the_pid_of_an_owner_is_a_handle(void **state)
{
	MEANS("77", 1001);
	MEANS("79", 1001);
	MEANS_NOTHING("78"); /* a process of the pod, but nobody's main process is told */
	MEANS_NOTHING("-77");
	MEANS_NOTHING("0");
}

static void an_inode_is_a_handle(void **state)
{
	MEANS("1002", 1002);
}

static void a_number_that_is_several_things_gives_all_candidates(void **state)
{
	MEANS("1001", 1001, 1004); /* an inode, and the PID of nginx */
	MEANS("1003", 1003, 1005); /* an inode, and a container's name */
}

static void the_interface_on_the_host_is_a_handle(void **state)
{
	MEANS("veth11", 1001);
	MEANS("hidden13", 0);
	MEANS_NOTHING("eth0");
}

static void a_mac_address_is_a_handle(void **state)
{
	MEANS("02:42:ac:11:00:fe", 1001);
	MEANS("02:42:AC:11:00:FE", 1001);
	MEANS_NOTHING("02:42:ac:11:00:ff");
	MEANS_NOTHING("02:42:ac:11:00");
	MEANS_NOTHING("00:00:00:00:00:00"); /* of an interface that has none */
	MEANS("02-42-ac-11-00-fe", 1001);
	MEANS("02-42-AC-11-00-FE", 1001);
	MEANS_NOTHING("02-42:ac-11-00-fe");
	MEANS_NOTHING("02.42.ac.11.00.fe");
	MEANS_NOTHING("02:42:ac:11:0: fe");
}

static void an_ip_address_is_a_handle(void **state)
{
	MEANS("172.17.0.2", 1001); /* not .20 */
	MEANS("172.17.0.2/16", 1001);
	MEANS_NOTHING("172.17.0.2/24");
	MEANS_NOTHING("172.17.0.2/");
	MEANS_NOTHING("172.17.0.2/99");
	MEANS("fe80:0::1", 1001, 1002);
	MEANS_NOTHING("172.17.0");
	MEANS_NOTHING("ac11:2::"); /* begins with the bytes of 172.17.0.2 */
}

static void an_ip_address_may_have_a_zone(void **state)
{
	MEANS("fe80::1%eth0", 1001, 1002);
	MEANS("fe80::1%veth12", 1002); /* as the host names the link */
	MEANS("fe80::1%veth12/64", 1002);
	MEANS_NOTHING("fe80::1%veth13");
	MEANS_NOTHING("fe80::1%");
	MEANS_NOTHING("172.17.0.2%eth0");
	MEANS_NOTHING("fe80::1%a-name-that-no-interface-can-have");
}

static void an_interface_behind_a_name_must_be_there(void **state)
{
	MEANS("box:eth0", 1001);
	MEANS("docker/box:eth0", 1001);
	MEANS("1002:eth0", 1002);
	MEANS("172.17.0.20:eth0", 1002);
	MEANS("fe80::1:eth0", 1001, 1002);
	MEANS("0c3f:eth0", 1001, 1002);
	MEANS_NOTHING("box:eth1");
	MEANS_NOTHING("box:");
	MEANS_NOTHING(":eth0");
	MEANS_NOTHING("nobody:eth0");
	MEANS_NOTHING("nginx:eth0");
}

static void nothing_means_nothing(void **state)
{
	char huge[5000];

	MEANS_NOTHING("");
	MEANS_NOTHING(" ");
	MEANS_NOTHING("none");
	memset(huge, '1', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	MEANS_NOTHING(huge);
}

/* Names of interfaces are free in every namespace: only those of the observing one are handles. */
static void the_other_end_in_a_third_namespace_is_no_handle(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = some_namespaces();
	struct link *link = node_link(node, 1, LINK_VETH, 9, "link");

	link->peer_elsewhere = true;
	link->peer_nsid = 2;
	link->peer_index = 2;
	snap = node_observe(node, NULL);
	assert_string_equal(node_row(snap, 1001)->interfaces[1].peer.name, "eth0");
	assert_means_in(snap, "eth0", (const uint64_t[]){ UINT64_MAX });
}

/* A container whose name is the beginning of another one's id. */
static void an_exact_name_comes_before_a_prefix(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = some_namespaces();

	(void)node_seen(node, 1006, NSID_HERE, 81);
	(void)node_owner(node, 1006, OWNER_DOCKER, "0c3ff");
	snap = node_observe(node, NULL);
	assert_means_in(snap, "0c3ff", (const uint64_t[]){ 1006, UINT64_MAX });
}

/* `docker restart`: the dead namespace is still shown, and is not meant. */
static void the_living_come_before_the_gone(void **state)
{
	_cleanup_snapshot_ struct snapshot *before = node_observe(some_namespaces(), NULL);
	_cleanup_snapshot_ struct snapshot *after = NULL;
	struct node *node = node_new();

	(void)node_seen(node, 2001, NSID_HERE, 90);
	node_owner(node, 2001, OWNER_DOCKER, "box")->id = id_a;
	after = node_observe(node, before);
	assert_true(node_row(after, 1001)->gone);
	assert_means_in(after, "box", (const uint64_t[]){ 2001, UINT64_MAX });
	assert_means_in(after, "0c3ff", (const uint64_t[]){ 2001, UINT64_MAX });
	assert_means_in(after, "side", (const uint64_t[]){ 1001, UINT64_MAX });
	assert_means_in(after, "blue", (const uint64_t[]){ 1003, UINT64_MAX });
}

/* Of one namespace with several owners: which one was meant. */
static void a_name_tells_which_owner_is_meant(void **state)
{
	const struct owner owners[] = {
		{ .kind = OWNER_DOCKER, .name = "box", .id = "0c3ff02115a4", .pod_name = "", .pod_namespace = "" },
		{ .kind = OWNER_DOCKER,
		  .name = "side",
		  .id = "0c3f77777777",
		  .pod_name = "",
		  .pod_namespace = "",
		  .pid = 42 },
	};
	const struct netns ns = { .inode = 77, .owners = owners, .owner_count = 2 };

	assert_ptr_equal(query_owner(&ns, "box"), &owners[0]);
	assert_ptr_equal(query_owner(&ns, "docker/side"), &owners[1]);
	assert_ptr_equal(query_owner(&ns, "42"), &owners[1]);
	assert_ptr_equal(query_owner(&ns, "0c3f7"), &owners[1]);
	assert_null(query_owner(&ns, "0c3")); /* too short for a prefix */
	assert_null(query_owner(&ns, "77"));
	assert_null(query_owner(&ns, "172.17.0.2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_owners_name_is_a_handle),
		cmocka_unit_test(a_kind_before_the_name_tells_namesakes_apart),
		cmocka_unit_test(an_id_or_its_unique_prefix_is_a_handle),
		cmocka_unit_test(an_ambiguous_prefix_gives_all_candidates),
		cmocka_unit_test(a_pod_is_found_with_and_without_its_namespace),
		cmocka_unit_test(a_named_netns_is_a_handle),
		cmocka_unit_test(the_pid_of_an_owner_is_a_handle),
		cmocka_unit_test(an_inode_is_a_handle),
		cmocka_unit_test(a_number_that_is_several_things_gives_all_candidates),
		cmocka_unit_test(the_interface_on_the_host_is_a_handle),
		cmocka_unit_test(a_mac_address_is_a_handle),
		cmocka_unit_test(an_ip_address_is_a_handle),
		cmocka_unit_test(an_ip_address_may_have_a_zone),
		cmocka_unit_test(an_interface_behind_a_name_must_be_there),
		cmocka_unit_test(nothing_means_nothing),
		cmocka_unit_test(the_other_end_in_a_third_namespace_is_no_handle),
		cmocka_unit_test(an_exact_name_comes_before_a_prefix),
		cmocka_unit_test(the_living_come_before_the_gone),
		cmocka_unit_test(a_name_tells_which_owner_is_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
