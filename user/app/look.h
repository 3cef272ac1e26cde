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
 * Does something with what one look found, while it is open.
 *
 * Returns 0, or -errno with @fault filled.
 */
typedef int (*look_use_fn)(void *context, struct collector *collector, const struct snapshot *snap,
                           struct fault *fault);

/**
 * Looks at the node once and lets @use have it; nothing is printed. What a running agent counts is read.
 *
 * Returns 0, or -errno with @fault filled.
 */
int look_with(const struct node_options *node, look_use_fn use, void *context, struct fault *fault);

/**
 * Looks at the node once and prints what @answer makes of it; attaches nothing that is not asked for in @node.
 *
 * Returns an exit code; what went wrong was said.
 */
int look_once(const struct node_options *node, look_fn answer, const void *options, struct fault *fault);
