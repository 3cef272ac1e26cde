/* SPDX-License-Identifier: GPL-2.0-only */
#include <argp.h>
#include <errno.h>
#include <string.h>

#include "app/command.h"
#include "app/host.h"
#include "app/look.h"
#include "app/name.h"
#include "app/node_options.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "model/which.h"
#include "render/which.h"

/* The things of a fault's list; more are only counted. */
#define CANDIDATES_SHOWN 4

struct which_options {
	struct node_options node;
	const char *handle;
	bool json;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "The answer as a JSON object, with the line in \"text\"", 1 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct which_options *o = state->input;

	switch (key) {
	case 'j':
		o->json = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->node;
		return 0;
	case ARGP_KEY_ARG:
		if (o->handle) {
			fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE, "which: %s: one HANDLE at a time", value);
			return EINVAL;
		}
		o->handle = value;
		return 0;
	case ARGP_KEY_END:
		if (o->handle)
			return 0;
		fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE,
		          "which: of what? (an interface, an address, a PID; see ctnet which --help)");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &node_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "HANDLE",
	.children = children,
	.doc = "Says in one line which thing a handle is, and whose.\v"
	       "HANDLE is an interface of this host (a host end, a bridge, an uplink) or NAME:INTERFACE for one inside a namespace, "
	       "an IP address (with a prefix length or a zone, or without), a MAC address, a container's name or the beginning of "
	       "its id, a pod, a PID, a netns inode or the path of a namespace. One that means several things lists them and ends "
	       "with 5.\n"
	       "\n"
	       "Examples:\n"
	       "  ctnet which veth2125897\n"
	       "  ctnet which 172.17.0.2\n"
	       "  ctnet which box:eth0\n"
	       "  ctnet which /run/netns/blue\n"
	       "  ctnet which docker0 --json | jq -r '.owners[].name'",
};

static int ambiguous(const char *handle, const struct thing *things, size_t count, struct fault *fault)
{
	_cleanup_buf_ struct buf list = BUF_INIT;

	for (size_t i = 0; i < count && i < CANDIDATES_SHOWN; i++) {
		(void)buf_puts(&list, i ? ", " : "");
		which_put_short(&things[i], &list);
	}
	return fault_set(fault, -ENOENT, EXIT_CODE_NO_SUCH_NAME,
	                 "\"%s\" is %zu things: %s%s; say which (NAME:INTERFACE)", handle, count,
	                 list.data ? list.data : "", count > CANDIDATES_SHOWN ? ", …" : "");
}

static int find(const struct which_options *o, const struct snapshot *snap, struct arena *arena, struct thing *ret,
                struct fault *fault)
{
	char inode[NAME_INODE_SIZE];
	const char *key = name_of_path(o->handle, inode, fault);
	struct thing *things = NULL;
	size_t count = 0;
	int r;

	if (!key)
		return -ENOENT;
	r = which_find(snap, key, arena, &things, &count);
	if (r == 0 && count == 0 && name_of_pid(key, inode))
		r = which_find(snap, inode, arena, &things, &count);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "%s", strerror(-r));
	if (count == 0)
		return name_unknown(o->handle, fault);
	if (count > 1)
		return ambiguous(o->handle, things, count, fault);
	*ret = things[0];
	return 0;
}

static int answer(const void *options_given, const struct snapshot *snap, struct buf *ret, struct fault *fault)
{
	const struct which_options *o = options_given;
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_host_ struct host host = { 0 };
	struct bridge_ports ports;
	struct thing thing;
	bool is_bridge;
	int r = find(o, snap, &arena, &thing, fault);

	if (r == 0)
		r = host_read(&o->node.collector, &host, fault);
	if (r < 0)
		return r;
	is_bridge = thing.kind == THING_BRIDGE;
	if (is_bridge)
		r = which_ports(snap, thing.device, &arena, &ports);
	if (r < 0)
		return r;
	return (o->json ? which_render_json : which_render_text)(&thing, snap, &host.facts, is_bridge ? &ports : NULL,
	                                                         ret);
}

int command_which(int argc, char **argv, struct fault *fault)
{
	struct which_options o = { .node = { .fault = fault } };

	if (!app_parse(&argp, argc, argv, &o, fault))
		return EXIT_CODE_USAGE;
	return look_once(&o.node, answer, &o, fault);
}
