/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "app/agent_options.h"
#include "base/fault.h"

/**
 * Takes away all that agents left which do not run any more: what they pinned, for whatever network namespace; in the one we run in their
 * filters and their textfile as well. Prints what that was.
 *
 * Returns 0; -EADDRINUSE with @fault filled where an agent runs in this network namespace; or -errno.
 */
int detach_run(const struct agent_options *options, struct fault *fault);
