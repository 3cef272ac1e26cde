/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/node_options.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/log.h"

/* The first is only for who attaches. */
static const struct argp_option options[] = {
	{ "attach", NODE_KEY_ATTACH, NODE_SHAPE_ATTACH, 0, NODE_HELP_ATTACH, NODE_GROUP },
	{ "engine-root", NODE_KEY_ENGINE_ROOT, NODE_SHAPE_ENGINE_ROOT, 0, NODE_HELP_ENGINE_ROOT, NODE_GROUP },
	{ "docker-root", NODE_KEY_DOCKER_ROOT, NODE_SHAPE_DOCKER_ROOT, 0, NODE_HELP_DOCKER_ROOT, NODE_GROUP },
	{ "bpffs", NODE_KEY_BPFFS, NODE_SHAPE_BPFFS, 0, NODE_HELP_BPFFS " (default " NODE_BPFFS ")", NODE_GROUP },
	{ 0 },
};

int node_set_attach(const char *value, struct node_options *node, struct fault *why)
{
	static const struct {
		const char *name;
		enum attach_mode mode;
	} modes[] = { { "auto", ATTACH_AUTO }, { "tcx", ATTACH_TCX }, { "clsact", ATTACH_CLSACT } };

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		if (strcmp(value, modes[i].name) == 0) {
			node->collector.mode = modes[i].mode;
			return 0;
		}
	}
	return fault_set(why, -EINVAL, EXIT_CODE_USAGE, "not a way to attach (try auto, tcx or clsact)");
}

int node_set_engine_root(const char *value, struct node_options *node, struct fault *why)
{
	return engine_roots_add(&node->collector.engine_roots, value, why);
}

/* As given, for its own option has had nothing against a path that is not absolute. */
int node_set_docker_root(const char *dir, struct node_options *node, struct fault *why)
{
	struct engine_roots *roots = &node->collector.engine_roots;

	if (roots->count == ENGINE_ROOTS_MAX)
		return fault_set(why, -EINVAL, EXIT_CODE_USAGE, "at most %d roots can be given", ENGINE_ROOTS_MAX);
	roots->items[roots->count++] = (struct engine_root){ "docker", dir };
	return 0;
}

static error_t set(const char *name, int (*setter)(const char *, struct node_options *, struct fault *),
                   const char *value, struct node_options *node)
{
	struct fault why = { 0 };
	int r = setter(value, node, &why);

	if (r < 0)
		fault_set(node->fault, r, EXIT_CODE_USAGE, "--%s %s: %s", name, value, why.text);
	return r < 0 ? EINVAL : 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct node_options *node = state->input;

	switch (key) {
	case NODE_KEY_ATTACH:
		return set("attach", node_set_attach, value, node);
	case NODE_KEY_DOCKER_ROOT:
		return set("docker-root", node_set_docker_root, value, node);
	case NODE_KEY_ENGINE_ROOT:
		return set("engine-root", node_set_engine_root, value, node);
	case NODE_KEY_BPFFS:
		node->collector.bpffs = value;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp node_argp = { .options = options, .parser = parse };
const struct argp engines_argp = { .options = options + 1, .parser = parse };

/* How the process was when the program began. */
static struct {
	struct rlimit descriptors;
	bool limit_known;
	__sighandler_t on_closed_pipe;
} found;

/* TCX takes two descriptors an interface: 1,000 containers are more than the usual soft limit of 1,024. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	found.descriptors = limit;
	found.limit_known = true;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

void app_init(void)
{
	argp_err_exit_status = EXIT_CODE_USAGE;
	(void)setlocale(LC_CTYPE, "");
	found.on_closed_pipe = signal(SIGPIPE, SIG_IGN);
	raise_descriptor_limit();
}

void app_leave_as_found(void)
{
	(void)signal(SIGPIPE, found.on_closed_pipe == SIG_ERR ? SIG_DFL : found.on_closed_pipe);
	if (found.limit_known)
		(void)setrlimit(RLIMIT_NOFILE, &found.descriptors);
}

static bool parse_line(const struct argp *argp, int argc, char **argv, unsigned int flags, void *input,
                       const struct fault *fault)
{
	if (argp_parse(argp, argc, argv, flags, NULL, input) == 0)
		return true;
	if (fault->code != EXIT_CODE_OK)
		log_error("%s", fault->text);
	return false;
}

bool app_parse(const struct argp *argp, int argc, char **argv, void *input, const struct fault *fault)
{
	return parse_line(argp, argc, argv, 0, input, fault);
}

bool app_parse_in_order(const struct argp *argp, int argc, char **argv, void *input, const struct fault *fault)
{
	return parse_line(argp, argc, argv, ARGP_IN_ORDER, input, fault);
}

int app_fail(const struct fault *fault)
{
	log_error("%s", fault->text);
	return (int)fault->code;
}
