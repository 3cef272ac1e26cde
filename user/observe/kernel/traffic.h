/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "ctnet_traffic.h"

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

/** What was counted there since its attach, as traffic_read(). */
void traffic_read_inside(const struct traffic_programs *programs, uint32_t row, struct ctnet_counters ret[CTNET_HOOKS]);

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
