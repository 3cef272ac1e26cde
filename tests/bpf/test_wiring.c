/* SPDX-License-Identifier: GPL-2.0-only */
/* The wiring of a real node, checked against ip. */
#include "wiring_lab.h"

/* The ends of a pair whose inner end is in another namespace point at each other. */
static void assert_paired(struct wiring *wiring, const char *host_end, const char *ns, const char *inner_end)
{
	int32_t nsid = nsid_of(wiring, ns);
	const struct link *host = link_named(wiring, NSID_HERE, host_end);
	const struct link *inner = link_named(wiring, nsid, inner_end);

	assert_non_null(host);
	assert_non_null(inner);
	assert_true(host->peer_elsewhere);
	assert_int_equal(host->peer_nsid, nsid);
	assert_int_equal(host->peer_index, inner->index);
	assert_true(inner->peer_elsewhere);
	assert_int_equal(inner->peer_nsid, NSID_HERE);
	assert_int_equal(inner->peer_index, host->index);
}

static void pairs_that_were_there_are_found(void **state)
{
	struct wiring *wiring;

	run("ip netns add a; ip netns add b");
	run("ip link add index 40 name h0 type veth peer name eth0 netns a index 2");
	run("ip link add index 39 name h1 type veth peer name eth0 netns b index 2");
	wiring = open_wiring();
	assert_paired(wiring, "h0", "a", "eth0");
	assert_paired(wiring, "h1", "b", "eth0");
	assert_int_equal(link_named(wiring, nsid_of(wiring, "a"), "eth0")->index, 2);
	assert_int_equal(link_named(wiring, nsid_of(wiring, "b"), "eth0")->index, 2);
	table_as_ip(wiring, NULL);
	table_as_ip(wiring, "a");
	table_as_ip(wiring, "b");
	wiring_free(wiring);
}

static void pair_made_across_namespaces_is_told(void **state)
{
	struct wiring *wiring;

	run("ip netns add a");
	wiring = open_wiring();
	forget_told();
	run("ip link add h0 type veth peer name eth0 netns a");
	follow(wiring);
	assert_true(was_told("nsid 0"));
	assert_true(was_told("appeared -1 h0"));
	assert_true(was_told("appeared 0 eth0"));
	assert_paired(wiring, "h0", "a", "eth0");
	wiring_free(wiring);
}

static void moved_end_vanishes_here_and_appears_there(void **state)
{
	struct wiring *wiring;
	uint64_t birth;

	run("ip netns add a");
	wiring = open_wiring();
	run("ip link add p0 type veth peer name p1");
	follow(wiring);
	assert_int_equal(link_named(wiring, NSID_HERE, "p0")->peer_index, link_named(wiring, NSID_HERE, "p1")->index);
	assert_int_equal(link_named(wiring, NSID_HERE, "p1")->peer_index, link_named(wiring, NSID_HERE, "p0")->index);
	birth = link_named(wiring, NSID_HERE, "p0")->birth;
	run("ip link set p1 netns a name eth0");
	assert_int_equal(wiring_dispatch(wiring), 0);
	assert_true(was_told("vanished -1 p1"));
	/* the kernel sends no event for the end that stays */
	assert_true(link_named(wiring, NSID_HERE, "p0")->peer_elsewhere);
	follow(wiring);
	assert_true(was_told("appeared 0 eth0"));
	assert_paired(wiring, "p0", "a", "eth0");
	assert_int_equal(link_named(wiring, NSID_HERE, "p0")->birth, birth);
	run("ip -n a link set eth0 name net0");
	follow(wiring);
	assert_true(was_told("changed 0 eth0>net0"));
	assert_paired(wiring, "p0", "a", "net0");
	wiring_free(wiring);
}

/* a to b: neither event stream tells the host end, which must follow all the same. */
static void inner_end_moves_between_namespaces(void **state)
{
	struct wiring *wiring;

	run("ip netns add a; ip netns add b");
	run("ip link add h0 type veth peer name eth0 netns a");
	run("ip link add h1 type veth peer name eth1 netns b");
	wiring = open_wiring();
	run("ip -n a link set eth0 netns b");
	follow(wiring);
	assert_paired(wiring, "h0", "b", "eth0");
	assert_null(link_named(wiring, nsid_of(wiring, "a"), "eth0"));
	table_as_ip(wiring, NULL);
	table_as_ip(wiring, "a");
	table_as_ip(wiring, "b");
	wiring_free(wiring);
}

