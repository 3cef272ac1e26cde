/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "app/look.h"
#include "app/name.h"
#include "app/output.h"
#include "app/question.h"
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

enum { JSON };

static const struct question_form expose_form = {
	.word = "expose",
	.args_doc = "[NAME [AS]]",
	.flags = { [JSON] = { "json", "One JSON object", 'j' } },
	.most = 2,
	.too_many = "one NAME, and AS what, at a time",
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

static const struct question_form unexpose_form = {
	.word = "unexpose",
	.args_doc = "NAME",
	.flags = { [JSON] = { "json", "One JSON object", 'j' } },
	.least = 1,
	.most = 1,
	.too_few = "which? (see ctnet expose)",
	.too_many = "one NAME at a time",
	.doc = "Takes a name away that `ctnet expose` gave, also when its container has ended. Names that somebody else made are left alone.\v"
	       "NAME is the name in /run/netns.\n"
	       "\n"
	       "Examples:\n"
	       "  ctnet unexpose box\n"
	       "  ctnet expose --json | jq -r '.exposed[].name' | xargs -n 1 ctnet unexpose",
};

static int print(const struct question *q, const struct array *rows, const char *done, const struct buf *words,
                 struct fault *fault)
{
	const char *dir = exposed_usual_places.netns_dir;
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r = 0;

	if (q->flags[JSON])
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

static int list(const struct question *q, struct fault *fault)
{
	_cleanup_array_ struct array rows = ARRAY_OF(struct exposed);
	int r = exposed_list(&exposed_usual_places, &rows, fault);

	return r < 0 ? r : print(q, &rows, "listed", NULL, fault);
}

static int say_exposed(const struct question *q, const struct exposed *row, bool already, struct fault *fault)
{
	_cleanup_array_ struct array rows = ARRAY_OF(struct exposed);
	_cleanup_buf_ struct buf words = BUF_INIT;
	int r = array_append(&rows, row);

	if (r == 0)
		r = buf_printf(&words, "%s%s is %s/%s\n", row->owner, already ? " already" : "",
		               exposed_usual_places.netns_dir, row->name);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "%s", strerror(-r));
	r = print(q, &rows, already ? "already" : "exposed", &words, fault);
	if (r == 0 && !already)
		log_info("the name keeps the namespace alive, also when %s ends, until: ctnet unexpose %s", row->owner,
		         row->name);
	return r;
}

static int name_it(const struct question *q, const struct netns *ns, struct exposed *row, struct fault *fault)
{
	const struct owner *meant = query_owner(ns, q->names[0]);
	const char *owner = meant ? meant->name : ns->name;

	if (q->names[1] && strchr(q->names[1], '/'))
		return fault_set(fault, -EINVAL, EXIT_CODE_USAGE, "%s: a name of ip netns has no / (AS)", q->names[1]);
	(void)snprintf(row->owner, sizeof(row->owner), "%s", owner[0] ? owner : q->names[0]);
	return exposed_name(q->names[1] ? q->names[1] : owner, row->name, fault);
}

/* What is to be named, when it is found. */
struct finding {
	const struct question *question;
	struct exposed row;
	int netns;
};

static int find(void *context, struct collector *collector, const struct snapshot *snap, struct fault *fault)
{
	struct finding *found = context;
	const struct netns *ns;
	int r = name_resolve(snap, found->question->names[0], &ns, fault);

	if (r == 0)
		r = name_it(found->question, ns, &found->row, fault);
	if (r == 0)
		r = collector_open_netns(collector, ns, fault);
	if (r < 0)
		return r;
	found->netns = r;
	return 0;
}

static int expose(const struct question *q, struct fault *fault)
{
	struct finding found = { .question = q, .netns = -1 };
	bool already;
	int r = look_with(&q->node, find, &found, fault);

	if (r < 0)
		return r;
	r = exposed_add(&exposed_usual_places, found.netns, &found.row, &already, fault);
	cleanup_close(&found.netns);
	return r < 0 ? r : say_exposed(q, &found.row, already, fault);
}

int command_expose(int argc, char **argv, struct fault *fault)
{
	struct question q;
	int r;

	if (!question_parse(&expose_form, argc, argv, fault, &q))
		return EXIT_CODE_USAGE;
	r = enter_permitted(fault);
	if (r == 0)
		r = q.names[0] ? expose(&q, fault) : list(&q, fault);
	return r < 0 ? app_fail(fault) : EXIT_CODE_OK;
}

static int unexpose(const struct question *q, struct fault *fault)
{
	_cleanup_array_ struct array rows = ARRAY_OF(struct exposed);
	_cleanup_buf_ struct buf words = BUF_INIT;
	char name[EXPOSED_NAME_SIZE];
	struct exposed row;
	int r = exposed_name(q->names[0], name, fault);

	if (r == 0)
		r = exposed_remove(&exposed_usual_places, name, &row, fault);
	if (r < 0)
		return r;
	r = array_append(&rows, &row);
	if (r == 0)
		r = buf_printf(&words, row.there ? "%s is no longer exposed\n" : "%s was gone already\n", name);
	return r < 0 ? fault_set(fault, r, EXIT_CODE_RUNTIME, "%s", strerror(-r))
	             : print(q, &rows, "unexposed", &words, fault);
}

int command_unexpose(int argc, char **argv, struct fault *fault)
{
	struct question q;
	int r;

	if (!question_parse(&unexpose_form, argc, argv, fault, &q))
		return EXIT_CODE_USAGE;
	r = enter_permitted(fault);
	if (r == 0)
		r = unexpose(&q, fault);
	return r < 0 ? app_fail(fault) : EXIT_CODE_OK;
}
