/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "render/heading.h"
#include "render/path.h"
#include "render/show.h"

/* All hops of all paths, one behind the other; each is drawn as the first that is the same. */
struct node {
	const struct path *path;
	const struct hop *hop;
	size_t same;  /* the node it is drawn as */
	size_t from;  /* the node it hangs on */
	bool grouped; /* is in a cluster already */
};

struct graph {
	struct node *nodes;
	size_t count;
};

/*
 * Inside the quotes of a label: a quote would end it, a backslash begins an escape, and '&' an entity, which Graphviz reads in
 * labels as well (https://graphviz.org/doc/info/lang.html, .../entities.html).
 */
static void put_escaped(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			(void)buf_printf(out, "\\%c", *text);
		else if (*text == '&')
			(void)buf_puts(out, "&amp;");
		else if ((unsigned char)*text < 0x20)
			(void)buf_putc(out, '?');
		else
			(void)buf_putc(out, *text);
	}
}

static int make_graph(const struct path *paths, size_t count, struct graph *ret)
{
	size_t total = 0;
	size_t at = 0;

	for (size_t i = 0; i < count; i++)
		total += paths[i].hop_count;
	ret->nodes = calloc(total + 1, sizeof(*ret->nodes));
	if (!ret->nodes)
		return -ENOMEM;
	ret->count = total;
	for (size_t i = 0; i < count; i++) {
		size_t first = at;

		for (size_t h = 0; h < paths[i].hop_count; h++, at++) {
			struct node *node = &ret->nodes[at];

			*node = (struct node){ .path = &paths[i], .hop = &paths[i].hops[h] };
			node->from = first + paths[i].hops[h].from;
			while (node->same < at && !hop_same(ret->nodes[node->same].hop, node->hop))
				node->same++;
		}
	}
	return 0;
}

static void put_device(struct buf *out, const struct hop *hop)
{
	char text[SHOW_ROUTE_SIZE];
	char rx[16], tx[16];

	put_escaped(out, hop->name[0] ? hop->name : "?");
	if (hop->index)
		(void)buf_printf(out, "\\nif %" PRIu32, hop->index);
	if (hop->read)
		(void)buf_printf(out, "  %s  mtu %" PRIu32 "  %s", link_kind_name(hop->link), hop->mtu,
		                 hop->up ? "up" : "down");
	if (hop->has_mac) {
		show_mac(hop->mac, text);
		(void)buf_printf(out, "\\n%s", text);
	}
	for (size_t i = 0; i < hop->address_count; i++) {
		address_format(&hop->addresses[i], text, sizeof(text));
		(void)buf_printf(out, "\\n%s", text);
	}
	if (hop->counted) {
		format_bytes(hop->traffic[RECEIVE].bytes, rx, sizeof(rx));
		format_bytes(hop->traffic[TRANSMIT].bytes, tx, sizeof(tx));
		(void)buf_printf(out, "\\nrx %s  tx %s", rx, tx);
	}
	for (size_t i = 0; i < ARRAY_SIZE(hop->routes); i++) {
		if (!hop->routes[i])
			continue;
		show_default_route(hop->routes[i], text);
		(void)buf_printf(out, "\\n%s", text);
	}
}

static void put_node(struct buf *out, const struct path_answer *answer, size_t id, const struct node *node)
{
	const struct hop *hop = node->hop;

	(void)buf_printf(out, "\t\tn%zu [label=\"", id);
	if (hop->kind == HOP_HOST) {
		(void)buf_puts(out, "routing\\nforwarding ");
		path_put_forwarding(out, answer->facts);
		(void)buf_puts(out, "\", shape=ellipse];\n");
	} else if (hop->kind == HOP_NETNS) {
		(void)buf_puts(out, "routing\\nforwarding not known\", shape=ellipse];\n");
	} else if (hop->kind == HOP_NOWHERE) {
		put_escaped(out, path_nowhere(&node->path->hops[hop->from]));
		(void)buf_puts(out, "\", shape=plaintext];\n");
	} else {
		put_device(out, hop);
		(void)buf_puts(out, "\"];\n");
	}
}

