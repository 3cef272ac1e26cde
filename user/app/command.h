/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/fault.h"

/** One word that `ctnet` understands. */
struct command {
	const char *name;
	const char *arguments; /* as the overview shows them */
	const char *help;
	/*
	 * Does it; argv[0] is the command's own name. Prints its answer on stdout. Returns an exit code, with @fault filled where it
	 * is not 0 and nothing was said yet.
	 */
	int (*run)(int argc, char **argv, struct fault *fault);
};

int command_bridge(int argc, char **argv, struct fault *fault);
int command_events(int argc, char **argv, struct fault *fault);
int command_exec(int argc, char **argv, struct fault *fault);
int command_expose(int argc, char **argv, struct fault *fault);
int command_ls(int argc, char **argv, struct fault *fault);
int command_path(int argc, char **argv, struct fault *fault);
int command_show(int argc, char **argv, struct fault *fault);
int command_unexpose(int argc, char **argv, struct fault *fault);
int command_which(int argc, char **argv, struct fault *fault);
