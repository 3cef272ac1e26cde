/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "model/lifecycle_event.h"
#include "model/snapshot.h"

struct kernel_price;
struct lifecycle_probes;

struct lifecycle_options {
	uint32_t ring_bytes; /* for events, made a power of two of whole pages; 0: LIFECYCLE_RING_BYTES */
	const char *const
		*absent; /* kernel functions to be asked for under a name that no kernel has, NULL-terminated; tests
				      show with it what is left without them. NULL: none */
};

/* An event takes 128 bytes: 8192 of them may wait for the reader. */
#define LIFECYCLE_RING_BYTES (1024 * 1024)

/** One probe: where it sits, or why it does not. */
struct probe_status {
	const char *name;   /* "created", "moved", … (user/observe/kernel/probe_table.c) */
	const char *symbol; /* the kernel function it is attached to; else the one that was tried first */
	bool attached;
	char why[128]; /* "" where it is attached */
};

/** What was not delivered or not measured since lifecycle_open(); counters. */
struct lifecycle_losses {
	uint64_t events[CTNET_EVENT_KINDS]; /* counted, but the ring buffer was full */
	uint64_t malformed;                 /* delivered, but not of our making */
	uint64_t untimed;                   /* a time is missing from a histogram */
	uint64_t
		missed; /* a probe was passed and its program did not run (told by 6.7 and later): a total may be too low */
};

/**
 * Loads bpf/lifecycle.bpf.c and attaches its probes, each alone: one that this kernel cannot have costs its own event and nothing
 * else (lifecycle_status() tells).
 *
 * @options: NULL: all defaults
 * @ret: freed with lifecycle_free(); untouched on failure
 * @fault: filled on failure: which privilege or kernel feature is missing
 * Returns 0; -EOPNOTSUPP: this kernel has no kprobes or no BTF, or none of the functions; -EPERM: not permitted (capabilities,
 * lockdown); or -errno.
 */
int lifecycle_open(const struct lifecycle_options *options, struct lifecycle_probes **ret, struct fault *fault);

/** The descriptor to poll (POLLIN: events wait); then call lifecycle_dispatch(). */
int lifecycle_fd(const struct lifecycle_probes *probes);

/** Called for each event; the event is the callee's to read until it returns. */
typedef void lifecycle_event_fn(const struct lifecycle_event *event, void *user);

/**
 * Delivers all events that wait, in the order in which the kernel recorded them. Never blocks.
 *
 * Returns how many, or -errno.
 */
int lifecycle_dispatch(struct lifecycle_probes *probes, lifecycle_event_fn *deliver, void *user);

/**
 * The totals since lifecycle_open(), whether or not events were delivered. `exact` says that created and destroyed are both watched at
 * the entry of a function (a return can be missed) and that no passing was missed. Shared memory, and two system calls for each of
 * these two probes.
 */
void lifecycle_read(const struct lifecycle_probes *probes, struct lifecycle *ret);

/** Events of one kind, counted since lifecycle_open(); delivered or lost. */
uint64_t lifecycle_seen(const struct lifecycle_probes *probes, enum ctnet_event_kind kind);

void lifecycle_losses(const struct lifecycle_probes *probes, struct lifecycle_losses *ret);

/** Namespaces whose setup failed: they are in no other count. */
uint64_t lifecycle_failed(const struct lifecycle_probes *probes);

/** One entry for each probe, in a fixed order; lives as long as @probes. */
const struct probe_status *lifecycle_status(const struct lifecycle_probes *probes, size_t *ret_count);

/** Adds what the kernel says that the maps and programs take. Returns 0 or -ENOMEM. */
int lifecycle_price(const struct lifecycle_probes *probes, struct kernel_price *price);

/** Detaches everything, leaves nothing. Accepts NULL. */
void lifecycle_free(struct lifecycle_probes *probes);
void lifecycle_freep(struct lifecycle_probes **probes);
#define _cleanup_lifecycle_ __attribute__((cleanup(lifecycle_freep)))
