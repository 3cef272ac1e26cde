/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "app/top_options.h"
#include "base/fault.h"

struct top_loop;
struct top_state;

/**
 * Watches this node, or a recording, as @options say, on the screen or line by line, until it is ended. Leaves nothing behind. Where the screen
 * cannot be had (no terminal, TERM=dumb), it writes tables.
 *
 * @options: the saved settings are added for the screen
 * Returns 0, or -errno with @fault filled.
 */
int top_run(struct top_options *options, struct fault *fault);

/** The screen. @state: before its first look. Returns 0, or -errno with @fault filled. */
int top_screen_run(struct top_state *state, struct top_loop *loop, uint64_t iterations, struct fault *fault);

/** Tables, JSON or CSV on stdout. Likewise. A reader that has gone is the end, not a failure. */
int top_batch_run(struct top_state *state, struct top_loop *loop, const struct top_options *options,
                  struct fault *fault);
