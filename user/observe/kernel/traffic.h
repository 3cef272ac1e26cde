/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "ctnet_pins.h"
#include "ctnet_traffic.h"

struct buf;
struct kernel_price;
struct traffic_programs;

enum attach_mode {
	ATTACH_AUTO, /* TCX where the kernel has it (6.6, commit e420bed02507), else clsact */
	ATTACH_TCX,
	ATTACH_CLSACT,
};

/**
 * Loads bpf/traffic.bpf.c and, where it can be had, bpf/inner.bpf.c (traffic_inside_refusal()), finds out how it can be attached here, and takes away what a dead ctnet left behind in this namespace
 * (only filters of our own names and handles whose instance lives no more).
 *
 * @ret: freed with traffic_free(), which detaches everything; untouched on failure
 * @fault: filled on failure: which privilege or kernel feature is missing, and the remedy
 * Returns 0, -EPERM, -EOPNOTSUPP (this kernel cannot), or -errno.
 */
int traffic_open(enum attach_mode mode, struct traffic_programs **ret, struct fault *fault);

/**
 * As traffic_open(), for the one agent of this network namespace. What is attached is pinned below @bpffs (pins.h), so it counts on when this
 * process is killed; and what an agent before us left there is taken over at the first traffic_attach() of each interface, with our
 * programs in place of its own, no packet uncounted and no counter reset.
 *
 * @bpffs: PINS_NOWHERE: nothing is pinned; likewise where no bpffs is mounted there (traffic_story() tells)
 */
int traffic_open_lasting(enum attach_mode mode, const char *bpffs, struct traffic_programs **ret, struct fault *fault);

/**
 * Reads along what a running agent counts: loads and attaches nothing. traffic_attach() finds the agent's row, or says -EAGAIN where it has
 * none (yet).
 *
 * Returns 0; -ENOENT: no agent runs here, or it pins nothing; -EACCES: what it pinned is not to be seen; -ESTALE: it has another layout; or
 * -errno.
 */
int traffic_read_along(const char *bpffs, struct traffic_programs **ret);

/** Whether we read along; and whether what we read was taken away, by an agent that ended. */
bool traffic_is_along(const struct traffic_programs *programs);
bool traffic_along_ended(const struct traffic_programs *programs);

/** Appends what became of the counters of an agent before us, and why none can be kept for the next: lines for people. Returns 0 or -ENOMEM. */
int traffic_story(const struct traffic_programs *programs, struct buf *ret);

/** Lets everything that is attached and pinned count on when we end, for the next agent. From now on nothing is detached. */
void traffic_leave(struct traffic_programs *programs);

/** An interface that ended while no agent ran. */
struct traffic_orphan {
	uint32_t ifindex;
	bool inside; /* another namespace */
	char name[CTNET_TEXT_SIZE];
	char kind[CTNET_TEXT_SIZE];
	struct ctnet_kept kept;
	struct ctnet_counters counted[CTNET_HOOKS];
};

/** All interfaces that are to be attached to are: detaches what the agent before us left beside them. Once is enough. */
void traffic_settle(struct traffic_programs *programs);

/** Takes one of those that were found until now. Returns whether there was one. */
bool traffic_orphan_next(struct traffic_programs *programs, struct traffic_orphan *ret);

/** "tcx" or "clsact". */
const char *traffic_mode_name(const struct traffic_programs *programs);

/**
 * Attaches both directions to one interface of the observing namespace and gives it a row of zeroes. The programs never change a packet
 * and never end the chain.
 *
 * Returns 0 (also where it was attached already), -ENODEV (gone meanwhile), -ENOSPC (no row to be had), -EBUSY (clsact: a
 * plain ingress qdisc stands there, which has no egress side), or -errno.
 */
int traffic_attach(struct traffic_programs *programs, uint32_t ifindex);

/**
 * Detaches from one interface, which may be gone already, and gives its row back; read it before. Accepts an index that
 * is not attached.
 */
void traffic_detach(struct traffic_programs *programs, uint32_t ifindex);

/**
 * What was counted on one interface since its attach, all CPUs added up. Reads shared memory: no system call. A row is readable after its interface
 * is gone, until traffic_detach().
 *
 * @ret: one per enum ctnet_hook
 * Returns 0, or -ENOENT where it is not attached.
 */
int traffic_read(const struct traffic_programs *programs, uint32_t ifindex, struct ctnet_counters ret[CTNET_HOOKS]);

/**
 * Keeps beside the row what a total is made of, for the next agent and for those who read along; and what the interface is called.
 */
void traffic_keep(const struct traffic_programs *programs, uint32_t ifindex, const struct ctnet_kept *kept);
void traffic_note_name(const struct traffic_programs *programs, uint32_t ifindex, const char *name, const char *kind);

/** What is kept there. Returns false where nothing is; @ret is untouched then. */
bool traffic_kept(const struct traffic_programs *programs, uint32_t ifindex, struct ctnet_kept *ret);

/* ---------------------------------------------------------------- interfaces inside other namespaces */

/** Why no program can stand inside another namespace here, for people; NULL: it can. */
const char *traffic_inside_refusal(const struct traffic_programs *programs);

/**
 * Attaches both directions to one interface of another namespace and gives it a row of zeroes. Always with TCX: a link is gone with us,
 * however we end, and keeps nobody's namespace alive; a filter of clsact would stay, and whether its ctnet lives could be told there
 * only by a socket in that namespace, which would keep it alive.
 *
 * @netns_fd: of the namespace, used for the call only
 * @ret_row: names it from now on
 * Returns 0, -EOPNOTSUPP (traffic_inside_refusal()), -EPERM (it may not be entered), -ENODEV, -ENOSPC, or -errno.
 */
int traffic_attach_inside(struct traffic_programs *programs, int netns_fd, uint32_t ifindex, uint32_t *ret_row);

/** Detaches; the interface and its namespace may be gone already. Read it before. */
void traffic_detach_inside(struct traffic_programs *programs, uint32_t row);

/** As traffic_keep() and traffic_kept(). */
void traffic_keep_inside(const struct traffic_programs *programs, uint32_t row, const struct ctnet_kept *kept);
bool traffic_kept_inside(const struct traffic_programs *programs, uint32_t row, struct ctnet_kept *ret);

/** What was counted there since its attach, as traffic_read(). Returns 0, or -ENOENT: who is read along has given it back. */
int traffic_read_inside(const struct traffic_programs *programs, uint32_t row, struct ctnet_counters ret[CTNET_HOOKS]);

/** Packets lost, by enum ctnet_traffic_loss, since traffic_open(). */
void traffic_losses(const struct traffic_programs *programs, uint64_t ret[CTNET_TRAFFIC_LOSSES]);

/** The descriptor of a program, for BPF_PROG_TEST_RUN. Owned by @programs. */
int traffic_program_fd(const struct traffic_programs *programs, enum ctnet_hook hook);

/** The same of those that stand inside other namespaces, where nothing refuses them. */
int traffic_inner_program_fd(const struct traffic_programs *programs, enum ctnet_hook hook);

/** Bytes that the counters themselves need (traffic_price() tells what the kernel takes, for all maps), and interfaces attached. */
uint64_t traffic_map_bytes(const struct traffic_programs *programs);
uint32_t traffic_attached(const struct traffic_programs *programs);

/** Adds what the kernel says that the maps and programs take. Returns 0 or -ENOMEM. */
int traffic_price(const struct traffic_programs *programs, struct kernel_price *price);

/** Detaches everything, leaves nothing. Accepts NULL. */
void traffic_free(struct traffic_programs *programs);
