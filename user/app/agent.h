/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "app/agent_options.h"
#include "base/fault.h"

/**
 * Runs the agent: attaches, collects every interval, keeps the textfile current, until SIGTERM or SIGINT; leaves nothing behind
 * unless it was asked to. Takes over what an agent before it left. A write that fails is said once and counted; the agent goes on. SIGHUP reads the settings again: where they are no good, that is said and
 * the old ones stay.
 *
 * @line: the command line, as agent_options_parse() gave it
 * @options: what agent_options_read() made of it
 * Returns 0 or -errno with @fault filled.
 */
int agent_run(const struct settings *line, const struct agent_options *options, struct fault *fault);
