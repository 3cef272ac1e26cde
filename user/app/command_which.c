/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "app/command.h"
#include "app/host.h"
#include "app/look.h"
#include "app/name.h"
#include "app/question.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "model/which.h"
#include "render/which.h"

/* The things of a fault's list; more are only counted. */
#define CANDIDATES_SHOWN 4

enum { JSON };

static const struct question_form form = {
	.word = "which",
	.args_doc = "HANDLE",
	.flags = { [JSON] = { "json", "The answer as a JSON object, with the line in \"text\"", 'j' } },
	.least = 1,
	.most = 1,
	.too_few = "of what? (an interface, an address, a PID; see ctnet which --help)",
	.too_many = "one HANDLE at a time",
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

static int find(const char *handle, const struct snapshot *snap, struct arena *arena, struct thing *ret,
                struct fault *fault)
{
	char inode[NAME_INODE_SIZE];
	const char *key = name_of_path(handle, inode, fault);
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
		return name_unknown(handle, fault);
	if (count > 1)
		return ambiguous(handle, things, count, fault);
	*ret = things[0];
	return 0;
}

static int answer(const void *question, const struct snapshot *snap, struct buf *ret, struct fault *fault)
{
	const struct question *q = question;
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_host_ struct host host = { 0 };
	struct bridge_ports ports;
	struct thing thing;
	bool is_bridge;
	int r = find(q->names[0], snap, &arena, &thing, fault);

	if (r == 0)
		r = host_read(&q->node.collector, &host, fault);
	if (r < 0)
		return r;
	is_bridge = thing.kind == THING_BRIDGE;
	if (is_bridge)
		r = which_ports(snap, thing.device, &arena, &ports);
	if (r < 0)
		return r;
	return (q->flags[JSON] ? which_render_json : which_render_text)(&thing, snap, &host.facts,
	                                                                is_bridge ? &ports : NULL, ret);
}

int command_which(int argc, char **argv, struct fault *fault)
{
	struct question q;

	if (!question_parse(&form, argc, argv, fault, &q))
		return EXIT_CODE_USAGE;
	return look_once(&q.node, answer, &q, fault);
}
