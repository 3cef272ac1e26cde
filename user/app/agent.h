/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "app/agent_options.h"
#include "base/fault.h"

/**
 * Runs the agent: attaches, collects every interval, keeps the textfile current, until SIGTERM, SIGINT or SIGHUP; leaves nothing behind. A
 * write that fails is said once and counted; the agent goes on.
 *
 * Returns 0 or -errno with @fault filled.
 */
int agent_run(const struct agent_options *options, struct fault *fault);
