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
#include "observe/namespaces/holders.h"
#include "render/detail.h"
#include "render/json.h"

#define HOLDER_TEXT_MAX 512

struct show_options {
	struct node_options node;
	const char *name;
	bool json;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "A JSON object as that of ls, with this namespace alone", 1 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct show_options *o = state->input;

	switch (key) {
	case 'j':
		o->json = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->node;
		return 0;
	case ARGP_KEY_ARG:
		if (o->name) {
			fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE, "%s: one NAME at a time", value);
			return EINVAL;
		}
		o->name = value;
		return 0;
	case ARGP_KEY_END:
		if (o->name)
			return 0;
		fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE, "show: which? (see ctnet ls)");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &node_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "NAME",
	.children = children,
	.doc = "Shows all that is known of one namespace: who lives in it, the path of each interface, totals, and what "
	       "keeps it alive where no process does.\v"
	       "NAME is a container's name or the beginning of its id, a pod, a name of `ip netns`, a PID, a netns inode or its "
	       "path, a host interface, NAME:INTERFACE, a MAC or an IP address.\n"
	       "\n"
	       "Examples:\n"
	       "  ctnet show box\n"
	       "  ctnet show 172.17.0.2\n"
	       "  ctnet show veth2125897 --json | jq '.namespaces[0].owners'",
};

/* Every holder of a namespace that has no process, as lines of text. */
static int find_holders(const struct show_options *o, const struct netns *ns, struct arena *arena,
                        const char *const **ret, size_t *ret_count)
{
	const char *proc = o->node.collector.proc ? o->node.collector.proc : "/proc";
	struct holders holders = { 0 };
	const char **lines;
	int r;

	if (!ns->held)
		return 0;
	r = holders_find(proc, &ns->inode, 1, &holders);
	if (r < 0)
		return r;
	lines = arena_array(arena, holders.items.count, sizeof(*lines));
	for (size_t i = 0; lines && i < holders.items.count; i++) {
		char *line = arena_alloc(arena, HOLDER_TEXT_MAX);

		if (!line)
			break;
		holder_format(array_at(&holders.items, i), line, HOLDER_TEXT_MAX);
		lines[(*ret_count)++] = line;
	}
	*ret = lines;
	holders_free(&holders);
	return 0;
}

static int render_text(const struct show_options *o, const struct snapshot *snap, const struct netns *ns,
                       struct buf *ret, struct fault *fault)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_host_ struct host host = { 0 };
	struct detail detail = { .ns = ns };
	int r = host_read(&o->node.collector, &host, fault);

	if (r == 0)
		r = path_make_all(snap, &host.facts, ns, true, &arena, &detail.list);
	if (r == 0)
		r = find_holders(o, ns, &arena, &detail.holders, &detail.holder_count);
	return r < 0 ? r : detail_render(snap, &host.facts, &detail, ret);
}

static int answer(const void *options_given, const struct snapshot *snap, struct buf *ret, struct fault *fault)
{
	const struct show_options *o = options_given;
	struct snapshot alone = *snap;
	const struct netns *ns;
	int r = name_resolve(snap, o->name, &ns, fault);

	if (r < 0)
		return r;
	alone.namespaces = ns;
	alone.namespace_count = 1;
	return o->json ? json_render(&alone, true, ret) : render_text(o, snap, ns, ret, fault);
}

int command_show(int argc, char **argv, struct fault *fault)
{
	struct show_options o = { .node = { .fault = fault } };

	if (!app_parse(&argp, argc, argv, &o, fault))
		return EXIT_CODE_USAGE;
	return look_once(&o.node, answer, &o, fault);
}