static void put_cluster_label(struct buf *out, const struct path_answer *answer, const struct hop *hop)
{
	_cleanup_buf_ struct buf name = BUF_INIT;

	if (hop->netns == answer->snap->observing_inode)
		(void)buf_puts(&name, "this host");
	else if (hop->ns)
		heading_name(&name, hop->ns);
	else
		(void)buf_puts(&name, "nobody known");
	out->failed |= name.failed;
	(void)buf_puts(out, "\t\tlabel=\"");
	put_escaped(out, name.failed ? "" : name.data);
	if (hop->ns && hop->ns->owner_count > 0) {
		(void)buf_puts(out, "\\n");
		(void)buf_puts(out, owner_kind_name(hop->ns->kind));
	}
	(void)buf_printf(out, "\\nnetns %" PRIu64 "\";\n", hop->netns);
}

/* The devices of one namespace stand in one frame; what is nowhere known stands in none. */
static void put_clusters(struct buf *out, const struct path_answer *answer, struct graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		const struct hop *hop = graph->nodes[i].hop;

		if (graph->nodes[i].grouped || graph->nodes[i].same != i)
			continue;
		if (hop->netns == 0) {
			put_node(out, answer, i, &graph->nodes[i]);
			continue;
		}
		(void)buf_printf(out, "\tsubgraph cluster_%zu {\n", i);
		put_cluster_label(out, answer, hop);
		for (size_t n = i; n < graph->count; n++) {
			if (graph->nodes[n].same != n || graph->nodes[n].hop->netns != hop->netns)
				continue;
			graph->nodes[n].grouped = true;
			put_node(out, answer, n, &graph->nodes[n]);
		}
		(void)buf_puts(out, "\t}\n");
	}
}

static bool edge_is_new(const struct graph *graph, size_t at)
{
	size_t a = graph->nodes[graph->nodes[at].from].same;
	size_t b = graph->nodes[at].same;

	for (size_t i = 0; i < at; i++) {
		size_t c = graph->nodes[graph->nodes[i].from].same;
		size_t d = graph->nodes[i].same;

		if ((a == c && b == d) || (a == d && b == c))
			return false;
	}
	return a != b;
}

static void put_edges(struct buf *out, const struct graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		const struct node *node = &graph->nodes[i];
		const char *via = hop_via_name(node->hop->via);

		if (!edge_is_new(graph, i))
			continue;
		(void)buf_printf(out, "\tn%zu -> n%zu [label=\"%s\"%s];\n", graph->nodes[node->from].same, node->same,
		                 via ? via : "?", node->hop->via == VIA_ROUTE ? "" : ", dir=none");
	}
}

/* Two namespaces that are one, or that nothing known joins. */
static void put_two(struct buf *out, const struct path_answer *answer)
{
	const struct netns *const ends[] = { answer->ns, answer->to };
	_cleanup_buf_ struct buf name = BUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		buf_reset(&name);
		heading_name(&name, ends[i]);
		out->failed |= name.failed;
		(void)buf_printf(out, "\tn%zu [label=\"", i);
		put_escaped(out, name.failed ? "" : name.data);
		(void)buf_puts(out, "\"];\n");
		if (answer->ns == answer->to)
			return;
	}
	(void)buf_printf(out, "\tn0 -> n1 [label=\"%s\", style=dotted, dir=none];\n", way_kind_name(answer->way->kind));
}

int path_render_dot(const struct path_answer *answer, struct buf *ret)
{
	size_t before = ret->len;
	struct graph graph;
	int r = answer->to ? make_graph(&answer->way->path, 1, &graph)
	                   : make_graph(answer->list.paths, answer->list.count, &graph);

	if (r < 0)
		return r;
	(void)buf_puts(ret, "digraph ctnet {\n"
	                    "\trankdir=LR;\n"
	                    "\tcharset=\"UTF-8\";\n"
	                    "\tnode [shape=box, fontname=\"sans-serif\"];\n"
	                    "\tedge [fontname=\"sans-serif\"];\n");
	if (answer->to && graph.count == 0)
		put_two(ret, answer);
	put_clusters(ret, answer, &graph);
	put_edges(ret, &graph);
	(void)buf_puts(ret, "}\n");
	free(graph.nodes);
	if (!ret->failed)
		return 0;
	ret->len = before;
	return -ENOMEM;
}
