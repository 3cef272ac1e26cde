/* SPDX-License-Identifier: GPL-2.0-only */
/* The JSON contract: the golden text, jansson's opinion of it, the way back, and what is refused. */
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "golden.h"
#include "render/json.h"
#include "render_fixture.h"

static struct buf render(const struct snapshot *snap, bool pretty)
{
	struct buf text = BUF_INIT;

	assert_int_equal(json_render(snap, pretty, &text), 0);
	return text;
}

static struct snapshot *parse(const struct buf *text)
{
	struct snapshot *snap = NULL;
	char error[256] = "";
	int r = json_parse_snapshot(text->data, text->len, &snap, error, sizeof(error));

	if (r != 0)
		print_error("%s\n", error);
	assert_int_equal(r, 0);
	return snap;
}

static void whole_node_is_the_golden_text(void **state)
{
	_cleanup_buf_ struct buf text = render(fixture_node(), true);

	assert_true(golden_is("node.json", &text));
}

static void empty_node_is_the_golden_text(void **state)
{
	_cleanup_buf_ struct buf text = render(fixture_empty(), false);

	assert_true(golden_is("empty.json", &text));
}

static void pretty_and_one_line_say_the_same(void **state)
{
	_cleanup_buf_ struct buf pretty = render(fixture_node(), true);
	_cleanup_buf_ struct buf line = render(fixture_node(), false);
	json_t *first = json_loadb(pretty.data, pretty.len, JSON_REJECT_DUPLICATES, NULL);
	json_t *second = json_loadb(line.data, line.len, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(first);
	assert_true(json_equal(first, second));
	assert_ptr_equal(strchr(line.data, '\n'), line.data + line.len - 1);
	json_decref(first);
	json_decref(second);
}

/* The keys of the design: none may be renamed. */
static void keys_of_the_contract_are_there(void **state)
{
	static const char top[] =
		"{s:i, s:f, s:I, s:{s:s, s:s, s:s, s:s}, s:[], s:[{s:s, s:i, s:[s,s], s:{s:I}, s:{s:I}}],"
		"s:{s:I, s:I, s:I, s:I}}";
	_cleanup_buf_ struct buf text = render(fixture_node(), false);
	json_t *root = json_loadb(text.data, text.len, 0, NULL);
	const char *source[4], *bridge, *port[2];
	json_int_t observing, rx, tx, life[4];
	int version, index;
	double time;

	assert_int_equal(json_unpack(root, top, "version", &version, "time", &time, "observing_netns", &observing,
	                             "sources", "traffic", &source[0], "lifecycle", &source[1], "netlink", &source[2],
	                             "docker", &source[3], "namespaces", "bridges", "name", &bridge, "index", &index,
	                             "ports", &port[0], &port[1], "receive", "packets", &rx, "transmit", "bytes", &tx,
	                             "lifecycle", "created", &life[0], "destroyed", &life[1], "alive", &life[2], "lost",
	                             &life[3]),
	                 0);
	assert_int_equal(version, 1);
	assert_true(time == 1764000000.123);
	assert_int_equal(observing, FIXTURE_OBSERVING);
	assert_string_equal(source[0], "tcx");
	assert_string_equal(port[1], "vethdead");
	assert_int_equal(rx, 200);
	assert_int_equal(life[2], 5);
	json_decref(root);
}

static void keys_of_a_namespace_are_those_of_the_contract(void **state)
{
	static const char row[] = "{s:I, s:s, s:s, s:b, s:[{s:s, s:s, s:s, s:s, s:i}]}";
	_cleanup_buf_ struct buf text = render(fixture_node(), false);
	json_t *root = json_loadb(text.data, text.len, 0, NULL);
	json_t *box = json_array_get(json_object_get(root, "namespaces"), 1);
	const char *name, *kind, *owner_kind, *owner, *id, *image;
	json_int_t inode;
	int held, pid;

	assert_int_equal(json_unpack(box, row, "netns", &inode, "name", &name, "kind", &kind, "held", &held, "owners",
	                             "kind", &owner_kind, "name", &owner, "id", &id, "image", &image, "pid", &pid),
	                 0);
	assert_int_equal(inode, 4026532396);
	assert_string_equal(owner, "box");
	assert_string_equal(image, "busybox");
	assert_int_equal(pid, 11384);
	json_decref(root);
}

static void keys_of_an_interface_are_those_of_the_contract(void **state)
{
	static const char row[] =
		"{s:s, s:I, s:s, s:s, s:i, s:b, s:[s,s], s:{s:I, s:s, s:I}, s:s, s:{s:I, s:I, s:I, s:I},"
		"s:{s:I, s:I, s:I, s:I}}";
	_cleanup_buf_ struct buf text = render(fixture_node(), false);
	json_t *root = json_loadb(text.data, text.len, 0, NULL);
	json_t *box = json_array_get(json_object_get(root, "namespaces"), 1);
	json_t *eth0 = json_array_get(json_object_get(box, "interfaces"), 0);
	const char *name, *kind, *mac, *address[2], *host, *bridge;
	json_int_t index, netns, host_index, rx[4], tx[4];
	int mtu, up;

	assert_int_equal(json_unpack(eth0, row, "name", &name, "index", &index, "kind", &kind, "mac", &mac, "mtu", &mtu,
	                             "up", &up, "addresses", &address[0], &address[1], "peer", "netns", &netns, "name",
	                             &host, "index", &host_index, "bridge", &bridge, "receive", "packets", &rx[0],
	                             "bytes", &rx[1], "segments", &rx[2], "wire_bytes", &rx[3], "transmit", "packets",
	                             &tx[0], "bytes", &tx[1], "segments", &tx[2], "wire_bytes", &tx[3]),
	                 0);
	assert_string_equal(address[0], "172.17.0.2/16");
	assert_string_equal(host, "veth2125897");
	assert_int_equal(host_index, 4);
	assert_string_equal(bridge, "docker0");
	assert_int_equal(rx[2], 130);
	assert_int_equal(tx[1], 2724);
	json_decref(root);
}

static void written_again_it_is_the_same(const struct snapshot *snap, bool pretty)
{
	_cleanup_buf_ struct buf first = render(snap, pretty);
	_cleanup_snapshot_ struct snapshot *read = parse(&first);
	_cleanup_buf_ struct buf second = render(read, pretty);

	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.data, second.data, first.len);
}

