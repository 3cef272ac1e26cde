/* SPDX-License-Identifier: GPL-2.0-only */
/* Meters inside other namespaces, with the whole collector: real macvlans, the device's own counters, and their end. */
#include "wiring_lab.h"

#include <limits.h>

#include "observe/collector.h"

/* A device's own counters, by direction of its container. */
struct own {
	struct count dir[DIRECTIONS];
};

static struct own own(const char *netns, const char *name)
{
	json_t *rows = ask_json("ip -n %s -s -j link show dev %s", netns, name);
	const json_t *both = json_object_get(json_array_get(rows, 0), "stats64");
	const char *const keys[] = { [RECEIVE] = "rx", [TRANSMIT] = "tx" };
	struct own own;

	for (size_t d = 0; d < DIRECTIONS; d++) {
		const json_t *one = json_object_get(both, keys[d]);

		own.dir[d].packets = (uint64_t)number_of(one, "packets", -1);
		own.dir[d].bytes = (uint64_t)number_of(one, "bytes", -1);
	}
	json_decref(rows);
	return own;
}

static void make_netns(const char *name)
{
	run("ip netns add %s", name);
	run("ip netns exec %s sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1", name);
}

/* "p1" here, 10.9.0.1; "mv0" in a, a macvlan of the other end p0, made there as CNI does. No IPv6: nothing sends but the test. */
static void make_macvlan(void)
{
	run("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1");
	run("ip link add p0 type veth peer name p1; ip link set p0 up; ip link set p1 up; ip addr add 10.9.0.1/24 dev p1");
	make_netns("a");
	run("ip link add link p0 mv0 netns a type macvlan mode bridge");
	run("ip -n a link set mv0 up; ip -n a addr add 10.9.0.2/24 dev mv0");
}

static void ping(const char *netns, unsigned int count)
{
	run("ip netns exec %s ping -q -c %u -i 0.005 -s 200 10.9.0.1 >/dev/null", netns, count);
}

static struct collector *open_collector(void)
{
	const struct collector_options options = { .attach = true, .mode = ATTACH_AUTO };
	struct fault fault = { .code = EXIT_CODE_OK };
	struct collector *collector;

	if (collector_open(&options, &collector, &fault) < 0)
		fail_msg("collector_open: %s", fault.text);
	return collector;
}

static const struct snapshot *look(struct collector *collector)
{
	struct fault fault = { .code = EXIT_CODE_OK };
	const struct snapshot *snap;

	if (collector_snapshot(collector, &snap, NULL, &fault) < 0)
		fail_msg("collector_snapshot: %s", fault.text);
	return snap;
}

/* The interface of that name in the namespace of that name; NULL: there is none. */
static const struct interface *find(const struct snapshot *snap, const char *netns, const char *name)
{
	for (size_t n = 0; n < snap->namespace_count; n++) {
		const struct netns *ns = &snap->namespaces[n];

		for (size_t i = 0; i < ns->interface_count && strcmp(ns->name, netns) == 0; i++) {
			if (strcmp(ns->interfaces[i].name, name) == 0)
				return &ns->interfaces[i];
		}
	}
	return NULL;
}

/* What is counted there and the device's own counters, of one quiet moment. */
static struct traffic quiet(struct collector *collector, const char *netns, struct own *ret)
{
	for (int tries = 0; tries < 50; tries++) {
		struct own before = own(netns, "mv0");
		const struct interface *link = find(look(collector), netns, "mv0");

		assert_non_null(link);
		assert_int_equal(link->counted, COUNTED_INSIDE);
		*ret = own(netns, "mv0");
		if (memcmp(&before, ret, sizeof(before)) == 0)
			return link->traffic;
	}
	fail_msg("mv0 is never quiet");
	return (struct traffic){ .known = false };
}

static bool has_tcx(struct collector *collector)
{
	return strcmp(snapshot_source(look(collector), "traffic")->state, "tcx") == 0;
}

static uint64_t classes(const struct counters *counters)
{
	uint64_t sum = 0;

	for (size_t c = 0; c < CTNET_CLASSES; c++)
		sum += counters->by_class[c].packets;
	return sum;
}

