/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/listen.h"
#include "app/node_options.h"
#include "app/setting.h"
#include "base/arena.h"
#include "model/choice.h"

/** Read where --config names no other; it need not be there. */
#define AGENT_CONFIG "/etc/ctnet/ctnetd.conf"

/** The value that switches a setting off. */
#define AGENT_OFF "off"

/** What ctnetd was asked to do. */
struct agent_options {
	struct node_options node;
	const char *textfile_dir; /* AGENT_OFF: no file is kept */
	uint64_t interval_ns;
	size_t max_series;
	struct listen_address listen;
	struct choice choice; /* what is told of; empty: all */
	uint32_t labels;      /* of the series: render/prom_labels.h */
	bool once;
	bool keep;
	bool verbose;
	bool keep_attached; /* at the end, for the next start */
	bool detach;        /* remove what agents left, and end */
	bool list_metrics;
	bool measure; /* the run time of our programs too */
	bool check_config;
	bool print_config;
	const char *config; /* NULL: AGENT_CONFIG */
	struct settings in_force;
	struct arena arena; /* owns what the file said */
};

#define _cleanup_agent_options_ __attribute__((cleanup(agent_options_free)))

/** Every option of ctnetd. */
extern const struct app_option agent_option_table[];

/**
 * Reads the command line. --help and --version end the program.
 *
 * @ret: points into @argv; what the values are is for agent_options_read() to say
 * Returns true; or false after printing what is wrong: the program is to end with EXIT_CODE_USAGE.
 */
bool agent_options_parse(int argc, char **argv, struct settings *ret, struct fault *fault);

/**
 * Reads the configuration file, puts the command line above it and takes all values. Can be called again when the file changed.
 *
 * @line: as agent_options_parse() gave it; must outlive @ret
 * @ret: agent_options_free() it; untouched on failure
 * Returns 0; or -errno with @fault filled: where it stands, what is wrong and the remedy.
 */
int agent_options_read(const struct settings *line, struct agent_options *ret, struct fault *fault);

/** Accepts options that are all zero. */
void agent_options_free(struct agent_options *options);
