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
#include "observe/namespaces/holders.h"
#include "render/detail.h"
#include "render/json.h"

#define HOLDER_TEXT_MAX 512

enum { JSON };

static const struct question_form form = {
	.word = "show",
	.args_doc = "NAME",
	.flags = { [JSON] = { "json", "A JSON object as that of ls, with this namespace alone", 'j' } },
	.least = 1,
	.most = 1,
	.too_few = "which? (see ctnet ls)",
	.too_many = "one NAME at a time",
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
static int find_holders(const struct question *q, const struct netns *ns, struct arena *arena, const char *const **ret,
                        size_t *ret_count)
{
	const char *proc = q->node.collector.proc ? q->node.collector.proc : "/proc";
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

static int render_text(const struct question *q, const struct snapshot *snap, const struct netns *ns, struct buf *ret,
                       struct fault *fault)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_host_ struct host host = { 0 };
	struct detail detail = { .ns = ns };
	int r = host_read(&q->node.collector, &host, fault);

	if (r == 0)
		r = path_make_all(snap, &host.facts, ns, true, &arena, &detail.list);
	if (r == 0)
		r = find_holders(q, ns, &arena, &detail.holders, &detail.holder_count);
	return r < 0 ? r : detail_render(snap, &host.facts, &detail, ret);
}

static int answer(const void *question, const struct snapshot *snap, struct buf *ret, struct fault *fault)
{
	const struct question *q = question;
	struct snapshot alone = *snap;
	const struct netns *ns;
	int r = name_resolve(snap, q->names[0], &ns, fault);

	if (r < 0)
		return r;
	alone.namespaces = ns;
	alone.namespace_count = 1;
	return q->flags[JSON] ? json_render(&alone, true, ret) : render_text(q, snap, ns, ret, fault);
}

int command_show(int argc, char **argv, struct fault *fault)
{
	struct question q;

	if (!question_parse(&form, argc, argv, fault, &q))
		return EXIT_CODE_USAGE;
	return look_once(&q.node, answer, &q, fault);
}
