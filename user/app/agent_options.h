/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/node_options.h"

/** What ctnetd was asked to do. */
struct agent_options {
	struct node_options node;
	const char *textfile_dir;
	uint64_t interval_ns;
	size_t max_series;
	bool once;
	bool keep;
	bool verbose;
	bool list_metrics;
	bool measure; /* the run time of our programs too */
};

/**
 * Reads the command line. --help and --version end the program.
 *
 * Returns true; or false after printing what is wrong: the program is to end with EXIT_CODE_USAGE.
 */
bool agent_options_parse(int argc, char **argv, struct agent_options *ret, struct fault *fault);
