/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "app/command.h"
#include "app/look.h"
#include "app/question.h"
#include "base/buf.h"
#include "base/log.h"
#include "render/json.h"
#include "render/table.h"

enum { JSON };

static const struct question_form form = {
	.word = "ls",
	.flags = { [JSON] = { "json", "One JSON object, as documented in the README", 'j' } },
	.too_many = "takes options only (see ctnet ls --help)",
	.doc = "Lists every network namespace of this node: who lives in it, its interfaces, the host end and bridge of each, "
	       "addresses, and totals from the kernel's own counters. Attaches nothing.\v"
	       "Examples:\n"
	       "  ctnet ls\n"
	       "  ctnet ls --json | jq -r '.namespaces[] | .name, .interfaces[].peer.name'",
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

static int answer(const void *question, const struct snapshot *snap, struct buf *ret, struct fault *fault)
{
	const struct question *q = question;

	(void)fault;
	if (q->flags[JSON])
		return json_render(snap, true, ret);
	say_what_is_missing(snap);
	return table_render_namespaces(snap, ret);
}

int command_ls(int argc, char **argv, struct fault *fault)
{
	struct question q;

	if (!question_parse(&form, argc, argv, fault, &q))
		return EXIT_CODE_USAGE;
	return look_once(&q.node, answer, &q, fault);
}
