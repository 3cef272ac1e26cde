/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the probes tell of interfaces. Expected values come from the kernel by other ways: the inode of the namespace's handle and
 * the index in sysfs, read with ip(8) and stat(2).
 */
#include "vm/lifecycle_lab.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

/* Two namespaces; gone at the end of a test, whatever its end. */
static int two_namespaces(void **state)
{
	run_ok("ip netns add ct-a && ip netns add ct-b");
	return 0;
}

static int no_namespaces(void **state)
{
	run_ok("ip netns del ct-a; ip netns del ct-b");
	return 0;
}

static uint64_t inode_of_a(void)
{
	return inode_of("/run/netns/ct-a");
}

static uint64_t inode_of_b(void)
{
	return inode_of("/run/netns/ct-b");
}

/* The index of an interface as ip(8) tells it. */
static uint32_t index_in(const char *netns, const char *name)
{
	char command[256];
	unsigned int index = 0;
	FILE *pipe;

	(void)snprintf(command, sizeof(command), "ip -n %s -o link show dev %s", netns, name);
	pipe = popen(command, "re");
	assert_non_null(pipe);
	assert_int_equal(fscanf(pipe, "%u:", &index), 1);
	(void)pclose(pipe);
	return index;
}

/* The one event of that kind about an interface of that name. */
static const struct lifecycle_event *only_event(struct lab *lab, enum ctnet_event_kind kind, const char *name)
{
	const struct lifecycle_event *found = NULL;

	lab_dispatch(lab);
	for (size_t i = 0; i < lab->count; i++) {
		const struct lifecycle_event *event = &lab->events[i];

		if (event->kind != kind || strcmp(event->name, name) != 0)
			continue;
		assert_null(found);
		found = event;
	}
	if (!found)
		fail_msg("no event %s of %s", lifecycle_kind_name(kind), name);
	return found;
}

static void both_ends_of_a_pair_are_registered_and_unregistered(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	const struct lifecycle_event *one, *two;
	uint32_t index_one, index_two;

	lab_open(&lab, NULL);
	run_ok("ip -n ct-a link add name veth0 index 77 type veth peer name eth0 netns ct-b");
	index_one = index_in("ct-a", "veth0");
	index_two = index_in("ct-b", "eth0");
	run_ok("ip -n ct-b link del eth0");

	one = only_event(&lab, CTNET_REGISTERED, "veth0");
	assert_int_equal(one->inode, inode_of_a());
	assert_int_equal(one->ifindex, index_one);
	assert_string_equal(one->comm, "ip");
	assert_true(one->pid > 0);
	two = only_event(&lab, CTNET_REGISTERED, "eth0");
	assert_int_equal(two->inode, inode_of_b());
	assert_int_equal(two->ifindex, index_two);

	one = only_event(&lab, CTNET_UNREGISTERED, "veth0");
	assert_int_equal(one->inode, inode_of_a());
	assert_int_equal(one->ifindex, index_one);
	two = only_event(&lab, CTNET_UNREGISTERED, "eth0");
	assert_int_equal(two->inode, inode_of_b());
	assert_int_equal(two->ifindex, index_two);
	assert_int_equal(lab_count(&lab, CTNET_REGISTERED), 2);
	assert_int_equal(lab_count(&lab, CTNET_UNREGISTERED), 2);
}

/* Where name and index are taken at the other end, the kernel gives the interface new ones. */
static void a_move_tells_both_namespaces_and_the_name_before(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	const struct lifecycle_event *moved;
	uint32_t before;

	run_ok("ip -n ct-a link add name veth0 index 78 type veth peer name veth1");
	run_ok("ip -n ct-b link add name veth0 index 78 type dummy");
	before = index_in("ct-a", "veth0");
	lab_open(&lab, NULL);
	run_ok("ip -n ct-a link set veth0 netns ct-b name eth0");
	moved = only_event(&lab, CTNET_MOVED, "eth0");
	assert_int_equal(moved->inode, inode_of_b());
	assert_int_equal(moved->other_inode, inode_of_a());
	assert_int_equal(moved->ifindex, index_in("ct-b", "eth0"));
	assert_int_not_equal(moved->ifindex, before);
	assert_int_equal(moved->other_ifindex, before);
	assert_string_equal(moved->other_name, "veth0");
	assert_string_equal(moved->comm, "ip");
	assert_int_equal(lab_count(&lab, CTNET_RENAMED), 0);
	assert_int_equal(lab_count(&lab, CTNET_REGISTERED), 0);
	assert_int_equal(lab_count(&lab, CTNET_UNREGISTERED), 0);
}

