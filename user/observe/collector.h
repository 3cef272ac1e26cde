/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "model/snapshot.h"
#include "observe/happenings.h"
#include "observe/kernel/traffic.h"
#include "observe/owners/owners.h"

struct buf;
struct choice;
struct collector;
struct kernel_price;

struct collector_options {
	bool attach; /* false: totals from the kernel's counters only, nothing is loaded or attached */
	bool lasting; /* we are the agent: what is attached is pinned below bpffs, and what the last one left is taken over */
	bool along; /* where an agent runs that pins, what it counts is read: nothing is loaded or attached, whatever @attach says */
	const char *bpffs; /* with @lasting or @along; NULL: "/sys/fs/bpf" */
	enum attach_mode mode;
	struct engine_roots engine_roots; /* of engines that are not to be found by themselves */
	const char *proc;                 /* NULL: "/proc" */
	const char *netns_dir;            /* NULL: "/run/netns" */
	const struct choice *choice;      /* what is not attached to; must outlive the collector. NULL: all is */
	event_fn event; /* told of everything that happens, from collector_dispatch(); NULL: nobody listens */
	void *event_context;
};

/**
 * Opens all observers of the namespace we run in and takes the first full look. What cannot be had (no kprobes, no engine) becomes a
 * source that is down; only netlink and, with @options->attach, the traffic programs are needed.
 *
 * @ret: collector_free() it, which leaves nothing behind
 * Returns 0 or -errno with @fault filled.
 */
int collector_open(const struct collector_options *options, struct collector **ret, struct fault *fault);

/** One descriptor to poll for POLLIN (an epoll descriptor over all observers); then call collector_dispatch(). */
int collector_fd(const struct collector *collector);

/** Takes all that is waiting: attaches to what appeared, keeps the last counters of what vanished. Never blocks. */
void collector_dispatch(struct collector *collector);

/**
 * Takes a snapshot, and marks it published. It is the collector's and stays valid until the next but one, so that two can be compared;
 * collector_dispatch() leaves both alone.
 *
 * @ret_previous: the snapshot before; NULL on the first round. May be NULL
 * Returns 0 or -errno with @fault filled (the collector goes on).
 */
int collector_snapshot(struct collector *collector, const struct snapshot **ret, const struct snapshot **ret_previous,
                       struct fault *fault);

/**
 * Goes on with another choice: detaches from what it leaves out, attaches to what it no longer does.
 *
 * @choice: as in struct collector_options
 */
void collector_choose(struct collector *collector, const struct choice *choice);

/**
 * Opens the network namespace of a row for one call, as setns(2) or a bind mount; the caller closes it at once, for an open descriptor
 * keeps a namespace alive. The inode behind the descriptor is the row's.
 *
 * @ns: of the last snapshot
 * Returns the descriptor, or -errno with @fault filled.
 */
int collector_open_netns(const struct collector *collector, const struct netns *ns, struct fault *fault);

/** Reads what the programs and maps take of the kernel into @price, in place of what was there. Returns 0 or -ENOMEM. */
int collector_price(const struct collector *collector, struct kernel_price *price);

/** Appends lines for people: what became of the counters of an agent before us (traffic_story()). Returns 0 or -ENOMEM. */
int collector_story(const struct collector *collector, struct buf *ret);

/** Why a running agent's counters are not read though that was wanted (traffic_read_along()); 0: they are, or none runs. */
int collector_not_along(const struct collector *collector);

/** What is attached and pinned is to count on after collector_free(), for the next agent. */
void collector_leave(struct collector *collector);

/** Accepts NULL. */
void collector_free(struct collector *collector);
