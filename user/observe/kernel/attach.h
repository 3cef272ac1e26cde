/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "ctnet_traffic.h"

/*
 * The two ways to put ctnet_ingress and ctnet_egress on an interface of the namespace we run in.
 */

/* ---------------------------------------------------------------- TCX: links that live as long as we do, or as they are pinned */

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

/** The interface may be gone already. What is pinned stays attached. */
void tcx_detach(struct tcx_links *links);

/**
 * Puts our programs in place of those of links that somebody pinned, with no packet between the two, where they stand at that interface of the
 * namespace we are in: a link is bound to its device, so what the kernel lists there is at the same device as ever.
 *
 * Returns 0, -ENODEV where they stand elsewhere or their device is gone, or -errno.
 */
int tcx_adopt(const struct tcx_links *links, const int prog_fd[CTNET_HOOKS], uint32_t ifindex);

/** Detaches although they are pinned. */
void tcx_remove(struct tcx_links *links);

/** Whether the device of a link is gone. */
bool tcx_is_dead(int link_fd);

/* ---------------------------------------------------------------- clsact: filters that outlive us */

struct clsact;

struct clsact_filters {
	uint32_t handle;                /* of both */
	uint16_t priority[CTNET_HOOKS]; /* 0: none */
};

struct tc_item;

/**
 * Takes one of the 16 places that tell the filters of ctnet processes in a namespace apart.
 *
 * @lasting: the filters are an agent's that lets them count on when it ends; clsact_reclaim() leaves them alone
 * @ret: clsact_free() it
 * Returns 0, or -errno with @fault filled.
 */
int clsact_new(bool lasting, struct clsact **ret, struct fault *fault);

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
 * Returns how many were removed.
 */
size_t clsact_reclaim(const struct clsact *self);

/** The id of the program in a filter of a ctnet (from its name, which libbpf makes); 0: not known. */
uint32_t clsact_program_of(const struct tc_item *filter);

/**
 * Removes lasting filters, for whoever knows that no other agent runs in this namespace.
 *
 * @known: says which stay; NULL: none
 * Returns how many were removed.
 */
size_t clsact_sweep(bool (*known)(void *context, enum ctnet_hook hook, const struct tc_item *filter), void *context);

/** Whether such a filter stands at an interface, with one of these two programs. */
bool clsact_stands(uint32_t ifindex, enum ctnet_hook hook, uint32_t handle, uint16_t priority,
                   const uint32_t program[2]);

/** Puts a program in place of a filter's, with no packet between the two. Returns 0 or -errno. */
int clsact_replace(uint32_t ifindex, enum ctnet_hook hook, uint32_t handle, uint16_t priority, int prog_fd);

/** Frees our place. Detach first. Accepts NULL. */
void clsact_free(struct clsact *clsact);