static void rename_keeps_the_birth(void **state)
{
	struct wiring *wiring;
	struct link before;

	run("ip link add br0 type bridge");
	wiring = open_wiring();
	before = *link_named(wiring, NSID_HERE, "br0");
	run("ip link set br0 name br7");
	follow(wiring);
	assert_true(was_told("changed -1 br0>br7"));
	assert_int_equal(link_named(wiring, NSID_HERE, "br7")->index, before.index);
	assert_int_equal(link_named(wiring, NSID_HERE, "br7")->birth, before.birth);
	wiring_free(wiring);
}

/* A veth's carrier comes a moment after both ends are up. */
static void await_port(struct wiring *wiring, const char *name, enum port_state wanted)
{
	follow(wiring);
	while (link_named(wiring, NSID_HERE, name)->port_state != wanted) {
		if (!await_some(wiring, WAIT_MS))
			fail_msg("%s never came to state %d", name, (int)wanted);
		follow(wiring);
	}
}

/* The bridge code sends an RTM_DELLINK of its own when a port leaves. */
static void leaving_a_bridge_is_no_death(void **state)
{
	struct wiring *wiring;

	run("ip link add br0 type bridge; ip link set br0 up");
	run("ip link add p0 type veth peer name p1");
	wiring = open_wiring();
	run("ip link set p0 master br0; ip link set p0 up; ip link set p1 up");
	follow(wiring);
	assert_int_equal(link_named(wiring, NSID_HERE, "p0")->master, link_named(wiring, NSID_HERE, "br0")->index);
	assert_int_equal(link_named(wiring, NSID_HERE, "p0")->port_state, PORT_FORWARDING);
	table_as_ip(wiring, NULL);
	run("ip link set p0 nomaster");
	follow(wiring);
	assert_false(was_told("vanished -1 p0"));
	assert_int_equal(link_named(wiring, NSID_HERE, "p0")->master, 0);
	assert_int_equal(link_named(wiring, NSID_HERE, "p0")->port_state, PORT_NONE);
	table_as_ip(wiring, NULL);
	wiring_free(wiring);
}

static void port_states_follow_the_spanning_tree(void **state)
{
	struct wiring *wiring = open_wiring();

	run("ip link add br0 type bridge stp_state 1 forward_delay 3000; ip link set br0 up");
	run("ip link add p0 type veth peer name p1; ip link set p1 up");
	run("ip link set p0 master br0; ip link set p0 up");
	await_port(wiring, "p0", PORT_LISTENING);
	table_as_ip(wiring, NULL);
	run("ip link set p1 down");
	await_port(wiring, "p0", PORT_DISABLED);
	table_as_ip(wiring, NULL);
	wiring_free(wiring);
}

static bool has_address(const struct wiring *wiring, int32_t nsid, const char *text)
{
	const struct ns_links *view = view_of(wiring, nsid);
	char shown[64];

	for (size_t i = 0; view && i < view->address_count; i++) {
		address_format(&view->addresses[i].address, shown, sizeof(shown));
		if (strcmp(shown, text) == 0)
			return true;
	}
	return false;
}

