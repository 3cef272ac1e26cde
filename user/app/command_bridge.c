/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>

#include "app/command.h"
#include "app/look.h"
#include "app/question.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "model/bridge_detail.h"
#include "observe/netlink/bridges.h"
#include "render/bridge_table.h"

/* A port with more is an uplink to a large network: nobody reads on. */
#define ENTRIES_SHOWN 100

enum { ALL, JSON };

static const struct question_form form = {
	.word = "bridge",
	.args_doc = "[BRIDGE]",
	.flags = { [ALL] = { "all", "Every entry of the forwarding database, not only the first 100 of a port", 'a' },
	           [JSON] = { "json", "One JSON object", 'j' } },
	.most = 1,
	.too_many = "one BRIDGE at a time",
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

static int no_such_bridge(const char *name, const struct snapshot *snap, struct fault *fault)
{
	_cleanup_buf_ struct buf list = BUF_INIT;

	for (size_t i = 0; i < snap->bridge_count && list.len < 200; i++)
		(void)buf_printf(&list, "%s%s", i ? ", " : ": ", snap->bridges[i].name);
	return fault_set(fault, -ENOENT, EXIT_CODE_NO_SUCH_NAME, "%s: no bridge of that name here%s%s", name,
	                 list.len ? "; there are" : ", and no other", list.len ? list.data : "");
}

static int render(const struct question *q, const struct snapshot *snap, const struct bridge_look *look,
                  struct buf *ret)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct bridge_view *bridges;
	size_t count;
	int r = bridge_detail_build(snap, look, &arena, &bridges, &count);

	if (r < 0)
		return r;
	if (q->flags[JSON])
		return bridge_json_render(bridges, count, snap->observing_inode, q->names[0] != NULL, ret);
	if (q->names[0])
		return bridge_detail_render(&bridges[0], ret);
	if (count > 0)
		return bridge_table_render(bridges, count, ret);
	log_info("no bridge here");
	return 0;
}

static int answer(const void *question, const struct snapshot *snap, struct buf *ret, struct fault *fault)
{
	const struct question *q = question;
	const struct bridges_options what = { .only = q->names[0],
		                              .entries_per_port = q->flags[ALL] ? 0 : ENTRIES_SHOWN };
	_cleanup_bridge_look_ struct bridge_look look = { 0 };
	int r = bridges_look(&what, &look, fault);

	if (r < 0)
		return r;
	if (q->names[0] && look.bridges.count == 0)
		return no_such_bridge(q->names[0], snap, fault);
	if (!look.complete)
		log_warning("bridges changed while they were read: something may be missing");
	return render(q, snap, &look, ret);
}

int command_bridge(int argc, char **argv, struct fault *fault)
{
	struct question q;

	if (!question_parse(&form, argc, argv, fault, &q))
		return EXIT_CODE_USAGE;
	return look_once(&q.node, answer, &q, fault);
}
