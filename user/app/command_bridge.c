/* SPDX-License-Identifier: GPL-2.0-only */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "app/command.h"
#include "app/node_options.h"
#include "app/output.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "model/bridge_detail.h"
#include "observe/netlink/bridges.h"
#include "render/bridge_table.h"

/* A port with more is an uplink to a large network: nobody reads on. */
#define ENTRIES_SHOWN 100

struct bridge_options {
	struct node_options node;
	const char *name;
	bool json;
	bool all;
};

static const struct argp_option options[] = {
	{ "all", 'a', NULL, 0, "Every entry of the forwarding database, not only the first 100 of a port", 1 },
	{ "json", 'j', NULL, 0, "One JSON object", 1 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct bridge_options *o = state->input;

	switch (key) {
	case 'a':
		o->all = true;
		return 0;
	case 'j':
		o->json = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->node;
		return 0;
	case ARGP_KEY_ARG:
		if (o->name) {
			fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE, "%s: one BRIDGE at a time", value);
			return EINVAL;
		}
		o->name = value;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &node_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[BRIDGE]",
	.children = children,
	.doc = "Lists the bridges of this host, their ports and whose they are. Of one BRIDGE: its settings, each port with its state, "
	       "cost, VLANs and what it does otherwise than others, and the forwarding database: which address was learned behind which "
	       "port, and whose it is.\v"
	       "IN is what came into the bridge through a port, OUT what left through it: of a container's port that is what the "
	       "container sent and what it received. KIND of an entry: learned (from a frame, AGE ago), static (put there by hand), "
	       "permanent (an address of the port or the bridge itself), extern (told by a control plane), remote (of a tunnel: behind "
	       "which host). What a device takes in for itself, as multicast groups, is no entry of a bridge and not listed.\n"
	       "\n"
	       "The bridges inside a container: ctnet exec NAME -- ctnet bridge\n"
	       "\n"
	       "Examples:\n"
	       "  ctnet bridge\n"
	       "  ctnet bridge docker0\n"
	       "  ctnet bridge docker0 --json | jq -c '.bridges[].fdb[] | [.mac, .port]'",
};

static int no_such_bridge(const struct bridge_options *o, const struct snapshot *snap, struct fault *fault)
{
	_cleanup_buf_ struct buf list = BUF_INIT;

	for (size_t i = 0; i < snap->bridge_count && list.len < 200; i++)
		(void)buf_printf(&list, "%s%s", i ? ", " : ": ", snap->bridges[i].name);
	return fault_set(fault, -ENOENT, EXIT_CODE_NO_SUCH_NAME, "%s: no bridge of that name here%s%s", o->name,
	                 list.len ? "; there are" : ", and no other", list.len ? list.data : "");
}

static int print(const struct bridge_options *o, const struct snapshot *snap, const struct bridge_look *look,
                 struct fault *fault)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct bridge_view *bridges;
	size_t count;
	int r;

	if (o->name && look->bridges.count == 0)
		return no_such_bridge(o, snap, fault);
	r = bridge_detail_build(snap, look, &arena, &bridges, &count);
	if (r == 0 && o->json)
		r = bridge_json_render(bridges, count, snap->observing_inode, o->name != NULL, &text);
	else if (r == 0 && o->name)
		r = bridge_detail_render(&bridges[0], &text);
	else if (r == 0)
		r = bridge_table_render(bridges, count, &text);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "%s", strerror(-r));
	if (count == 0 && !o->json)
		log_info("no bridge here");
	if (!look->complete)
		log_warning("bridges changed while they were read: something may be missing");
	r = output_write(text.data, count > 0 || o->json ? text.len : 0, fault);
	return r == -EPIPE ? 0 : r;
}

int command_bridge(int argc, char **argv, struct fault *fault)
{
	struct bridge_options o = { .node = { .fault = fault } };
	_cleanup_bridge_look_ struct bridge_look look = { 0 };
	struct bridges_options what;
	struct collector *collector;
	const struct snapshot *snap;
	int r;

	if (!app_parse(&argp, argc, argv, &o, fault))
		return EXIT_CODE_USAGE;
	what = (struct bridges_options){ .only = o.name, .entries_per_port = o.all ? 0 : ENTRIES_SHOWN };
	r = collector_open(&o.node.collector, &collector, fault);
	if (r < 0)
		return app_fail(fault);
	r = collector_snapshot(collector, &snap, NULL, fault);
	if (r == 0)
		r = bridges_look(&what, &look, fault);
	if (r == 0)
		r = print(&o, snap, &look, fault);
	collector_free(collector);
	return r < 0 ? app_fail(fault) : EXIT_CODE_OK;
}
