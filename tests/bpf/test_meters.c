/* SPDX-License-Identifier: GPL-2.0-only */
/* Meters at real links: their totals are those of ip, whenever they came. */
#include "wiring_lab.h"

#include "observe/meters.h"

/* The counters of a device, as ip shows them. */
struct tested_device {
	uint64_t rx_packets, rx_bytes, tx_packets, tx_bytes, tx_dropped;
};

/* A host with a bridge or without, and what looks at it. */
struct node {
	struct wiring *wiring;
	struct traffic_programs *programs;
	struct meters *meters;
};

static struct tested_device device(const char *name)
{
	json_t *rows = ask_json("ip -s -j link show dev %s", name);
	const json_t *both = json_object_get(json_array_get(rows, 0), "stats64");
	const json_t *rx = json_object_get(both, "rx");
	const json_t *tx = json_object_get(both, "tx");
	const struct tested_device device = {
		.rx_packets = (uint64_t)number_of(rx, "packets", -1),
		.rx_bytes = (uint64_t)number_of(rx, "bytes", -1),
		.tx_packets = (uint64_t)number_of(tx, "packets", -1),
		.tx_bytes = (uint64_t)number_of(tx, "bytes", -1),
		.tx_dropped = (uint64_t)number_of(tx, "dropped", -1),
	};

	json_decref(rows);
	return device;
}

/* "h0" here, 10.9.0.1 or a port of br0 which has that address; "eth0" in a, 10.9.0.2. No IPv6: nothing sends but the test. */
static void make_pair(bool bridged)
{
	run("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1");
	run("ip netns add a");
	run("ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1");
	run("ip link add h0 type veth peer name eth0 netns a");
	if (bridged)
		run("ip link add br0 type bridge; ip link set h0 master br0; ip link set br0 up");
	run("ip link set h0 up; ip addr add 10.9.0.1/24 dev %s", bridged ? "br0" : "h0");
	run("ip -n a link set eth0 up; ip -n a addr add 10.9.0.2/24 dev eth0");
}

static void ping(unsigned int count)
{
	run("ip netns exec a ping -q -c %u -i 0.005 -s 200 10.9.0.1 >/dev/null", count);
}

static void open_node(struct node *node, bool attach)
{
	struct fault fault = { .code = EXIT_CODE_OK };

	*node = (struct node){ .wiring = open_wiring() };
	if (attach && traffic_open(ATTACH_AUTO, &node->programs, &fault) < 0)
		fail_msg("traffic_open: %s", fault.text);
	assert_int_equal(meters_new(node->programs, node->wiring, &node->meters), 0);
}

static void close_node(struct node *node)
{
	meters_free(node->meters);
	if (node->programs)
		assert_int_equal(traffic_attached(node->programs), 0);
	traffic_free(node->programs);
	wiring_free(node->wiring);
}

static void attach_all(struct node *node)
{
	while (meters_attach_next(node->meters)) {
	}
}

static bool meet(struct node *node, const char *name)
{
	bool fresh = meters_link_seen(node->meters, link_named(node->wiring, NSID_HERE, name));

	attach_all(node);
	return fresh;
}

/* One read, the row of a link; NULL where there is none. */
static const struct link_traffic *row_of(struct node *node, uint32_t index)
{
	const struct link_traffic *rows;
	size_t count;

	assert_int_equal(meters_read(node->meters, true, &rows, &count), 0);
	for (size_t i = 0; i < count; i++) {
		if (rows[i].index == index)
			return &rows[i];
	}
	return NULL;
}

static uint32_t index_of(const struct node *node, const char *name)
{
	return link_named(node->wiring, NSID_HERE, name)->index;
}

/* The traffic of a link and ip's counters of it, of one quiet moment. */
static const struct traffic *quiet(struct node *node, const char *name, struct tested_device *ret)
{
	for (int tries = 0; tries < 50; tries++) {
		struct tested_device before = device(name);
		const struct link_traffic *row = row_of(node, index_of(node, name));

		assert_non_null(row);
		*ret = device(name);
		if (memcmp(&before, ret, sizeof(before)) == 0)
			return &row->traffic;
	}
	fail_msg("%s is never quiet", name);
	return NULL;
}