static void what_is_read_is_written_the_same(void **state)
{
	written_again_it_is_the_same(fixture_node(), true);
	written_again_it_is_the_same(fixture_node(), false);
	written_again_it_is_the_same(fixture_empty(), true);
}

/* The text alone could hide a member that is neither written nor read. */
static void members_survive_the_way_back(void **state)
{
	const struct snapshot *snap = fixture_node();
	_cleanup_buf_ struct buf text = render(snap, false);
	_cleanup_snapshot_ struct snapshot *read = parse(&text);
	const struct netns *box = &read->namespaces[1];
	const struct interface *eth0 = &box->interfaces[0];

	assert_true(read->time == snap->time);
	assert_int_equal(read->now, snap->now);
	assert_int_equal(read->alive, 5);
	assert_int_equal(read->held, 1);
	assert_int_equal(read->lifecycle.teardown.bucket[14], 9);
	assert_int_equal(read->lifecycle.setup.sum_ns, snap->lifecycle.setup.sum_ns);
	assert_true(read->sources[2].incomplete);
	assert_false(read->sources[3].up);
	assert_int_equal(read->losses[1].count, 5);
	assert_int_equal(box->birth, 2 * 4026532396ULL);
	assert_int_equal(box->owners[0].pid, 11384);
	assert_string_equal(box->owners[1].image, "reg/side\"car\\:1");
	assert_int_equal(eth0->kind, LINK_VETH);
	assert_int_equal(eth0->port_state, PORT_FORWARDING);
	assert_int_equal(box->interfaces[1].port_state, PORT_NONE);
	assert_int_equal(eth0->host_birth, 5000000004ULL);
	assert_memory_equal(&eth0->traffic, &snap->namespaces[1].interfaces[0].traffic, sizeof(eth0->traffic));
	assert_memory_equal(eth0->addresses, snap->namespaces[1].interfaces[0].addresses, 2 * sizeof(struct address));
	assert_memory_equal(eth0->mac, snap->namespaces[1].interfaces[0].mac, 6);
	assert_true(read->namespaces[5].gone);
	assert_false(read->namespaces[3].interfaces[0].traffic.known);
	assert_int_equal(eth0->counted, COUNTED_HOST_END);
	assert_false(eth0->lower.known);
	assert_int_equal(read->namespaces[3].interfaces[0].counted, COUNTED_NOWHERE);
	assert_int_equal(read->namespaces[3].interfaces[0].birth, 4000);
	assert_string_equal(read->namespaces[3].interfaces[0].lower.name, "ens1");
	assert_int_equal(read->namespaces[3].interfaces[0].lower.index, 3);
	assert_string_equal(read->bridges[0].ports[1], "vethdead");
	assert_int_equal(read->device_count, 2);
	assert_string_equal(read->devices[1].name, "veth2125897");
	assert_int_equal(read->devices[1].master, 2);
	assert_int_equal(read->devices[1].port_state, PORT_FORWARDING);
	assert_int_equal(read->devices[0].addresses[0].prefix, 16);
}

