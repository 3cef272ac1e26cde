/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "app/node_options.h"
#include "model/query.h"
#include "model/view.h"

/** What ctnet-top writes each tick. */
enum top_output { TOP_SCREEN, TOP_TABLE, TOP_JSON, TOP_CSV };

/** What ctnet-top was asked to do. */
struct top_options {
	struct node_options node;
	enum top_output output; /* TOP_SCREEN becomes TOP_TABLE where there is no terminal */
	uint64_t delay_ns;      /* between two looks */
	uint64_t iterations;    /* 0: until ended */
	enum sort_column sort;
	bool reverse; /* against the natural order of the column */
	const char *filter;
	enum view_units units;
};

/** Shortest and longest delay, for messages and checks. */
#define TOP_DELAY_MIN_NS (100 * 1000000ULL)
#define TOP_DELAY_MAX_NS (3600 * 1000000000ULL)

/**
 * Reads the command line. --help and --version end the program.
 *
 * Returns true; or false after printing what is wrong: the program is to end with EXIT_CODE_USAGE.
 */
bool top_options_parse(int argc, char **argv, struct top_options *ret, struct fault *fault);