/* A host end, from the container's side: it received what h0 transmitted. */
static void host_end_is_as_ip(struct node *node, const char *name)
{
	struct tested_device device;
	const struct traffic *traffic = quiet(node, name, &device);

	assert_true(traffic->known);
	assert_int_equal(traffic->dir[RECEIVE].total.packets, device.tx_packets + device.tx_dropped);
	/* the kernel counts how many it dropped, not how long they were: our hook saw them all */
	if (device.tx_dropped == 0)
		assert_int_equal(traffic->dir[RECEIVE].total.bytes, device.tx_bytes);
	else
		assert_true(traffic->dir[RECEIVE].total.bytes > device.tx_bytes);
	assert_int_equal(traffic->dir[TRANSMIT].total.packets, device.rx_packets);
	assert_int_equal(traffic->dir[TRANSMIT].total.bytes, device.rx_bytes);
	assert_int_equal(traffic->receive_dropped, device.tx_dropped);
}

static uint64_t icmp(struct node *node, const char *name, enum direction direction)
{
	return row_of(node, index_of(node, name))->traffic.dir[direction].by_class[CTNET_IPV4_ICMP].packets;
}

static void traffic_before_the_attach_is_in_the_totals_alone(void **state)
{
	const struct traffic *traffic;
	struct tested_device device;
	struct node node;

	make_pair(false);
	ping(5);
	open_node(&node, true);
	assert_true(meet(&node, "h0"));
	host_end_is_as_ip(&node, "h0");
	assert_int_equal(icmp(&node, "h0", RECEIVE), 0);
	ping(7);
	host_end_is_as_ip(&node, "h0");
	assert_int_equal(icmp(&node, "h0", RECEIVE), 7);
	assert_int_equal(icmp(&node, "h0", TRANSMIT), 7);
	traffic = quiet(&node, "h0", &device);
	assert_true(traffic->midlife);
	assert_true(traffic->split);
	assert_true(traffic->dir[RECEIVE].total.packets >= 12);
	close_node(&node);
}

static void traffic_during_the_first_rounds_is_counted_once(void **state)
{
	struct node node;

	make_pair(false);
	ping(3);
	open_node(&node, true);
	assert_true(meet(&node, "h0"));
	for (int round = 0; round < 4; round++) { /* before the baseline has settled */
		ping(2);
		host_end_is_as_ip(&node, "h0");
	}
	assert_int_equal(icmp(&node, "h0", TRANSMIT), 8);
	close_node(&node);
}

/* What the pair drops has passed our hook: the container did not receive it, and is told how much that is. */
static void what_the_pair_drops_is_counted_apart(void **state)
{
	const struct traffic *traffic;
	struct tested_device device;
	struct node node;

	make_pair(false);
	ping(2);
	open_node(&node, true);
	assert_true(meet(&node, "h0"));
	run("ip neigh replace 10.9.0.2 lladdr 02:00:00:00:00:09 nud permanent dev h0");
	run("ip -n a link set eth0 down");
	run("ping -q -c 4 -i 0.005 -w 1 10.9.0.2 >/dev/null; true");
	host_end_is_as_ip(&node, "h0");
	traffic = quiet(&node, "h0", &device);
	assert_true(device.tx_dropped > 0);
	assert_int_equal(traffic->receive_dropped, device.tx_dropped);
	close_node(&node);
}

/* Attached in the middle of a stream, where no two counters can be read at once. */
static void a_busy_link_is_exact_once_it_was_quiet(void **state)
{
	struct node node;
	FILE *stream;

	make_pair(false);
	open_node(&node, true);
	stream = popen("ip netns exec a ping -q -c 300 -i 0.001 -s 200 10.9.0.1 >/dev/null", "r");
	assert_non_null(stream);
	assert_true(meet(&node, "h0"));
	for (int round = 0; round < 5; round++)
		(void)row_of(&node, index_of(&node, "h0"));
	assert_int_equal(pclose(stream), 0);
	ping(20);
	host_end_is_as_ip(&node, "h0");
	close_node(&node);
}

static void a_link_without_a_past_is_not_midlife(void **state)
{
	struct tested_device device;
	struct node node;

	make_pair(false);
	open_node(&node, true);
	assert_true(meet(&node, "h0"));
	ping(2);
	host_end_is_as_ip(&node, "h0");
	assert_false(quiet(&node, "h0", &device)->midlife);
	close_node(&node);
}

