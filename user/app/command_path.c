/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/command.h"
#include "app/host.h"
#include "app/look.h"
#include "app/name.h"
#include "app/question.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "model/path.h"
#include "render/path.h"

enum { JSON, DOT };

static const struct question_form form = {
	.word = "path",
	.args_doc = "NAME [TO]",
	.flags = { [JSON] = { "json",
	                      "One JSON object: the hops of each path, \"from\" telling which one each hangs on", 'j' },
	           [DOT] = { "dot", "A graph for Graphviz", '\0' } },
	.one_flag = true,
	.least = 1,
	.most = 2,
	.too_few = "of which? (see ctnet ls)",
	.too_many = "one NAME, and at most one to go to",
	.doc = "Draws the way of each interface of a namespace, hop by hop from the inner end to the uplink of this host, with state, "
	       "MTU, addresses and counters; with TO the way between two. rx and tx are those of the device itself, as `ip -s link` "
	       "has them. It tells how things are wired, not what a firewall lets through; what is not known is said and not guessed.\v"
	       "NAME and TO are a container's name or the beginning of its id, a pod, a name of `ip netns`, a PID, a netns inode or "
	       "its path, a host interface, NAME:INTERFACE, a MAC or an IP address.\n"
	       "\n"
	       "Examples:\n"
	       "  ctnet path box\n"
	       "  ctnet path box db\n"
	       "  ctnet path 172.17.0.2 --json | jq -r '.paths[0].hops[].name'\n"
	       "  ctnet path box --dot | dot -Tsvg >box.svg",
};

static int render(const struct question *q, const struct path_answer *all, struct buf *ret)
{
	if (q->flags[JSON])
		return path_render_json(all, ret);
	return (q->flags[DOT] ? path_render_dot : path_render_text)(all, ret);
}

static int answer(const void *question, const struct snapshot *snap, struct buf *ret, struct fault *fault)
{
	const struct question *q = question;
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_host_ struct host host = { 0 };
	struct path_answer all = { .snap = snap, .facts = &host.facts };
	const char *to = q->names[1]; /* NULL: to the uplinks */
	struct way way;
	int r = name_resolve(snap, q->names[0], &all.ns, fault);

	if (r == 0 && to)
		r = name_resolve(snap, to, &all.to, fault);
	if (r == 0)
		r = host_read(&q->node.collector, &host, fault);
	if (r < 0)
		return r;
	if (to)
		r = path_between(snap, &host.facts, all.ns, all.to, &arena, &way);
	else
		r = path_make_all(snap, &host.facts, all.ns, false, &arena, &all.list);
	all.way = &way;
	return r < 0 ? r : render(q, &all, ret);
}

int command_path(int argc, char **argv, struct fault *fault)
{
	struct question q;

	if (!question_parse(&form, argc, argv, fault, &q))
		return EXIT_CODE_USAGE;
	return look_once(&q.node, answer, &q, fault);
}
