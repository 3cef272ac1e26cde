/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "app/node_options.h"
#include "base/buf.h"
#include "base/fault.h"
#include "model/snapshot.h"

/**
 * Answers from one snapshot.
 *
 * @options: the command's own
 * @ret: what goes to stdout
 * Returns 0, or -errno with @fault filled; where it left that empty, it is filled with the error's own words.
 */
typedef int (*look_fn)(const void *options, const struct snapshot *snap, struct buf *ret, struct fault *fault);

/**
 * Looks at the node once and prints what @answer makes of it; attaches nothing that is not asked for in @node.
 *
 * Returns an exit code; what went wrong was said.
 */
int look_once(const struct node_options *node, look_fn answer, const void *options, struct fault *fault);
