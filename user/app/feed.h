/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

/**
 * What the running agent tells to `ctnet events`: lines of text on an abstract Unix socket of the observing namespace. Such a name dies
 * with its process, so a killed agent leaves nothing, and only one agent can have it. Only root and the agent's own user are let in.
 *
 * A reader first gets the recent lines (at most FEED_RECENT), then each new one. One that does not read loses lines: they are counted, and
 * it is told how many with the line `{"lost": N}` as soon as it reads again. Nobody ever waits for a reader.
 */
struct feed;

#define FEED_RECENT  1024
#define FEED_CLIENTS 16

/**
 * @ret: freed with feed_free(); untouched on failure
 * Returns 0; -EADDRINUSE with @fault filled where another agent runs in this namespace; or -errno.
 */
int feed_open(struct feed **ret, struct fault *fault);

/** The descriptor to poll for POLLIN; then call feed_dispatch(). */
int feed_fd(const struct feed *feed);

/** Lets readers in, goes on with those that can take more. Never blocks. */
void feed_dispatch(struct feed *feed);

/**
 * Tells one line to all readers and keeps it among the recent ones.
 *
 * @line: with its newline; copied
 */
void feed_publish(struct feed *feed, const char *line, size_t len);

/** Lines that some reader did not get, and recent lines that could not be kept; a counter. */
uint64_t feed_lost(const struct feed *feed);

/** Accepts NULL. */
void feed_free(struct feed *feed);

/**
 * Connects to the agent of this namespace.
 *
 * Returns a stream socket to read lines from; -ECONNREFUSED where no agent runs here; or -errno.
 */
int feed_connect(void);
