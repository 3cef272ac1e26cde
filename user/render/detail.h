/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

#include "model/path.h"

struct buf;

/** What is shown of one namespace besides itself. */
struct detail {
	const struct netns *ns;
	struct path_list list;      /* one for each interface, as path_make_all() gives them */
	const char *const *holders; /* one line of clean text for each that was found */
	size_t holder_count;
};

/**
 * All that is known of one namespace, for people: its owners, each interface with its path, counters, and what keeps it alive where no process
 * does.
 *
 * @ret: appended to; untouched on failure but for its mark `failed`
 * Returns 0 or -ENOMEM.
 */
int detail_render(const struct snapshot *snap, const struct host_facts *facts, const struct detail *detail,
                  struct buf *ret);
