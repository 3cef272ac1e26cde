/* SPDX-License-Identifier: GPL-2.0-only */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "app/name.h"
#include "app/node_options.h"
#include "app/output.h"
#include "base/array.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "model/exposed.h"
#include "model/query.h"
#include "observe/namespaces/enter.h"
#include "observe/namespaces/exposed.h"
#include "observe/namespaces/exposed_text.h"
#include "render/exposed.h"

struct expose_options {
	struct node_options node;
	const char *name;
	const char *as;
	bool json;
	bool takes_away; /* unexpose */
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "One JSON object", 1 },
	{ 0 },
};

static error_t too_many(struct expose_options *o, const char *value)
{
	fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE, "%s: %s", value,
	          o->takes_away ? "one NAME at a time" : "one NAME, and AS what, at a time");
	return EINVAL;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct expose_options *o = state->input;

	switch (key) {
	case 'j':
		o->json = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->node;
		return 0;
	case ARGP_KEY_ARG:
		if (!o->name)
			o->name = value;
		else if (!o->as && !o->takes_away)
			o->as = value;
		else
			return too_many(o, value);
		return 0;
	case ARGP_KEY_END:
		if (o->name || !o->takes_away)
			return 0;
		fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE, "unexpose: which? (see ctnet expose)");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &node_argp, 0, NULL, 0 }, { 0 } };

static const struct argp expose_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[NAME [AS]]",
	.children = children,
	.doc = "Gives the network namespace of a container a name for `ip netns`: mounts it in /run/netns, as `ip netns attach` does. Without "
	       "NAME lists what is exposed.\v"
	       "NAME is whatever `ctnet show` takes; AS is the name to give, else it is the owner's (a / becomes -). A name that is there "
	       "is never touched: if it is that very namespace, that is said, else another has to be given.\n"
	       "\n"
	       "The name keeps the namespace and its interfaces alive, also when the container has ended, until `ctnet unexpose`. For one "
	       "command `ctnet exec` does without.\n"
	       "\n"
	       "Examples:\n"
	       "  ctnet expose box && ip -n box addr\n"
	       "  ctnet expose shop/web-0 web && ip netns exec web ss -tn\n"
	       "  ctnet unexpose box",
};

static const struct argp unexpose_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "NAME",
	.children = children,
	.doc = "Takes a name away that `ctnet expose` gave, also when its container has ended. Names that somebody else made are left alone.\v"
	       "NAME is the name in /run/netns.\n"
	       "\n"
	       "Examples:\n"
	       "  ctnet unexpose box\n"
	       "  ctnet expose --json | jq -r '.exposed[].name' | xargs -n 1 ctnet unexpose",
};

static int print(const struct expose_options *o, const struct array *rows, const char *done, const struct buf *words,
                 struct fault *fault)
{
	const char *dir = exposed_usual_places.netns_dir;
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r = 0;

	if (o->json)
		r = exposed_json_render(rows, dir, done, &text);
	else if (words)
		r = buf_append(&text, words->data, words->len);
	else if (rows->count > 0)
		r = exposed_table_render(rows, dir, &text);
	else
		log_info("nothing is exposed");
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "%s", strerror(-r));
	r = output_write(text.data, text.len, fault);
	return r == -EPIPE ? 0 : r;
}

static int list(const struct expose_options *o, struct fault *fault)
{
	_cleanup_array_ struct array rows = ARRAY_OF(struct exposed);
	int r = exposed_list(&exposed_usual_places, &rows, fault);

	return r < 0 ? r : print(o, &rows, "listed", NULL, fault);
}

static int say_exposed(const struct expose_options *o, const struct exposed *row, bool already, struct fault *fault)
{
	_cleanup_array_ struct array rows = ARRAY_OF(struct exposed);
	_cleanup_buf_ struct buf words = BUF_INIT;
	int r = array_append(&rows, row);

	if (r == 0)
		r = buf_printf(&words, "%s%s is %s/%s\n", row->owner, already ? " already" : "",
		               exposed_usual_places.netns_dir, row->name);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "%s", strerror(-r));
	r = print(o, &rows, already ? "already" : "exposed", &words, fault);
	if (r == 0 && !already)
		log_info("the name keeps the namespace alive, also when %s ends, until: ctnet unexpose %s", row->owner,
		         row->name);
	return r;
}

static int name_it(const struct expose_options *o, const struct netns *ns, struct exposed *row, struct fault *fault)
{
	const struct owner *meant = query_owner(ns, o->name);
	const char *owner = meant ? meant->name : ns->name;

	if (o->as && strchr(o->as, '/'))
		return fault_set(fault, -EINVAL, EXIT_CODE_USAGE, "%s: a name of ip netns has no / (AS)", o->as);
	(void)snprintf(row->owner, sizeof(row->owner), "%s", owner[0] ? owner : o->name);
	return exposed_name(o->as ? o->as : owner, row->name, fault);
}

static int expose(const struct expose_options *o, struct fault *fault)
{
	_cleanup_close_ int netns_fd = -1;
	struct collector *collector;
	const struct snapshot *snap;
	struct exposed row = { 0 };
	const struct netns *ns;
	bool already;
	int r = collector_open(&o->node.collector, &collector, fault);

	if (r < 0)
		return r;
	r = collector_snapshot(collector, &snap, NULL, fault);
	if (r == 0)
		r = name_resolve(snap, o->name, &ns, fault);
	if (r == 0)
		r = name_it(o, ns, &row, fault);
	if (r == 0)
		netns_fd = r = collector_open_netns(collector, ns, fault);
	collector_free(collector);
	if (r < 0)
		return r;
	r = exposed_add(&exposed_usual_places, netns_fd, &row, &already, fault);
	return r < 0 ? r : say_exposed(o, &row, already, fault);
}

int command_expose(int argc, char **argv, struct fault *fault)
{
	struct expose_options o = { .node = { .fault = fault } };
	int r;

	if (!app_parse(&expose_argp, argc, argv, &o, fault))
		return EXIT_CODE_USAGE;
	r = enter_permitted(fault);
	if (r == 0)
		r = o.name ? expose(&o, fault) : list(&o, fault);
	return r < 0 ? app_fail(fault) : EXIT_CODE_OK;
}

static int unexpose(const struct expose_options *o, struct fault *fault)
{
	_cleanup_array_ struct array rows = ARRAY_OF(struct exposed);
	_cleanup_buf_ struct buf words = BUF_INIT;
	char name[EXPOSED_NAME_SIZE];
	struct exposed row;
	int r = exposed_name(o->name, name, fault);

	if (r == 0)
		r = exposed_remove(&exposed_usual_places, name, &row, fault);
	if (r < 0)
		return r;
	r = array_append(&rows, &row);
	if (r == 0)
		r = buf_printf(&words, row.there ? "%s is no longer exposed\n" : "%s was gone already\n", name);
	return r < 0 ? fault_set(fault, r, EXIT_CODE_RUNTIME, "%s", strerror(-r))
	             : print(o, &rows, "unexposed", &words, fault);
}

int command_unexpose(int argc, char **argv, struct fault *fault)
{
	struct expose_options o = { .node = { .fault = fault }, .takes_away = true };
	int r;

	if (!app_parse(&unexpose_argp, argc, argv, &o, fault))
		return EXIT_CODE_USAGE;
	r = enter_permitted(fault);
	if (r == 0)
		r = unexpose(&o, fault);
	return r < 0 ? app_fail(fault) : EXIT_CODE_OK;
}