static void addresses_inside_are_seen_from_outside(void **state)
{
	struct wiring *wiring;

	run("ip netns add a");
	run("ip link add h0 type veth peer name eth0 netns a");
	run("ip -n a addr add 10.1.0.1/24 dev eth0");
	run("ip -n a addr add fd00::1/64 dev eth0 nodad");
	run("ip -n a addr add 10.2.0.1 peer 10.2.0.2/32 dev eth0");
	run("ip addr add 10.3.0.1/16 dev h0");
	wiring = open_wiring();
	assert_true(has_address(wiring, 0, "10.1.0.1/24"));
	assert_true(has_address(wiring, 0, "fd00::1/64"));
	assert_true(has_address(wiring, 0, "10.2.0.1/32"));
	assert_false(has_address(wiring, 0, "10.3.0.1/16"));
	assert_true(has_address(wiring, NSID_HERE, "10.3.0.1/16"));
	run("ip -n a addr add 10.1.0.9/24 dev eth0; ip -n a addr del fd00::1/64 dev eth0");
	follow(wiring);
	assert_true(has_address(wiring, 0, "10.1.0.9/24"));
	assert_false(has_address(wiring, 0, "fd00::1/64"));
	run("ip -n a link del eth0");
	follow(wiring);
	assert_int_equal(view_of(wiring, 0)->address_count, 0);
	assert_false(has_address(wiring, NSID_HERE, "10.3.0.1/16"));
	wiring_free(wiring);
}

/* Nothing is held: with the wiring open, the namespace is destroyed as soon as its name is gone. */
static void deleted_namespace_is_gone_with_its_links(void **state)
{
	struct wiring *wiring;

	run("ip netns add a");
	run("ip link add h0 type veth peer name eth0 netns a");
	wiring = open_wiring();
	assert_int_equal(wiring_refresh(wiring), 0);
	run("ip netns del a");
	await(wiring, "vanished -1 h0");
	assert_true(was_told("vanished 0 eth0"));
	assert_true(was_told("nsid 0 gone"));
	assert_null(view_of(wiring, 0));
	assert_null(link_named(wiring, NSID_HERE, "h0"));
	wiring_free(wiring);
}

/* The event that it is gone is still waiting when the look is refused. */
static void namespace_that_goes_before_the_look_is_no_failure(void **state)
{
	struct wiring *wiring;

	run("ip netns add a");
	wiring = open_wiring();
	run("ip link add h0 type veth peer name eth0 netns a");
	assert_int_equal(wiring_dispatch(wiring), 0);
	assert_true(was_told("nsid 0"));
	run("ip netns del a; while ip link show h0 >/dev/null 2>&1; do sleep 0.02; done");
	assert_int_equal(wiring_refresh(wiring), 0);
	assert_null(view_of(wiring, 0));
	assert_true(was_told("nsid 0 gone"));
	await(wiring, "vanished -1 h0");
	wiring_free(wiring);
}

/* The kernel hands the same nsid, index and name out again. */
static void next_namespace_of_an_nsid_is_another(void **state)
{
	struct wiring *wiring;
	struct link before;

	run("ip netns add a");
	run("ip link add h0 type veth peer name eth0 netns a index 2 address 02:00:00:00:00:01");
	wiring = open_wiring();
	before = *link_named(wiring, 0, "eth0");
	run("ip netns del a");
	await(wiring, "vanished -1 h0");
	run("ip netns add b");
	run("ip link add h0 type veth peer name eth0 netns b index 2 address 02:00:00:00:00:01");
	follow(wiring);
	assert_int_equal(nsid_of(wiring, "b"), 0);
	assert_int_equal(link_named(wiring, 0, "eth0")->index, before.index);
	assert_true(link_named(wiring, 0, "eth0")->birth > before.birth);
	assert_paired(wiring, "h0", "b", "eth0");
	wiring_free(wiring);
}

/* A look into a namespace makes the kernel give us an nsid for ourselves, under which our own events come from then on. */
static void own_nsid_is_no_other_namespace(void **state)
{
	struct wiring *wiring;
	size_t count;

	run("ip netns add a");
	wiring = open_wiring();
	run("ip link add h0 type veth peer name eth0 netns a");
	follow(wiring);
	run("ip link set h0 name h1");
	follow(wiring);
	assert_true(was_told("changed -1 h0>h1"));
	(void)wiring_links(wiring, &count);
	assert_int_equal(count, 2);
	assert_int_equal(nsid_of(wiring, "a"), 0);
	assert_false(was_told("nsid 1"));
	wiring_free(wiring);
}

