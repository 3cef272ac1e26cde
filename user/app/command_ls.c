/* SPDX-License-Identifier: GPL-2.0-only */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "app/look.h"
#include "app/node_options.h"
#include "base/buf.h"
#include "base/log.h"
#include "render/json.h"
#include "render/table.h"

struct ls_options {
	struct node_options node;
	bool json;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "One JSON object, as documented in the README", 1 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct ls_options *o = state->input;

	switch (key) {
	case 'j':
		o->json = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->node;
		return 0;
	case ARGP_KEY_ARG:
		fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE, "ls %s: takes options only (see ctnet ls --help)",
		          value);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &node_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = children,
	.doc = "Lists every network namespace of this node: who lives in it, its interfaces, the host end and bridge of each, "
	       "addresses, and totals from the kernel's own counters. Attaches nothing.\v"
	       "Examples:\n"
	       "  ctnet ls\n"
	       "  ctnet ls --json | jq -r '.namespaces[] | [.name, .interfaces[].peer.name] | @tsv'",
};

/* What a reader of the table should know besides: sources that did not give all. */
static void say_what_is_missing(const struct snapshot *snap)
{
	for (size_t i = 0; i < snap->source_count; i++) {
		const struct source *s = &snap->sources[i];

		if (s->incomplete || (!s->up && strcmp(s->name, "lifecycle") != 0))
			log_warning("%s: %s%s%s", s->name, s->state, s->detail[0] ? ": " : "", s->detail);
	}
	if (snap->namespace_count == 0)
		log_info("no container or other network namespace here");
}

static int answer(const void *options_given, const struct snapshot *snap, struct buf *ret, struct fault *fault)
{
	const struct ls_options *o = options_given;

	(void)fault;
	if (o->json)
		return json_render(snap, true, ret);
	say_what_is_missing(snap);
	return table_render_namespaces(snap, ret);
}

int command_ls(int argc, char **argv, struct fault *fault)
{
	struct ls_options o = { .node = { .fault = fault } };

	if (!app_parse(&argp, argc, argv, &o, fault))
		return EXIT_CODE_USAGE;
	return look_once(&o.node, answer, &o, fault);
}
