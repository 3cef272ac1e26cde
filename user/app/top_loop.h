/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

struct collector;

/** What ctnet-top waits for. */
enum top_event {
	TOP_TICK = 1 << 0,     /* the interval is over */
	TOP_INPUT = 1 << 1,    /* keys are waiting */
	TOP_RESIZE = 1 << 2,   /* the terminal has another size */
	TOP_SUSPEND = 1 << 3,  /* Ctrl-Z */
	TOP_HAPPENED = 1 << 4, /* the collector took something; asked for by top_loop_watch_events() */
	TOP_END = 1 << 5,      /* asked to end, or nobody is there any more: the terminal or the reader went */
};

struct top_loop;

/**
 * Begins to take the signals that end a program as events, so that from here on none of them kills it with something left attached.
 * One that is ignored (nohup) stays ignored.
 *
 * @screen: likewise the signals of a terminal: its size, Ctrl-Z
 * @ret: top_loop_free() it
 * Returns 0 or -errno with @fault filled.
 */
int top_loop_open(bool screen, struct top_loop **ret, struct fault *fault);

/** Whom to wait for besides signals and clock; -1 or NULL: nobody. @output is watched for its reader going away. */
void top_loop_watch(struct top_loop *loop, struct collector *collector, int input, int output);

/** Whether top_loop_wait() returns with TOP_HAPPENED each time the collector took something. */
void top_loop_watch_events(struct top_loop *loop, bool wanted);

/** Sets the clock: the first tick after @first_ns, then every @interval_ns; 0 stops it. */
void top_loop_arm(struct top_loop *loop, uint64_t first_ns, uint64_t interval_ns);

/** Waits; lets the collector take what is waiting for it meanwhile. Returns at least one enum top_event. */
unsigned top_loop_wait(struct top_loop *loop);

/** Waits until @fd can take at least PIPE_BUF bytes without blocking. Returns false where TOP_END came first. */
bool top_loop_writable(struct top_loop *loop, int fd);

/** Accepts NULL. */
void top_loop_free(struct top_loop *loop);
void top_loop_freep(struct top_loop **loop);
#define _cleanup_top_loop_ __attribute__((cleanup(top_loop_freep)))