/* As a person would write it by hand, keys of the design alone. */
static void the_example_of_the_design_is_read(void **state)
{
	static const char text[] =
		"{\"version\": 1, \"time\": 1764000000.123, \"observing_netns\": 4026531840,"
		"\"sources\": {\"traffic\": \"tcx\", \"docker\": \"absent\"},"
		"\"namespaces\": [{\"netns\": 9, \"name\": \"late\", \"kind\": \"none\", \"held\": false, \"owners\": [], \"interfaces\": []},"
		"{\"netns\": 7, \"name\": \"box\", \"kind\": \"docker\", \"held\": false, \"unknown\": [1, 2],"
		"\"owners\": [{\"kind\": \"docker\", \"name\": \"box\", \"id\": \"0c3f\", \"image\": \"busybox\", \"pid\": 11384}],"
		"\"interfaces\": [{\"name\": \"eth0\", \"index\": 3, \"kind\": \"veth\", \"mac\": \"02:42:ac:11:00:02\", \"mtu\": 1500, \"up\": true,"
		"\"addresses\": [\"172.17.0.2/16\"], \"peer\": {\"netns\": 1, \"name\": \"veth2\", \"index\": 4}, \"bridge\": \"docker0\","
		"\"receive\": {\"packets\": 10, \"bytes\": 980, \"segments\": 10, \"wire_bytes\": 980},"
		"\"transmit\": {\"packets\": 10, \"bytes\": 980, \"segments\": 10, \"wire_bytes\": 980}}]}],"
		"\"bridges\": [{\"name\": \"docker0\", \"index\": 2, \"ports\": [\"veth2\"], \"receive\": null, \"transmit\": null}],"
		"\"lifecycle\": {\"created\": 12, \"destroyed\": 10, \"alive\": 3, \"lost\": 0}}";
	const struct buf input = { .data = (char *)text, .len = sizeof(text) - 1 };
	_cleanup_snapshot_ struct snapshot *snap = parse(&input);

	/* in the order of a snapshot, whatever order they came in */
	assert_int_equal(snap->namespaces[0].inode, 7);
	assert_int_equal(snap->namespaces[1].inode, 9);
	assert_string_equal(snap->namespaces[0].owners[0].pod_name, "");
	assert_true(snap->sources[0].up);
	assert_false(snap->sources[1].up);
	assert_int_equal(snap->namespaces[0].interfaces[0].addresses[0].bytes[3], 2);
}

static void numbers_above_int64_are_written_as_its_maximum(void **state)
{
	struct snapshot snap = *fixture_empty();
	struct buf text;

	snap.now = UINT64_MAX;
	text = render(&snap, false);
	assert_non_null(strstr(text.data, "\"boottime_ns\":9223372036854775807,"));
	buf_free(&text);
	written_again_it_is_the_same(&snap, false);
}

static void text_that_is_not_clean_is_still_json(void **state)
{
	static const struct source sources[] = {
		{ .name = "a\"b", .state = "\xff\x01\x1b[2J", .detail = "line\nbreak \\ \"", .up = true },
	};
	struct snapshot snap = *fixture_empty();
	struct buf text;
	json_t *root;

	snap.sources = sources;
	snap.source_count = 1;
	snap.time = __builtin_nan("");
	snap.duration = __builtin_inf();
	text = render(&snap, false);
	root = json_loadb(text.data, text.len, 0, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(json_object_get(root, "sources"), "a\"b")), "???[2J");
	assert_true(json_real_value(json_object_get(root, "time")) == 0);
	json_decref(root);
	buf_free(&text);
	written_again_it_is_the_same(&snap, true);
}

