/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

struct snapshot;
struct netns;
struct buf;

/**
 * All that is known of one namespace, for people: its owners, each interface with the way to the host, counters, protocols, and what keeps it
 * alive where no process does.
 *
 * @holders: one line of clean text for each holder that was found
 * @ret: appended to; untouched on failure but for its mark `failed`
 * Returns 0 or -ENOMEM.
 */
int detail_render(const struct snapshot *snap, const struct netns *ns, const char *const *holders, size_t holder_count,
                  struct buf *ret);