/* A pair that does not touch us is told in our count of nsids, by looking and by events. */
static void pair_between_two_others(void **state)
{
	const struct link *link;
	struct wiring *wiring;

	run("ip netns add a; ip netns add b");
	run("ip link add h0 type veth peer name eth0 netns a");
	run("ip -n a link add c0 type veth peer name eth0 netns b");
	wiring = open_wiring(); /* finds b through a */
	link = link_named(wiring, nsid_of(wiring, "a"), "c0");
	assert_int_equal(link->peer_nsid, nsid_of(wiring, "b"));
	run("ip -n a link add c1 type veth peer name eth1 netns b");
	run("ip -n b link set eth0 mtu 1400");
	follow(wiring);
	link = link_named(wiring, nsid_of(wiring, "a"), "c1");
	assert_int_equal(link->peer_nsid, nsid_of(wiring, "b"));
	link = link_named(wiring, nsid_of(wiring, "b"), "eth1");
	assert_int_equal(link->peer_nsid, nsid_of(wiring, "a"));
	link = link_named(wiring, nsid_of(wiring, "b"), "eth0");
	assert_int_equal(link->mtu, 1400);
	assert_int_equal(link->peer_nsid, nsid_of(wiring, "a"));
	table_as_ip(wiring, "a");
	table_as_ip(wiring, "b");
	wiring_free(wiring);
}

static void macvlan_inside_leads_to_its_lower_link_here(void **state)
{
	const struct link *link;
	struct wiring *wiring;

	run("ip netns add a");
	run("ip link add p0 type veth peer name p1");
	wiring = open_wiring();
	run("ip link add link p0 name m0 type macvlan mode bridge; ip link set m0 netns a");
	follow(wiring);
	link = link_named(wiring, nsid_of(wiring, "a"), "m0");
	assert_int_equal(link->kind, LINK_MACVLAN);
	assert_true(link->peer_elsewhere);
	assert_int_equal(link->peer_nsid, NSID_HERE);
	assert_int_equal(link->peer_index, link_named(wiring, NSID_HERE, "p0")->index);
	table_as_ip(wiring, "a");
	wiring_free(wiring);
}

static void asking_for_an_nsid_makes_none(void **state)
{
	struct wiring *wiring = open_wiring();
	_cleanup_close_ int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int32_t nsid = 7;

	run("ip netns add a");
	assert_int_equal(nsid_of(wiring, "a"), NSID_HERE);
	assert_int_equal(nsid_of(wiring, "a"), NSID_HERE);
	run("ip link add h0 type veth peer name eth0 netns a");
	follow(wiring);
	assert_int_equal(nsid_of(wiring, "a"), 0);
	assert_int_equal(wiring_nsid_of_fd(wiring, here, &nsid), 0);
	assert_int_equal(nsid, NSID_HERE);
	nsid = 7;
	assert_int_equal(wiring_nsid_of_pid(wiring, getpid(), &nsid), 0);
	assert_int_equal(nsid, NSID_HERE);
	nsid = 7;
	assert_int_equal(wiring_nsid_of_pid(wiring, 0x3fffffff, &nsid), -ESRCH);
	assert_true(wiring_nsid_of_fd(wiring, -1, &nsid) < 0);
	assert_int_equal(nsid, 7);
	wiring_free(wiring);
}

static void assert_stats(const struct device_stats *stats, const json_t *row)
{
	const json_t *both = json_object_get(row, "stats64");
	const json_t *rx = json_object_get(both, "rx");
	const json_t *tx = json_object_get(both, "tx");

	assert_int_equal(stats->rx_packets, number_of(rx, "packets", -1));
	assert_int_equal(stats->rx_bytes, number_of(rx, "bytes", -1));
	assert_int_equal(stats->rx_dropped, number_of(rx, "dropped", -1));
	assert_int_equal(stats->tx_packets, number_of(tx, "packets", -1));
	assert_int_equal(stats->tx_bytes, number_of(tx, "bytes", -1));
	assert_int_equal(stats->tx_dropped, number_of(tx, "dropped", -1));
}

