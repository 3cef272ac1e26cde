/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ctnet_traffic.h"
#include "observe/kernel/attach.h"

/**
 * The programs that stand inside other namespaces (bpf/inner.bpf.c). They count into the rows of those of bpf/traffic.bpf.c.
 */
struct inner_programs;
struct kernel_price;
struct pins;

/**
 * Loads them. Quiet where this kernel lacks something (BTF; bpf_cast_to_kern_ctx(), 6.2; CAP_PERFMON): all else goes on without.
 *
 * @chunks_fd, @lost_fd: maps of bpf/traffic.bpf.c, used as long as the programs live, still owned by the caller
 * @pins: where their map is kept beyond our end, and found again; NULL: nowhere
 * @ret: inner_programs_free() it; untouched on failure
 * Returns 0 or -errno.
 */
int inner_programs_open(int chunks_fd, int lost_fd, const struct pins *pins, struct inner_programs **ret);

/**
 * Attaches both directions to an interface of another namespace, by TCX, from a thread that enters it.
 *
 * @netns_fd: of the namespace of @key, used for the call only
 * @row: where they count; nobody else's
 * @ret: tcx_detach() it, then inner_programs_forget(); untouched on failure
 * Returns 0, -EPERM (it may not be entered), -ENODEV, -ENOSPC, or -errno.
 */
int inner_programs_attach(const struct inner_programs *programs, int netns_fd, struct ctnet_inner_key key, uint32_t row,
                          struct tcx_links *ret);

/**
 * Takes links over that somebody pinned, from a thread that enters the namespace: tcx_adopt().
 *
 * @key, @row: as they were attached with
 */
int inner_programs_adopt(const struct inner_programs *programs, int netns_fd, struct ctnet_inner_key key, uint32_t row,
                         const struct tcx_links *links);

/** Forgets the interfaces whose row is not theirs (any more). @theirs: says whether it is */
void inner_programs_mend(const struct inner_programs *programs,
                         bool (*theirs)(void *context, struct ctnet_inner_key key, uint32_t row), void *context);

/** The row of an interface that is detached is nobody's any more. */
void inner_programs_forget(const struct inner_programs *programs, struct ctnet_inner_key key);

/** The descriptor of a program, for BPF_PROG_TEST_RUN. Owned by @programs. */
int inner_programs_fd(const struct inner_programs *programs, enum ctnet_hook hook);

/** Adds what the kernel says that the maps and programs take; none where @programs is NULL. Returns 0 or -ENOMEM. */
int inner_programs_price(const struct inner_programs *programs, struct kernel_price *price);

/** Detach first. Accepts NULL. */
void inner_programs_free(struct inner_programs *programs);