/* Whether fdinfo tells of a program that is attached to an interface: the iterator over processes is a link as well. */
static bool is_attachment(int dir, const char *number)
{
	char path[NAME_MAX + 16], text[512];
	ssize_t len;
	int fd;

	(void)snprintf(path, sizeof(path), "../fdinfo/%s", number);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	text[len > 0 ? len : 0] = '\0';
	if (fd >= 0)
		(void)close(fd);
	return strstr(text, "ifindex:") != NULL; /* tcx_link_fdinfo() */
}

/* Descriptors of ours that lead to what begins with @kind: "net:" a namespace, which it keeps alive; ATTACHMENT. */
#define ATTACHMENT "anon_inode:bpf_link"
static size_t descriptors(const char *kind)
{
	bool attachments = strcmp(kind, ATTACHMENT) == 0;
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	char target[64];
	size_t count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		target[len > 0 ? len : 0] = '\0';
		count += strncmp(target, kind, strlen(kind)) == 0 &&
		         (!attachments || is_attachment(dirfd(dir), entry->d_name));
	}
	(void)closedir(dir);
	return count;
}

/* Takes events until @count programs are attached. Nothing is wanted here but inside. */
static void await_attached(struct collector *collector, size_t count)
{
	struct pollfd pollfd = { .fd = collector_fd(collector), .events = POLLIN };

	for (int i = 0; i < 6000 && descriptors(ATTACHMENT) != count; i++) {
		(void)poll(&pollfd, 1, 10);
		collector_dispatch(collector);
	}
	assert_int_equal(descriptors(ATTACHMENT), count);
}

static void totals_are_the_device_s_and_the_split_is_all_of_them(void **state)
{
	struct collector *collector;
	struct traffic traffic;
	struct own device;

	make_macvlan();
	collector = open_collector();
	if (has_tcx(collector))
		await_attached(collector, 2);
	ping("a", 20);
	traffic = quiet(collector, "a", &device);
	for (size_t d = 0; d < DIRECTIONS; d++) {
		assert_memory_equal(&traffic.dir[d].total, &device.dir[d], sizeof(device.dir[d]));
		assert_true(device.dir[d].packets >= 20);
		if (!has_tcx(collector))
			continue;
		assert_int_equal(classes(&traffic.dir[d]), device.dir[d].packets);
		assert_int_equal(traffic.dir[d].by_class[CTNET_IPV4_ICMP].packets, 20);
		assert_int_equal(traffic.dir[d].segments, device.dir[d].packets);
		assert_int_equal(traffic.dir[d].wire_bytes, device.dir[d].bytes);
	}
	assert_int_equal(traffic.split, has_tcx(collector));
	assert_false(traffic.midlife);
	collector_free(collector);
}

static void what_came_before_us_is_in_the_totals_and_not_in_the_split(void **state)
{
	struct collector *collector;
	struct traffic traffic;
	struct own device;

	make_macvlan();
	ping("a", 10);
	collector = open_collector();
	if (has_tcx(collector))
		await_attached(collector, 2);
	ping("a", 5);
	traffic = quiet(collector, "a", &device);
	for (size_t d = 0; d < DIRECTIONS; d++) {
		assert_memory_equal(&traffic.dir[d].total, &device.dir[d], sizeof(device.dir[d]));
		assert_true(device.dir[d].packets >= 15);
		if (has_tcx(collector))
			assert_int_equal(traffic.dir[d].by_class[CTNET_IPV4_ICMP].packets, 5);
	}
	assert_int_equal(traffic.midlife, has_tcx(collector));
	collector_free(collector);
}

