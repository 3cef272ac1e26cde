/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <argp.h>

#include "base/fault.h"
#include "observe/collector.h"

/**
 * The options that say how a node is looked at, the same in all three programs: --attach, --engine-root and its short form --docker-root. A child of each program's own
 * parser; its input is a struct node_options.
 */
struct node_options {
	struct collector_options collector;
	struct fault *fault; /* a value that is no good is said here; the parser then returns EINVAL */
};

extern const struct argp node_argp;

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
