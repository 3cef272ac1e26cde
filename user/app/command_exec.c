/* SPDX-License-Identifier: GPL-2.0-only */
#include <argp.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "app/command.h"
#include "app/name.h"
#include "app/node_options.h"
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

struct exec_options {
	struct node_options node;
	const char *name;
	char **command; /* ends in NULL, as argv does */
	bool verbose;
};

static const struct argp_option options[] = {
	{ "verbose", 'v', NULL, 0, "Say which resolv.conf the command sees", 1 },
	{ 0 },
};

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct exec_options *o = state->input;

	switch (key) {
	case 'v':
		o->verbose = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->node;
		return 0;
	case ARGP_KEY_ARG:
		if (!o->name) {
			o->name = value;
			return 0;
		}
		o->command = &state->argv[state->next - 1];
		state->next = state->argc; /* what stands behind it is its own */
		return 0;
	case ARGP_KEY_END:
		if (o->command)
			return 0;
		fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE, "%s",
		          o->name ? "exec: which command? (try: ctnet exec NAME -- ip addr)"
		                  : "exec: where, and which command? (see ctnet exec --help)");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &node_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "NAME [--] COMMAND [ARGUMENT...]",
	.children = children,
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

/* How the resolv.conf is found: that of the owner who was named, then of the name, then of anybody who lives there. */
static int find_resolv_conf(const struct exec_options *o, const struct netns *ns, struct buf *ret)
{
	const char *proc = o->node.collector.proc ? o->node.collector.proc : "/proc";
	const struct owner *meant = query_owner(ns, o->name);
	uint64_t pid = 0;
	int r = -ENOENT;

	if (meant && meant->pid > 0)
		return resolv_conf_of_process(proc, meant->pid, ns->inode, ret);
	if (!meant && parse_u64(o->name, 1, INT32_MAX, &pid) == 0)
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
static bool take_resolv_conf(const struct exec_options *o, const struct netns *ns, struct buf *ret)
{
	int r = find_resolv_conf(o, ns, ret);

	if (r == 0 && o->verbose)
		log_info("%s: /etc/resolv.conf is the container's, %zu bytes", o->name, ret->len);
	else if ((r == -ENOENT || r == -ENOTDIR || r == -ESRCH) && o->verbose)
		log_info("%s: no resolv.conf of its own: the command sees this host's", o->name);
	else if (r < 0 && r != -ENOENT && r != -ENOTDIR && r != -ESRCH)
		log_warning("%s: its /etc/resolv.conf is of no use, the command sees this host's: %s", o->name,
		            r == -EINVAL ? "not a regular file" : strerror(-r));
	return r == 0;
}

/* Finds the namespace and all that is needed of it. Nothing of the looking stays open but the descriptor. */
static int find(const struct exec_options *o, int *ret_netns, struct buf *resolv_conf, bool *ret_own,
                struct fault *fault)
{
	struct collector *collector;
	const struct snapshot *snap;
	const struct netns *ns;
	int r = collector_open(&o->node.collector, &collector, fault);

	if (r < 0)
		return r;
	r = collector_snapshot(collector, &snap, NULL, fault);
	if (r == 0)
		r = name_resolve(snap, o->name, &ns, fault);
	if (r == 0)
		r = collector_open_netns(collector, ns, fault);
	if (r >= 0) {
		*ret_netns = r;
		*ret_own = take_resolv_conf(o, ns, resolv_conf);
	}
	collector_free(collector);
	return r < 0 ? r : 0;
}

static int enter(const struct exec_options *o, struct fault *fault)
{
	_cleanup_buf_ struct buf resolv_conf = BUF_INIT;
	_cleanup_close_ int netns = -1;
	struct fault warning = { 0 };
	bool own;
	int r = enter_permitted(fault);

	if (r == 0)
		r = find(o, &netns, &resolv_conf, &own, fault);
	if (r == 0)
		r = enter_netns(netns, fault);
	if (r == 0)
		r = enter_view(own ? &resolv_conf : NULL, &warning, fault);
	if (warning.text[0])
		log_warning("%s", warning.text);
	return r;
}

int command_exec(int argc, char **argv, struct fault *fault)
{
	struct exec_options o = { .node = { .fault = fault } };
	int error;

	if (!app_parse_in_order(&argp, argc, argv, &o, fault))
		return EXIT_CODE_USAGE;
	if (enter(&o, fault) < 0)
		return app_fail(fault);
	app_leave_as_found();
	(void)execvp(o.command[0], o.command);
	error = errno;
	log_error("%s: %s", o.command[0], error == ENOENT ? "command not found" : strerror(error));
	return error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}