/* One place of the golden text changed, and what is said of it. */
static const struct {
	const char *from, *to, *says;
} wrongs[] = {
	{ "\"version\":1", "\"version\":2", "version 2 is not known here" },
	{ "\"version\":1", "\"version\":\"1\"", "version: not a whole number" },
	{ "\"version\":1", "\"Version\":1", "has no \"version\"" },
	{ "\"time\":1764000000.123", "\"time\":-1", "time: not a number of seconds" },
	{ "\"time\":1764000000.123", "\"time\":1e300", "time: not a number of seconds" },
	{ "\"time\":1764000000.123", "\"time\":null", "time: not a number" },
	{ "\"traffic\":\"tcx\"", "\"traffic\":1", "sources: not text" },
	{ "\"held\":true", "\"held\":1", "namespaces[3].held: not true or false" },
	{ "\"kind\":\"pod\"", "\"kind\":\"pot\"", "namespaces[2].kind: \"pot\" is not known" },
	{ "\"index\":5", "\"index\":4294967296",
	  "namespaces[1].interfaces[1].index: not a whole number from 0 to 4294967295" },
	{ "\"index\":5", "\"index\":-5", "namespaces[1].interfaces[1].index: not a whole number" },
	{ "\"index\":5", "\"index\":5.5", "namespaces[1].interfaces[1].index: not a whole number" },
	{ "\"pid\":11384", "\"pid\":2147483648", "namespaces[1].owners[0].pid: not a whole number" },
	{ "\"name\":\"eth1\"", "\"name\":\"eth1234567890123\"", "name: longer than 15 bytes" },
	{ "\"name\":\"eth1\"", "\"name\":\"e\\u001b\"", "name: has control characters" },
	{ "\"name\":\"eth1\"", "\"name\":\"e\\u202e\"", "name: has control characters" },
	{ "\"name\":\"eth1\"", "\"name\":\"e\\u0000\"", "line " },
	{ "\"name\":\"eth1\"", "\"nome\":\"eth1\"", "namespaces[1].interfaces[1]: has no \"name\"" },
	{ "02:42:00:00:00:05", "02:42:00:00:00:5", "interfaces[1].mac: not a MAC address" },
	{ "02:42:00:00:00:05", "02:42:00:00:00:0g", "interfaces[1].mac: not a MAC address" },
	{ "172.17.0.2/16", "172.17.0.2/33", "addresses[0]: not an address" },
	{ "172.17.0.2/16", "172.17.0.256/16", "addresses[0]: not an address" },
	{ "172.17.0.2/16", "172.17.0.2", "addresses[0]: not an address" },
	{ "\"port_state\":\"forwarding\"", "\"port_state\":\"forward\"", "port_state: \"forward\" is not known" },
	{ "\"receive\":null", "\"receive\":0", "interfaces[0].receive: not an object" },
	{ "\"packets\":90,", "\"packets\":\"90\",", "protocols.receive.ipv4_tcp.packets: not a whole number" },
	{ "\"wire_bytes\":92960}", "\"wires\":92960}", "receive: has no \"wire_bytes\"" },
	{ "\"kernel_difference\":{\"receive\":{\"packets\":0", "\"kernel_difference\":{\"receive\":{\"packets\":0.5",
	  "interfaces[0].kernel_difference.receive" },
	{ "\"kernel_difference\":{\"receive\":{\"packets\":0",
	  "\"kernel_difference\":{\"receive\":{\"packets\":-9223372036854775808",
	  "kernel_difference.receive: \"packets\" is out of range" },
	{ "\"kernel_difference\":{\"receive\":", "\"kernel_difference\":{\"received\":",
	  "kernel_difference: has no \"receive\"" },
	{ "\"buckets\":[0,", "\"buckets\":[-1,", "lifecycle.histograms.setup.buckets[0]: not a whole number" },
	{ "\"buckets\":[0,", "\"buckets\":[", "lifecycle.histograms.setup: not 28 buckets" },
	{ "\"buckets\":[0,", "\"buckets\":[0,0,", "lifecycle.histograms.setup.buckets: more than 28" },
	{ "\"owners\":[]", "\"owners\":{}", "owners: not an array" },
	{ "\"owners\":[]", "\"owners\":[],\"owners\":[]", "line " },
	{ "\"unparsed\":5", "\"unparsed\":-5", "losses: not a whole number" },
	{ "\"alive\":5", "\"alive\":99999999999999999999", "line " },
};

static void refused_with_a_reason(void **state)
{
	_cleanup_buf_ struct buf text = render(fixture_node(), false);

	for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++) {
		_cleanup_buf_ struct buf changed = BUF_INIT;
		const char *at = strstr(text.data, wrongs[i].from);
		struct snapshot *snap = NULL;
		char error[256] = "";

		assert_non_null(at);
		(void)buf_append(&changed, text.data, (size_t)(at - text.data));
		(void)buf_puts(&changed, wrongs[i].to);
		(void)buf_puts(&changed, at + strlen(wrongs[i].from));
		assert_int_equal(json_parse_snapshot(changed.data, changed.len, &snap, error, sizeof(error)), -EINVAL);
		assert_null(snap);
		if (!strstr(error, wrongs[i].says))
			print_error("%s -> %s: %s\n", wrongs[i].from, wrongs[i].to, error);
		assert_non_null(strstr(error, wrongs[i].says));
	}
}

