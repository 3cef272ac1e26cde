/* SPDX-License-Identifier: GPL-2.0-only */
#include <argp.h>
#include <errno.h>

#include "app/command.h"
#include "app/host.h"
#include "app/look.h"
#include "app/name.h"
#include "app/node_options.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "model/path.h"
#include "render/path.h"

enum { KEY_DOT = 0x200 };

struct path_options {
	struct node_options node;
	const char *name;
	const char *to; /* NULL: to the uplinks */
	int (*render)(const struct path_answer *answer, struct buf *ret);
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "One JSON object: the hops of each path, \"from\" telling which one each hangs on", 1 },
	{ "dot", KEY_DOT, NULL, 0, "A graph for Graphviz", 1 },
	{ 0 },
};

static error_t take_name(struct path_options *o, const char *value)
{
	if (o->to) {
		fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE, "path: %s: one NAME, and at most one to go to",
		          value);
		return EINVAL;
	}
	if (o->name)
		o->to = value;
	else
		o->name = value;
	return 0;
}

static error_t take_format(struct path_options *o, int (*render)(const struct path_answer *, struct buf *))
{
	if (o->render != path_render_text && o->render != render) {
		fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE, "path: --json or --dot, not both");
		return EINVAL;
	}
	o->render = render;
	return 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct path_options *o = state->input;

	switch (key) {
	case 'j':
		return take_format(o, path_render_json);
	case KEY_DOT:
		return take_format(o, path_render_dot);
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->node;
		return 0;
	case ARGP_KEY_ARG:
		return take_name(o, value);
	case ARGP_KEY_END:
		if (o->name)
			return 0;
		fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE, "path: of which? (see ctnet ls)");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &node_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "NAME [TO]",
	.children = children,
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

static int answer(const void *options_given, const struct snapshot *snap, struct buf *ret, struct fault *fault)
{
	const struct path_options *o = options_given;
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_host_ struct host host = { 0 };
	struct path_answer all = { .snap = snap, .facts = &host.facts };
	struct way way;
	int r = name_resolve(snap, o->name, &all.ns, fault);

	if (r == 0 && o->to)
		r = name_resolve(snap, o->to, &all.to, fault);
	if (r == 0)
		r = host_read(&o->node.collector, &host, fault);
	if (r < 0)
		return r;
	if (o->to)
		r = path_between(snap, &host.facts, all.ns, all.to, &arena, &way);
	else
		r = path_make_all(snap, &host.facts, all.ns, false, &arena, &all.list);
	all.way = &way;
	return r < 0 ? r : o->render(&all, ret);
}

int command_path(int argc, char **argv, struct fault *fault)
{
	struct path_options o = { .node = { .fault = fault }, .render = path_render_text };

	if (!app_parse(&argp, argc, argv, &o, fault))
		return EXIT_CODE_USAGE;
	return look_once(&o.node, answer, &o, fault);
}
