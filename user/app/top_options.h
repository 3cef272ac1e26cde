/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "app/node_options.h"
#include "model/top_settings.h"

/** What ctnet-top writes each tick. */
enum top_output { TOP_SCREEN, TOP_TABLE, TOP_JSON, TOP_CSV };

/** What ctnet-top was asked to do. */
struct top_options {
	struct node_options node;
	enum top_output output;       /* TOP_SCREEN becomes TOP_TABLE where there is no terminal */
	uint64_t iterations;          /* 0: until ended */
	struct top_settings settings; /* as the command line says, else the standard */
	bool sort_given, units_given, delay_given;
	const char *filter;
	const char *record; /* file to write what is seen to; NULL: none */
	const char *replay; /* recording to play instead of looking at this node; NULL: none */
	char notice[384];   /* what is wrong with the saved settings; "": nothing */
};

/**
 * Reads the command line. --help and --version end the program.
 *
 * Returns true; or false after printing what is wrong: the program is to end with EXIT_CODE_USAGE.
 */
bool top_options_parse(int argc, char **argv, struct top_options *ret, struct fault *fault);

/** Takes the saved settings where the command line says nothing: for the screen, not for what a script reads. */
void top_options_add_saved(struct top_options *o);