/* The kernel takes the nsid back before the device ends: our programs alone know the tail. */
static void the_tail_of_a_namespace_s_life_is_told_after_its_death(void **state)
{
	const struct interface *link = NULL;
	struct collector *collector;
	struct own device;

	make_macvlan();
	collector = open_collector();
	(void)look(collector);
	if (!has_tcx(collector)) {
		collector_free(collector);
		skip();
	}
	await_attached(collector, 2);
	ping("a", 20);
	device = own("a", "mv0");
	assert_int_equal(descriptors("net:"), 0);
	run("ip netns del a");
	for (int i = 0; i < 400 && !(link && link->gone); i++) {
		(void)usleep(25000);
		link = find(look(collector), "a", "mv0");
	}
	assert_true(link && link->gone);
	assert_int_equal(link->counted, COUNTED_INSIDE);
	for (size_t d = 0; d < DIRECTIONS; d++)
		assert_memory_equal(&link->traffic.dir[d].total, &device.dir[d], sizeof(device.dir[d]));
	assert_null(find(look(collector), "a", "mv0"));
	collector_free(collector);
}

/* It takes its counters along, as ip shows them; where it was it is gone. */
static void a_macvlan_that_moves_is_counted_where_it_is(void **state)
{
	const struct interface *link;
	struct collector *collector;
	struct traffic traffic;
	struct own device;

	make_macvlan();
	make_netns("b");
	collector = open_collector();
	ping("a", 5);
	(void)look(collector);
	run("ip -n a link set mv0 netns b; ip -n b link set mv0 up; ip -n b addr add 10.9.0.2/24 dev mv0");
	ping("b", 5);
	link = find(look(collector), "a", "mv0");
	assert_true(!link || link->gone);
	traffic = quiet(collector, "b", &device);
	for (size_t d = 0; d < DIRECTIONS; d++)
		assert_memory_equal(&traffic.dir[d].total, &device.dir[d], sizeof(device.dir[d]));
	assert_true(device.dir[TRANSMIT].packets >= 10);
	collector_free(collector);
}

/* Deleted while its namespace lives: the device's last word is told with its end. */
static void a_macvlan_that_is_deleted_tells_its_last_counters(void **state)
{
	const struct interface *link = NULL;
	struct collector *collector;
	struct own device;

	make_macvlan();
	collector = open_collector();
	(void)look(collector);
	ping("a", 20);
	device = own("a", "mv0");
	run("ip -n a link del mv0");
	for (int i = 0; i < 400 && !(link && link->gone); i++) {
		(void)usleep(25000);
		link = find(look(collector), "a", "mv0");
	}
	assert_true(link && link->gone);
	for (size_t d = 0; d < DIRECTIONS; d++)
		assert_memory_equal(&link->traffic.dir[d].total, &device.dir[d], sizeof(device.dir[d]));
	collector_free(collector);
}

/* Born, used and dead between two snapshots. */
static void a_short_life_is_counted(void **state)
{
	const struct interface *link = NULL;
	struct collector *collector;
	struct own device;

	run("ip link add p0 type veth peer name p1; ip link set p0 up; ip link set p1 up; ip addr add 10.9.0.1/24 dev p1");
	collector = open_collector();
	if (!has_tcx(collector)) {
		collector_free(collector);
		skip();
	}
	make_netns("a");
	run("ip link add link p0 mv0 netns a type macvlan mode bridge");
	run("ip -n a link set mv0 up; ip -n a addr add 10.9.0.2/24 dev mv0");
	await_attached(collector, 2);
	ping("a", 20);
	device = own("a", "mv0");
	run("ip -n a link del mv0; ip netns del a");
	await_attached(collector, 0);
	link = find(look(collector), "a", "mv0");
	assert_non_null(link);
	assert_true(link->gone);
	for (size_t d = 0; d < DIRECTIONS; d++)
		assert_int_equal(link->traffic.dir[d].total.packets, device.dir[d].packets);
	collector_free(collector);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(totals_are_the_device_s_and_the_split_is_all_of_them),
		LAB_TEST(what_came_before_us_is_in_the_totals_and_not_in_the_split),
		LAB_TEST(the_tail_of_a_namespace_s_life_is_told_after_its_death),
		LAB_TEST(a_macvlan_that_moves_is_counted_where_it_is),
		LAB_TEST(a_macvlan_that_is_deleted_tells_its_last_counters),
		LAB_TEST(a_short_life_is_counted),
	};

	if (lab_skips("inner_meters"))
		return 0;
	return cmocka_run_group_tests_name("inner_meters", tests, lab_enter, NULL);
}