static void counters_are_those_of_ip(void **state)
{
	const struct link_stats *all;
	struct device_stats one = { 0 };
	struct wiring *wiring;
	json_t *rows;
	size_t count;

	run("ip netns add a");
	run("ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1");
	run("sysctl -qw net.ipv6.conf.all.disable_ipv6=1");
	run("ip link add h0 type veth peer name eth0 netns a");
	run("ip link set h0 up; ip addr add 10.9.0.1/24 dev h0");
	run("ip -n a link set eth0 up; ip -n a addr add 10.9.0.2/24 dev eth0");
	run("ping -q -c 3 -i 0.01 10.9.0.2 >/dev/null");
	run("ping -q -c 2 -i 0.01 127.0.0.1 >/dev/null");
	wiring = open_wiring();
	rows = ask_json("ip -s -j link");
	assert_int_equal(wiring_stats(wiring, &all, &count), 0);
	assert_int_equal(count, json_array_size(rows));
	for (size_t i = 0; i < count; i++) {
		const json_t *row = json_array_get(rows, i);

		assert_int_equal(all[i].index, number_of(row, "ifindex", 0));
		assert_stats(&all[i].stats, row);
		assert_int_equal(wiring_stats_of(wiring, all[i].index, &one), 0);
		assert_stats(&one, row);
	}
	assert_true(one.rx_packets >= 3);
	assert_int_equal(wiring_stats_of(wiring, 9999, &one), -ENODEV);
	assert_int_equal(wiring_stats_of(wiring, 0, &one), -ENODEV);
	assert_int_equal(wiring_stats_of(wiring, UINT32_MAX, &one), -ENODEV);
	json_decref(rows);
	wiring_free(wiring);
}

static void missing_privilege_is_named(void **state)
{
	const struct wiring_callbacks callbacks = { &told, on_link, on_nsid, NULL };
	struct wiring *wiring = (void *)&told;
	size_t before = open_descriptors();
	struct fault fault = { 0 };
	int r;

	assert_int_equal(seteuid(65534), 0);
	r = wiring_open(&callbacks, &wiring, &fault);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(r, -EPERM);
	assert_int_equal(fault.code, EXIT_CODE_NOT_PERMITTED);
	assert_non_null(strstr(fault.text, "CAP_NET_BROADCAST"));
	assert_ptr_equal(wiring, &told); /* untouched */
	assert_int_equal(open_descriptors(), before);
}

static void no_descriptor_is_left(void **state)
{
	size_t before = open_descriptors();

	run("ip netns add a");
	run("ip link add h0 type veth peer name eth0 netns a");
	for (int i = 0; i < 5; i++) {
		struct wiring *wiring = open_wiring();

		run("ip link set h0 mtu 14%02d", i);
		follow(wiring);
		(void)nsid_of(wiring, "a");
		assert_int_equal(open_descriptors(), before + 2); /* events and questions */
		wiring_free(wiring);
	}
	assert_int_equal(open_descriptors(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(pairs_that_were_there_are_found),
		LAB_TEST(pair_made_across_namespaces_is_told),
		LAB_TEST(moved_end_vanishes_here_and_appears_there),
		LAB_TEST(inner_end_moves_between_namespaces),
		LAB_TEST(rename_keeps_the_birth),
		LAB_TEST(leaving_a_bridge_is_no_death),
		LAB_TEST(port_states_follow_the_spanning_tree),
		LAB_TEST(addresses_inside_are_seen_from_outside),
		LAB_TEST(deleted_namespace_is_gone_with_its_links),
		LAB_TEST(namespace_that_goes_before_the_look_is_no_failure),
		LAB_TEST(next_namespace_of_an_nsid_is_another),
		LAB_TEST(own_nsid_is_no_other_namespace),
		LAB_TEST(pair_between_two_others),
		LAB_TEST(macvlan_inside_leads_to_its_lower_link_here),
		LAB_TEST(asking_for_an_nsid_makes_none),
		LAB_TEST(counters_are_those_of_ip),
		LAB_TEST(missing_privilege_is_named),
		LAB_TEST(no_descriptor_is_left),
	};

	if (lab_skips("wiring"))
		return 0;
	return cmocka_run_group_tests_name("wiring", tests, lab_enter, NULL);
}
