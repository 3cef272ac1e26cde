/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "app/command.h"
#include "app/look.h"
#include "app/name.h"
#include "app/question.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/number.h"
#include "model/query.h"
#include "observe/namespaces/enter.h"
#include "observe/namespaces/resolv_conf.h"

#define NETNS_ETC "/etc/netns"

/* As a shell says it, sh(1). */
enum { STATUS_NOT_EXECUTABLE = 126, STATUS_NOT_FOUND = 127 };

enum { VERBOSE };

static const struct question_form form = {
	.word = "exec",
	.args_doc = "NAME [--] COMMAND [ARGUMENT...]",
	.flags = { [VERBOSE] = { "verbose", "Say which resolv.conf the command sees", 'v' } },
	.least = 1,
	.most = 1,
	.too_few = "where, and which command? (see ctnet exec --help)",
	.no_command = "which command? (try: ctnet exec NAME -- ip addr)",
	.doc = "Runs a command of this host inside the network of a container: its interfaces, routes, sockets and its "
	       "/etc/resolv.conf. All else stays this host's: the files, the processes, and you: the command runs as the user you "
	       "are, with all you may do. The container needs no shell and no tools.\v"
	       "NAME is whatever `ctnet show` takes. Options of ctnet stand before NAME, or between it and `--`.\n"
	       "\n"
	       "/sys is mounted anew, so that /sys/class/net has the container's interfaces. The command sees a copy of the container's "
	       "resolv.conf; for a name of `ip netns` it is /etc/netns/NAME/resolv.conf, where there is one. A host whose "
	       "nsswitch.conf asks nscd or systemd-resolved for names asks that one all the same. All of it is in a mount namespace of the "
	       "command's own and goes with it.\n"
	       "\n"
	       "Exit status: the command's own; 126 it cannot be executed, 127 there is none of that name; else as of all of ctnet: 2 "
	       "wrong usage, 3 not permitted (CAP_SYS_ADMIN), 5 no such name.\n"
	       "\n"
	       "Examples:\n"
	       "  ctnet exec box -- ip -br addr\n"
	       "  ctnet exec box -- ss -tnp\n"
	       "  ctnet exec shop/web-0 -- curl -sS http://db:5432/\n"
	       "  ctnet exec 172.17.0.2 -- tcpdump -ni eth0 port 53",
};

/* What is needed of the namespace, when it is found. */
struct finding {
	const struct question *question;
	int netns;
	struct buf resolv_conf;
	bool own; /* there is one to be shown to the command */
};

/* How the resolv.conf is found: that of the owner who was named, then of the name, then of anybody who lives there. */
static int find_resolv_conf(const struct question *q, const struct netns *ns, struct buf *ret)
{
	const char *proc = q->node.collector.proc ? q->node.collector.proc : "/proc";
	const struct owner *meant = query_owner(ns, q->names[0]);
	uint64_t pid = 0;
	int r = -ENOENT;

	if (meant && meant->pid > 0)
		return resolv_conf_of_process(proc, meant->pid, ns->inode, ret);
	if (!meant && parse_u64(q->names[0], 1, INT32_MAX, &pid) == 0)
		r = resolv_conf_of_process(proc, (pid_t)pid, ns->inode, ret);
	if (r == -ESRCH)
		r = -ENOENT;
	for (size_t i = 0; r == -ENOENT && i < ns->owner_count; i++) {
		if (ns->owners[i].kind == OWNER_NETNS)
			r = resolv_conf_of_name(NETNS_ETC, ns->owners[i].name, ret);
	}
	for (size_t i = 0; r == -ENOENT && i < ns->owner_count; i++) {
		if (ns->owners[i].pid > 0)
			r = resolv_conf_of_process(proc, ns->owners[i].pid, ns->inode, ret);
	}
	return r;
}

/* Returns whether there is one to be shown to the command; where not, it is this host's. */
static bool take_resolv_conf(const struct question *q, const struct netns *ns, struct buf *ret)
{
	int r = find_resolv_conf(q, ns, ret);

	if (r == 0 && q->flags[VERBOSE])
		log_info("%s: /etc/resolv.conf is the container's, %zu bytes", q->names[0], ret->len);
	else if ((r == -ENOENT || r == -ENOTDIR || r == -ESRCH) && q->flags[VERBOSE])
		log_info("%s: no resolv.conf of its own: the command sees this host's", q->names[0]);
	else if (r < 0 && r != -ENOENT && r != -ENOTDIR && r != -ESRCH)
		log_warning("%s: its /etc/resolv.conf is of no use, the command sees this host's: %s", q->names[0],
		            r == -EINVAL ? "not a regular file" : strerror(-r));
	return r == 0;
}

/* Nothing of the looking stays open but the descriptor. */
static int find(void *context, struct collector *collector, const struct snapshot *snap, struct fault *fault)
{
	struct finding *found = context;
	const struct netns *ns;
	int r = name_resolve(snap, found->question->names[0], &ns, fault);

	if (r == 0)
		r = collector_open_netns(collector, ns, fault);
	if (r < 0)
		return r;
	found->netns = r;
	found->own = take_resolv_conf(found->question, ns, &found->resolv_conf);
	return 0;
}

static void finding_close(struct finding *found)
{
	cleanup_close(&found->netns);
	buf_free(&found->resolv_conf);
}

static int enter(const struct question *q, struct fault *fault)
{
	_cleanup_(finding_close) struct finding found = { .question = q, .netns = -1, .resolv_conf = BUF_INIT };
	struct fault warning = { 0 };
	int r = enter_permitted(fault);

	if (r == 0)
		r = look_with(&q->node, find, &found, fault);
	if (r == 0)
		r = enter_netns(found.netns, fault);
	if (r == 0)
		r = enter_view(found.own ? &found.resolv_conf : NULL, &warning, fault);
	if (warning.text[0])
		log_warning("%s", warning.text);
	return r;
}

int command_exec(int argc, char **argv, struct fault *fault)
{
	struct question q;
	int error;

	if (!question_parse(&form, argc, argv, fault, &q))
		return EXIT_CODE_USAGE;
	if (enter(&q, fault) < 0)
		return app_fail(fault);
	app_leave_as_found();
	(void)execvp(q.command[0], q.command);
	error = errno;
	log_error("%s: %s", q.command[0], error == ENOENT ? "command not found" : strerror(error));
	return error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}