/* As a container engine does it: the kernel moves first and renames then. */
static void a_move_under_another_name_is_a_move_and_a_rename(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	const struct lifecycle_event *moved, *renamed;

	run_ok("ip -n ct-a link add name veth0 type veth peer name veth1");
	lab_open(&lab, NULL);
	run_ok("ip -n ct-a link set veth0 netns ct-b name eth0");
	moved = only_event(&lab, CTNET_MOVED, "veth0");
	renamed = only_event(&lab, CTNET_RENAMED, "eth0");
	assert_string_equal(renamed->other_name, "veth0");
	assert_int_equal(renamed->inode, inode_of_b());
	assert_int_equal(renamed->ifindex, moved->ifindex);
	assert_true(moved->time < renamed->time);
}

static void a_move_that_fails_is_no_move(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;

	run_ok("ip -n ct-a link add same type dummy");
	run_ok("ip -n ct-b link add same type dummy");
	lab_open(&lab, NULL);
	run_not_ok("ip -n ct-a link set same netns ct-b 2>/dev/null");
	lab_dispatch(&lab);
	assert_int_equal(lab_count(&lab, CTNET_MOVED), 0);
}

static void a_rename_tells_both_names(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	const struct lifecycle_event *renamed;

	run_ok("ip -n ct-a link add first type dummy");
	run_ok("ip -n ct-a link add taken type dummy");
	lab_open(&lab, NULL);
	run_ok("ip -n ct-a link set first name second");
	run_ok("ip -n ct-a link set second name second");
	run_not_ok("ip -n ct-a link set second name taken 2>/dev/null");
	renamed = only_event(&lab, CTNET_RENAMED, "second");
	assert_string_equal(renamed->other_name, "first");
	assert_int_equal(renamed->inode, inode_of_a());
	assert_int_equal(renamed->ifindex, index_in("ct-a", "second"));
	assert_int_equal(lab_count(&lab, CTNET_RENAMED), 1);
}

static bool module_loaded(const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/sys/module/%s", name);
	return access(path, F_OK) == 0;
}

/* The bridge module comes only with the bridge, after the probes. */
static void a_port_joins_and_leaves_a_bridge(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	const struct lifecycle_event *event;
	uint32_t index, bridge;

	run_ok("modprobe -q -r bridge");
	assert_false(module_loaded("bridge"));
	run_ok("ip -n ct-a link add port type dummy");
	lab_open(&lab, NULL);
	run_ok("ip -n ct-a link add br7 type bridge");
	run_ok("ip -n ct-a link set port master br7");
	run_not_ok("ip -n ct-a link set lo master br7 2>/dev/null");
	index = index_in("ct-a", "port");
	bridge = index_in("ct-a", "br7");
	run_ok("ip -n ct-a link set port nomaster");

	event = only_event(&lab, CTNET_JOINED, "port");
	assert_int_equal(event->inode, inode_of_a());
	assert_int_equal(event->ifindex, index);
	assert_int_equal(event->other_ifindex, bridge);
	assert_string_equal(event->other_name, "br7");
	event = only_event(&lab, CTNET_LEFT, "port");
	assert_int_equal(event->inode, inode_of_a());
	assert_int_equal(event->ifindex, index);
	assert_int_equal(event->other_ifindex, bridge);
	assert_string_equal(event->other_name, "br7");
}

