/* SPDX-License-Identifier: GPL-2.0-only */
/* How the paths and what a handle is are shown: byte for byte, against tests/golden, and dot's own reader. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "render/detail.h"
#include "render/path.h"
#include "render/show.h"
#include "unit/golden.h"
#include "unit/path_fixture.h"
#include "unit/unit.h"

typedef int (*render_fn)(const struct path_answer *answer, struct buf *ret);

/* @to 0: to the uplinks. */
static void render(render_fn how, struct path_node *node, uint64_t inode, uint64_t to, struct buf *ret)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct path_answer answer = { .snap = &node->snap, .facts = &node->facts, .ns = path_of(node, inode) };
	struct way way;

	if (to) {
		answer.to = path_of(node, to);
		answer.way = &way;
		assert_int_equal(path_between(&node->snap, &node->facts, answer.ns, answer.to, &arena, &way), 0);
	} else {
		assert_int_equal(path_make_all(&node->snap, &node->facts, answer.ns, false, &arena, &answer.list), 0);
	}
	assert_int_equal(how(&answer, ret), 0);
}

static void text_of_every_path(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct path_node *node = path_node();

	for (uint64_t inode = 1001; inode <= 1000 + PATH_NS_COUNT; inode++) {
		if (inode == 1016) /* names that no snapshot has, which are cleaned */
			continue;
		render(path_render_text, node, inode, 0, &text);
		(void)buf_putc(&text, '\n');
	}
	assert_true(golden_is("path.txt", &text));
}

static void text_of_every_kind_of_way(void **state)
{
	static const uint64_t pairs[][2] = {
		{ 1001, 1001 }, { 1005, 1006 }, { 1001, 1002 }, { 1007, 1008 }, { 1001, 1003 },
		{ 1007, 1001 }, { 1001, 1005 }, { 1012, 1001 }, { 1015, 1001 },
	};
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct path_node *node = path_node();

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		render(path_render_text, node, pairs[i][0], pairs[i][1], &text);
		(void)buf_putc(&text, '\n');
	}
	node->facts = (struct host_facts){ .ipv4 = FORWARDING_OFF, .ipv6 = FORWARDING_OFF };
	render(path_render_text, node, 1001, 1003, &text);
	render(path_render_text, node, 1001, 0, &text);
	node->facts = (struct host_facts){ .routes_known = true };
	render(path_render_text, node, 1001, 0, &text);
	assert_true(golden_is("path_ways.txt", &text));
}

static void json_of_a_path_and_a_way(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct path_node *node = path_node();

	render(path_render_json, node, 1001, 0, &text);
	render(path_render_json, node, 1016, 0, &text);
	render(path_render_json, node, 1001, 1002, &text);
	render(path_render_json, node, 1001, 1005, &text);
	assert_true(golden_is("path.json", &text));
}

/* One object for each, that a JSON reader takes, whatever the names hold. */
static void json_is_json(void **state)
{
	struct path_node *node = path_node();

	for (uint64_t inode = 1001; inode <= 1000 + PATH_NS_COUNT; inode++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		json_t *root;

		render(path_render_json, node, inode, 0, &text);
		root = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(root);
		assert_int_equal(json_integer_value(json_object_get(json_object_get(root, "from"), "netns")), inode);
		json_decref(root);
	}
}

static void graph_of_a_path_and_a_way(void **state)
{
	_cleanup_buf_ struct buf plain = BUF_INIT;
	_cleanup_buf_ struct buf evil = BUF_INIT;
	_cleanup_buf_ struct buf way = BUF_INIT;
	struct path_node *node = path_node();

	render(path_render_dot, node, 1017, 0, &plain); /* two paths that share all but the first hop */
	assert_true(golden_is("path.dot", &plain));
	render(path_render_dot, node, 1016, 0, &evil);
	assert_true(golden_is("path_evil.dot", &evil));
	render(path_render_dot, node, 1012, 1001, &way);
	assert_true(golden_is("path_way.dot", &way));
}