/* br_pass_frame_up() counts without the Ethernet header, our hook with it. */
static void bytes_of_a_bridge_are_those_of_ip(void **state)
{
	const struct traffic *traffic;
	struct tested_device device;
	struct node node;

	make_pair(true);
	ping(5);
	open_node(&node, true);
	assert_true(meet(&node, "br0"));
	assert_true(meet(&node, "h0"));
	for (int round = 0; round < 3; round++) {
		ping(4);
		traffic = quiet(&node, "br0", &device);
		assert_int_equal(traffic->dir[RECEIVE].total.packets, device.rx_packets);
		assert_int_equal(traffic->dir[RECEIVE].total.bytes, device.rx_bytes);
		/* before it had a carrier it dropped some, which pass our hook as well */
		assert_int_equal(traffic->dir[TRANSMIT].total.packets, device.tx_packets + device.tx_dropped);
		assert_int_equal(traffic->dir[TRANSMIT].total.bytes, device.tx_bytes);
	}
	/* 12 requests of 200 bytes with the headers of ICMP and IP, as the protocol has them */
	assert_int_equal(traffic->dir[RECEIVE].by_class[CTNET_IPV4_ICMP].packets, 12);
	assert_int_equal(traffic->dir[RECEIVE].by_class[CTNET_IPV4_ICMP].bytes, 12 * (200 + 8 + 20));
	assert_int_equal(traffic->dir[TRANSMIT].by_class[CTNET_IPV4_ICMP].bytes, 12 * (200 + 8 + 20 + 14));
	assert_int_equal(traffic->receive_dropped, 0);
	host_end_is_as_ip(&node, "h0");
	close_node(&node);
}

static void without_programs_totals_are_the_kernels(void **state)
{
	const struct traffic *traffic;
	struct tested_device device;
	struct node node;

	make_pair(true);
	ping(3);
	open_node(&node, false);
	assert_true(meet(&node, "h0"));
	assert_true(meet(&node, "br0"));
	host_end_is_as_ip(&node, "h0");
	ping(3);
	host_end_is_as_ip(&node, "h0");
	traffic = quiet(&node, "br0", &device);
	assert_false(traffic->split);
	assert_false(traffic->midlife);
	assert_int_equal(traffic->dir[RECEIVE].total.bytes, device.rx_bytes);
	assert_int_equal(traffic->dir[TRANSMIT].total.bytes, device.tx_bytes);
	close_node(&node);
}

/* The device has gone with its counters; what was counted to the last packet is told once. */
static void a_gone_link_is_told_with_its_last_counters_once(void **state)
{
	const struct link_traffic *row;
	struct tested_device last;
	struct link link;
	struct node node;

	make_pair(false);
	ping(2);
	open_node(&node, true);
	assert_true(meet(&node, "h0"));
	(void)quiet(&node, "h0", &last);
	(void)quiet(&node, "h0", &last); /* settled */
	ping(3);                         /* nobody reads after these */
	last = device("h0");
	link = *link_named(node.wiring, NSID_HERE, "h0");
	run("ip link del h0");
	await(node.wiring, "vanished -1 h0");
	assert_true(meters_link_gone(node.meters, &link));
	assert_false(meters_link_gone(node.meters, &link));
	assert_int_equal(traffic_attached(node.programs), 0);
	row = row_of(&node, link.index);
	assert_non_null(row);
	assert_true(row->gone);
	assert_string_equal(row->last->name, "h0");
	assert_int_equal(row->traffic.dir[RECEIVE].total.packets, last.tx_packets + last.tx_dropped);
	assert_int_equal(row->traffic.dir[RECEIVE].total.bytes, last.tx_bytes);
	assert_int_equal(row->traffic.dir[TRANSMIT].total.packets, last.rx_packets);
	assert_int_equal(row->traffic.dir[TRANSMIT].total.bytes, last.rx_bytes);
	assert_int_equal(row->traffic.dir[TRANSMIT].by_class[CTNET_IPV4_ICMP].packets, 3);
	meters_drop_told(node.meters);
	assert_null(row_of(&node, link.index));
	close_node(&node);
}

/* A new pair on the old index, with the old one not yet told: each has its own counters. */
static void next_link_of_an_index_begins_at_zero(void **state)
{
	const struct link_traffic *rows;
	struct link old;
	struct node node;
	size_t count;

	make_pair(false);
	open_node(&node, true);
	assert_true(meet(&node, "h0"));
	ping(3);
	(void)row_of(&node, index_of(&node, "h0"));
	old = *link_named(node.wiring, NSID_HERE, "h0");
	run("ip link del h0");
	await(node.wiring, "vanished -1 h0");
	assert_true(meters_link_gone(node.meters, &old));
	run("ip link add h0 index %u type veth peer name eth0 netns a", old.index);
	run("ip link set h0 up; ip addr add 10.9.0.1/24 dev h0");
	run("ip -n a link set eth0 up; ip -n a addr add 10.9.0.2/24 dev eth0");
	follow(node.wiring);
	assert_int_equal(index_of(&node, "h0"), old.index);
	assert_true(meet(&node, "h0"));
	ping(2);
	assert_int_equal(meters_read(node.meters, true, &rows, &count), 0);
	assert_int_equal(count, 2);
	assert_true(rows[0].gone && !rows[1].gone);
	assert_int_equal(rows[0].traffic.dir[TRANSMIT].by_class[CTNET_IPV4_ICMP].packets, 3);
	assert_int_equal(rows[1].traffic.dir[TRANSMIT].by_class[CTNET_IPV4_ICMP].packets, 2);
	assert_false(rows[1].traffic.midlife);
	close_node(&node);
}

