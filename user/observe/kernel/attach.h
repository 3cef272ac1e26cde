/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "ctnet_traffic.h"

/*
 * The two ways to put ctnet_ingress and ctnet_egress on an interface of the namespace we run in.
 */

/* ---------------------------------------------------------------- TCX: links that live as long as we do */

struct tcx_links {
	int fd[CTNET_HOOKS]; /* -1: none */
};

/** Whether this kernel has TCX (6.6, commit e420bed02507). Attaches to nothing. */
bool tcx_usable(int prog_fd);

/**
 * Puts the programs at the head of both chains. For each of them the kernel waits, with the rtnl lock held, until no CPU runs the
 * old chain (tcx_entry_sync(), synchronize_rcu()); so does tcx_detach() where the interface is still there. Measured
 * on 6.18 with two CPUs and 250 ticks a second: 23 ms an interface, idle or busy. Nothing of ours makes it shorter: two threads wait for
 * the lock instead, and grace periods that membarrier() asks for meanwhile only make this one wait its turn.
 *
 * @prog_fd: one per enum ctnet_hook
 * @ret: tcx_detach() it; untouched on failure
 * Returns 0, -ENODEV, or -errno.
 */
int tcx_attach(const int prog_fd[CTNET_HOOKS], uint32_t ifindex, struct tcx_links *ret);

/** The interface may be gone already. */
void tcx_detach(struct tcx_links *links);

/* ---------------------------------------------------------------- clsact: filters that outlive us */

struct clsact;

struct clsact_filters {
	uint32_t handle;                /* of both */
	uint16_t priority[CTNET_HOOKS]; /* 0: none */
};

/**
 * Takes one of the 16 places that tell the filters of ctnet processes in a namespace apart.
 *
 * @ret: clsact_free() it
 * Returns 0, or -errno with @fault filled.
 */
int clsact_new(struct clsact **ret, struct fault *fault);

/**
 * Adds a filter to each side, with the clsact qdisc where there was none.
 *
 * @ret: clsact_detach() it; untouched on failure
 * Returns 0, -ENODEV, -EBUSY (an "ingress" qdisc of somebody's stands where clsact would, or there is no priority free), or -errno.
 */
int clsact_attach(const struct clsact *clsact, const int prog_fd[CTNET_HOOKS], uint32_t ifindex,
                  struct clsact_filters *ret);

/** Removes the filters, and the qdisc where a ctnet made it and nobody has a filter there. The interface may be gone. */
void clsact_detach(uint32_t ifindex, const struct clsact_filters *filters);

/**
 * Removes the filters that ctnet processes which live no more left in this namespace, and their qdiscs as clsact_detach().
 *
 * @self: our own place, so that what its last owner left is taken for dead; NULL: we have none
 */
void clsact_reclaim(const struct clsact *self);

/** Frees our place. Detach first. Accepts NULL. */
void clsact_free(struct clsact *clsact);
