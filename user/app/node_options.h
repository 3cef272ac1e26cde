/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <argp.h>

#include "base/fault.h"
#include "observe/collector.h"

/**
 * The options that say how a node is looked at, the same in all three programs: --engine-root with its short form --docker-root, --bpffs and, of who
 * attaches, --attach. A child of each program's own parser; its input is a struct node_options.
 */
struct node_options {
	struct collector_options collector;
	struct fault *fault; /* a value that is no good is said here; the parser then returns EINVAL */
};

#define NODE_BPFFS "/sys/fs/bpf"

extern const struct argp node_argp;
extern const struct argp engines_argp; /* without --attach */

/** What the table of another program's options (app/option.h) says of these. */
enum { NODE_GROUP = 20, NODE_KEY_ATTACH = 0x100, NODE_KEY_ENGINE_ROOT, NODE_KEY_DOCKER_ROOT, NODE_KEY_BPFFS };
#define NODE_SHAPE_ATTACH      "HOW"
#define NODE_HELP_ATTACH       "auto (TCX where the kernel has it, else clsact), tcx or clsact"
#define NODE_SHAPE_ENGINE_ROOT "ENGINE=DIR"
#define NODE_HELP_ENGINE_ROOT                                                                                          \
	"Where an engine keeps its state, instead of where its running daemon or its default says: "                   \
	"docker=/srv/docker, podman=GRAPHROOT:RUNROOT, containerd=STATE, crio=RUNROOT, … Can be given more than once"
#define NODE_SHAPE_DOCKER_ROOT "DIR"
#define NODE_HELP_DOCKER_ROOT  "Short for --engine-root docker=DIR"
#define NODE_SHAPE_BPFFS       "DIR"
#define NODE_HELP_BPFFS                                                                                                \
	"Where a bpffs is mounted, below which ctnetd keeps its counters over restarts and others read them; none: nowhere"

/**
 * Take one value.
 *
 * @value: kept, not copied
 * Return 0; or -EINVAL with @why filled: what is wrong with it, without option and value.
 */
int node_set_attach(const char *value, struct node_options *node, struct fault *why);
int node_set_engine_root(const char *value, struct node_options *node, struct fault *why);
int node_set_docker_root(const char *dir, struct node_options *node, struct fault *why);

/** What every program begins with: usage errors end with EXIT_CODE_USAGE, the locale is the user's, a closed pipe is an error to be read, not a signal, and
 * descriptors may be as many as the hard limit allows. */
void app_init(void);

/** Undoes what app_init() changed of the process, for a program that is executed in its place. */
void app_leave_as_found(void);

/**
 * Runs @argp over the command line. Prints what is wrong with it.
 *
 * @fault: the same that the parsers fill
 * Returns true; or false, and the program is to end with EXIT_CODE_USAGE.
 */
bool app_parse(const struct argp *argp, int argc, char **argv, void *input, const struct fault *fault);

/** As app_parse(), but an option that stands behind an argument is looked at after it: for what ends with somebody else's command line. */
bool app_parse_in_order(const struct argp *argp, int argc, char **argv, void *input, const struct fault *fault);

/** Prints a fault and returns its exit code. */
int app_fail(const struct fault *fault);