static void a_link_that_went_before_we_came_is_no_failure(void **state)
{
	struct link link;
	struct node node;

	make_pair(false);
	open_node(&node, true);
	link = *link_named(node.wiring, NSID_HERE, "h0");
	run("ip link del h0");
	assert_true(meters_link_seen(node.meters, &link));
	attach_all(&node);
	assert_int_equal(meters_attach_failures(node.meters), 0);
	assert_int_equal(traffic_attached(node.programs), 0);
	assert_true(meters_link_gone(node.meters, &link));
	close_node(&node);
}

/* Between two rounds: the hooks are read by shared memory, the device is not asked. */
static void without_the_device_the_split_goes_on(void **state)
{
	const struct link_traffic *rows;
	struct node node;
	size_t count;

	make_pair(false);
	open_node(&node, true);
	assert_true(meet(&node, "h0"));
	(void)row_of(&node, index_of(&node, "h0"));
	ping(6);
	assert_int_equal(meters_read(node.meters, false, &rows, &count), 0);
	assert_int_equal(rows[0].traffic.dir[TRANSMIT].by_class[CTNET_IPV4_ICMP].packets, 6);
	close_node(&node);
}

/* Lets one more be attached to and appends its place in @links to @order; the devices may be read between. Returns whether one waited. */
static bool attach_one(struct node *node, const struct link *links, size_t count, char *order)
{
	struct ctnet_counters counted[CTNET_HOOKS];
	uint32_t before = traffic_attached(node->programs);
	bool was[8];

	for (size_t i = 0; i < count; i++)
		was[i] = traffic_read(node->programs, links[i].index, counted) == 0;
	while (traffic_attached(node->programs) == before) {
		if (!meters_attach_next(node->meters))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!was[i] && traffic_read(node->programs, links[i].index, counted) == 0)
			(void)sprintf(order + strlen(order), "%zu ", i);
	}
	return true;
}

/* What is plugged in does not wait behind those that were there at the start; of those that came at once the last goes first. */
static void the_newest_is_attached_to_first(void **state)
{
	static const uint64_t births[] = { 5, 9, 5, 7, 20 };
	struct link links[ARRAY_SIZE(births)];
	char order[64] = "";
	struct node node;
	size_t i;

	run("ip netns add a");
	for (i = 0; i < ARRAY_SIZE(births); i++)
		run("ip link add h%zu type veth peer name g%zu netns a", i, i);
	open_node(&node, true);
	for (i = 0; i < ARRAY_SIZE(births); i++) {
		char name[IFNAMSIZ];

		(void)snprintf(name, sizeof(name), "h%zu", i);
		links[i] = *link_named(node.wiring, NSID_HERE, name);
		links[i].birth = births[i];
	}
	for (i = 0; i < ARRAY_SIZE(births) - 1; i++)
		assert_true(meters_link_seen(node.meters, &links[i]));
	assert_true(attach_one(&node, links, i, order));
	assert_true(attach_one(&node, links, i, order));
	assert_true(meters_link_seen(node.meters, &links[i]));
	while (attach_one(&node, links, i + 1, order)) {
	}
	assert_string_equal(order, "1 3 4 2 0 ");
	close_node(&node);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(traffic_before_the_attach_is_in_the_totals_alone),
		LAB_TEST(traffic_during_the_first_rounds_is_counted_once),
		LAB_TEST(what_the_pair_drops_is_counted_apart),
		LAB_TEST(a_busy_link_is_exact_once_it_was_quiet),
		LAB_TEST(a_link_without_a_past_is_not_midlife),
		LAB_TEST(bytes_of_a_bridge_are_those_of_ip),
		LAB_TEST(without_programs_totals_are_the_kernels),
		LAB_TEST(a_gone_link_is_told_with_its_last_counters_once),
		LAB_TEST(next_link_of_an_index_begins_at_zero),
		LAB_TEST(a_link_that_went_before_we_came_is_no_failure),
		LAB_TEST(without_the_device_the_split_goes_on),
		LAB_TEST(the_newest_is_attached_to_first),
	};

	if (lab_skips("meters"))
		return 0;
	return cmocka_run_group_tests_name("meters", tests, lab_enter, NULL);
}