static void a_port_that_vanishes_has_left_its_bridge(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;

	lab_open(&lab, NULL);
	run_ok("ip -n ct-a link add br7 type bridge");
	run_ok("ip -n ct-a link add port type dummy");
	run_ok("ip -n ct-a link set port master br7");
	run_ok("ip -n ct-a link del port");
	run_ok("ip -n ct-a link add port2 type dummy");
	run_ok("ip -n ct-a link set port2 master br7");
	run_ok("ip -n ct-a link del br7");
	(void)only_event(&lab, CTNET_LEFT, "port");
	(void)only_event(&lab, CTNET_LEFT, "port2");
	(void)only_event(&lab, CTNET_UNREGISTERED, "br7");
	assert_int_equal(lab_count(&lab, CTNET_JOINED), 2);
	assert_int_equal(lab_count(&lab, CTNET_LEFT), 2);
}

/* A VLAN on top of an interface is an upper of it too, and so is a bond: no bridge. */
static void other_uppers_are_no_bridges(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;

	lab_open(&lab, NULL);
	run_ok("ip -n ct-a link add low type dummy");
	run_ok("ip -n ct-a link add link low name low.5 type vlan id 5");
	run_ok("ip -n ct-a link add bond7 type bond");
	run_ok("ip -n ct-a link del low.5");
	run_ok("ip -n ct-a link set low master bond7");
	run_ok("ip -n ct-a link set low nomaster");
	lab_dispatch(&lab);
	assert_int_equal(lab_count(&lab, CTNET_JOINED), 0);
	assert_int_equal(lab_count(&lab, CTNET_LEFT), 0);
	assert_true(lab_count(&lab, CTNET_REGISTERED) >= 3);
}

static void interfaces_end_before_their_namespace(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	const struct lifecycle_event *created, *unregistered, *destroyed;

	lab_open(&lab, NULL);
	run_ok("ip netns add ct-c && ip -n ct-c link add inner type dummy && ip netns del ct-c");
	lab_wait_destroyed(&lab, 1, 60);
	created = lab_event(&lab, CTNET_CREATED, 0);
	unregistered = only_event(&lab, CTNET_UNREGISTERED, "inner");
	destroyed = lab_event(&lab, CTNET_DESTROYED, 0);
	assert_int_equal(unregistered->inode, created->inode);
	assert_int_equal(unregistered->birth, created->birth);
	assert_true(unregistered->time < destroyed->time);
	assert_true(created->birth != 0);
}

static void without_a_rename_the_rest_goes_on(void **state)
{
	static const char *const absent[] = { "dev_change_name", "netif_change_name", NULL };
	static const struct lifecycle_options options = { .absent = absent };
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct lifecycle total;

	lab_open(&lab, &options);
	run_ok("ip -n ct-a link add first type dummy");
	run_ok("ip -n ct-a link set first name second");
	run_ok("ip -n ct-a link set second netns ct-b");
	(void)only_event(&lab, CTNET_REGISTERED, "first");
	(void)only_event(&lab, CTNET_MOVED, "second");
	assert_int_equal(lab_count(&lab, CTNET_RENAMED), 0);
	lifecycle_read(lab.probes, &total);
	assert_true(total.exact);
}

#define WITH_NAMESPACES(test) cmocka_unit_test_setup_teardown(test, two_namespaces, no_namespaces)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_NAMESPACES(a_port_joins_and_leaves_a_bridge),
		WITH_NAMESPACES(a_port_that_vanishes_has_left_its_bridge),
		WITH_NAMESPACES(other_uppers_are_no_bridges),
		WITH_NAMESPACES(both_ends_of_a_pair_are_registered_and_unregistered),
		WITH_NAMESPACES(a_move_tells_both_namespaces_and_the_name_before),
		WITH_NAMESPACES(a_move_under_another_name_is_a_move_and_a_rename),
		WITH_NAMESPACES(a_move_that_fails_is_no_move),
		WITH_NAMESPACES(a_rename_tells_both_names),
		WITH_NAMESPACES(interfaces_end_before_their_namespace),
		WITH_NAMESPACES(without_a_rename_the_rest_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