static void cut_anywhere_it_is_refused(void **state)
{
	_cleanup_buf_ struct buf text = render(fixture_node(), false);

	for (size_t len = 0; len + 2 < text.len; len += 13) {
		struct snapshot *snap = NULL;
		char error[64] = "";

		assert_int_equal(json_parse_snapshot(text.data, len, &snap, error, sizeof(error)), -EINVAL);
		assert_null(snap);
		assert_true(error[0] != '\0');
	}
}

static void nothing_of_the_input_reaches_the_terminal(void **state)
{
	static const char text[] = "{\"version\": \x1b[2J}";
	struct snapshot *snap = NULL;
	char error[128] = "";

	assert_int_equal(json_parse_snapshot(text, sizeof(text) - 1, &snap, error, sizeof(error)), -EINVAL);
	assert_null(strchr(error, '\x1b'));
	assert_null(strchr(error, '\n'));
}

/* What the fuzzer begins with, and what it found: read without harm, and what is read is written the same. */
static void corpus_is_read_without_harm(void **state)
{
	DIR *dir = opendir("tests/fuzz/corpus/json");
	const struct dirent *entry;
	size_t files = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		struct snapshot *snap = NULL;
		char error[256];

		if (entry->d_name[0] == '.')
			continue;
		assert_int_equal(file_read_at(dirfd(dir), entry->d_name, 1 << 20, &text), 0);
		if (json_parse_snapshot(text.data, text.len, &snap, error, sizeof(error)) == 0)
			written_again_it_is_the_same(snap, true);
		snapshot_free(snap);
		files++;
	}
	(void)closedir(dir);
	assert_true(files >= 5);
}

/* Not a bound: a figure for the log. */
static void thousand_namespaces_are_measured(void **state)
{
	const size_t count = 1000;
	_cleanup_free_ struct netns *rows = calloc(count, sizeof(*rows));
	struct snapshot snap = *fixture_empty();
	struct timespec before, written, after;
	struct snapshot *read;
	struct buf text;

	for (size_t i = 0; i < count; i++) {
		rows[i] = fixture_pod();
		rows[i].inode = 4026532000 + i;
	}
	snap.namespaces = rows;
	snap.namespace_count = count;
	(void)clock_gettime(CLOCK_MONOTONIC, &before);
	text = render(&snap, false);
	(void)clock_gettime(CLOCK_MONOTONIC, &written);
	read = parse(&text);
	(void)clock_gettime(CLOCK_MONOTONIC, &after);
	assert_int_equal(read->namespace_count, count);
	print_message(
		"# measured: 1000 namespaces, %zu bytes of JSON, written in %.1f ms, read in %.1f ms (with sanitizers)\n",
		text.len,
		(double)(written.tv_sec - before.tv_sec) * 1e3 + (double)(written.tv_nsec - before.tv_nsec) / 1e6,
		(double)(after.tv_sec - written.tv_sec) * 1e3 + (double)(after.tv_nsec - written.tv_nsec) / 1e6);
	snapshot_free(read);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_node_is_the_golden_text),
		cmocka_unit_test(empty_node_is_the_golden_text),
		cmocka_unit_test(pretty_and_one_line_say_the_same),
		cmocka_unit_test(keys_of_the_contract_are_there),
		cmocka_unit_test(keys_of_a_namespace_are_those_of_the_contract),
		cmocka_unit_test(keys_of_an_interface_are_those_of_the_contract),
		cmocka_unit_test(what_is_read_is_written_the_same),
		cmocka_unit_test(members_survive_the_way_back),
		cmocka_unit_test(the_example_of_the_design_is_read),
		cmocka_unit_test(numbers_above_int64_are_written_as_its_maximum),
		cmocka_unit_test(text_that_is_not_clean_is_still_json),
		cmocka_unit_test(refused_with_a_reason),
		cmocka_unit_test(cut_anywhere_it_is_refused),
		cmocka_unit_test(nothing_of_the_input_reaches_the_terminal),
		cmocka_unit_test(corpus_is_read_without_harm),
		cmocka_unit_test(thousand_namespaces_are_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