/* Runs dot over @graph. Returns whether it took it without a word, and what it drew. */
static bool dot_takes(const struct buf *graph, struct buf *ret)
{
	char name[] = "/tmp/ctnet-dot-XXXXXX";
	char command[128];
	int fd = mkstemp(name);
	char part[4096];
	size_t got;
	FILE *out;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, graph->data, graph->len), graph->len);
	(void)close(fd);
	(void)snprintf(command, sizeof(command), "dot -Tsvg %s 2>&1", name);
	out = popen(command, "r");
	assert_non_null(out);
	while ((got = fread(part, 1, sizeof(part), out)) > 0)
		assert_int_equal(buf_append(ret, part, got), 0);
	(void)unlink(name);
	return pclose(out) == 0 && strncmp(ret->data, "<?xml", 5) == 0;
}

static void graphviz_draws_every_graph_and_the_names_as_they_are(void **state)
{
	struct path_node *node = path_node();

	if (system("command -v dot >/dev/null") != 0)
		skip();
	for (uint64_t inode = 1011; inode <= 1000 + PATH_NS_COUNT; inode++) {
		_cleanup_buf_ struct buf graph = BUF_INIT;
		_cleanup_buf_ struct buf svg = BUF_INIT;

		render(path_render_dot, node, inode, 0, &graph);
		assert_true(dot_takes(&graph, &svg));
		if (inode != 1016)
			continue;
		/* the name as SVG escapes it: no quote ended it, no \N or &lt; was replaced */
		assert_non_null(strstr(svg.data, "e&quot;v\\N&amp;lt;&lt;?"));
		assert_non_null(strstr(svg.data, "v&quot;\\&amp;"));
	}
	for (uint64_t to = 1001; to <= 1000 + PATH_NS_COUNT; to += 4) {
		_cleanup_buf_ struct buf graph = BUF_INIT;
		_cleanup_buf_ struct buf svg = BUF_INIT;

		render(path_render_dot, node, 1001, to, &graph);
		assert_true(dot_takes(&graph, &svg));
	}
}

/* `ctnet show`: the same drawing for every interface, also those that lead nowhere, with counters and holders. */
static void details_of_a_namespace(void **state)
{
	static const char *const holders[] = { "mount /run/netns/lost", "process 12 (a), descriptor 3" };
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct path_node *node = path_node();

	node->snap.now = 4000000000;
	node->ns[13].held = true;
	for (uint64_t inode = 1001; inode <= 1014; inode += 13) {
		struct detail detail = { .ns = path_of(node, inode),
			                 .holders = holders,
			                 .holder_count = ARRAY_SIZE(holders) };

		assert_int_equal(path_make_all(&node->snap, &node->facts, detail.ns, true, &arena, &detail.list), 0);
		assert_int_equal(detail.list.count, detail.ns->interface_count);
		assert_int_equal(detail_render(&node->snap, &node->facts, &detail, &text), 0);
	}
	assert_true(golden_is("show.txt", &text));
}

static void a_route_names_its_family_where_no_gateway_does(void **state)
{
	struct default_route route = { .family = AF_INET };
	char text[SHOW_ROUTE_SIZE];

	show_default_route(&route, text);
	assert_string_equal(text, "IPv4 default route");
	route.has_gateway = true;
	route.gateway = fixture_v4(192, 0, 2, 1, 0);
	show_default_route(&route, text);
	assert_string_equal(text, "default route via 192.0.2.1");
	route.gateway = fixture_v6("fe80::1", 0);
	show_default_route(&route, text);
	assert_string_equal(text, "IPv4 default route via fe80::1");
	route.family = AF_INET6;
	show_default_route(&route, text);
	assert_string_equal(text, "default route via fe80::1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_every_path),
		cmocka_unit_test(text_of_every_kind_of_way),
		cmocka_unit_test(json_of_a_path_and_a_way),
		cmocka_unit_test(json_is_json),
		cmocka_unit_test(graph_of_a_path_and_a_way),
		cmocka_unit_test(graphviz_draws_every_graph_and_the_names_as_they_are),
		cmocka_unit_test(a_route_names_its_family_where_no_gateway_does),
		cmocka_unit_test(details_of_a_namespace),
	};

	return cmocka_run_group_tests_name("path_render", tests, NULL, NULL);
}
