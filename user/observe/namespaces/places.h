/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/** Where a network namespace can be opened without a process. */
struct place {
	uint64_t inode;
	uint64_t stamp;   /* see struct ns_seen; 0: it could not be asked */
	const char *path; /* raw bytes */
	const char *name; /* cleaned text: its name for `ip netns`; NULL: it stands elsewhere */
};

struct places {
	struct arena arena;  /* owns all text */
	struct place *items; /* sorted by inode, then those with a name first, then by path */
	size_t count, cap;
};

#define PLACES_INIT                                                                                                    \
	{                                                                                                              \
		.arena = ARENA_INIT                                                                                    \
	}

/**
 * Reads the mounted namespaces of our mount namespace and the names of `ip netns`: mounts in @netns_dir, and symlinks there that lead to
 * a namespace (`ln -s /proc/PID/ns/net /run/netns/NAME`). A plain file there is one that `ip netns add` has not yet mounted on.
 *
 * @proc: descriptor of /proc
 * @netns_dir: need not exist
 * @ret: what it held is replaced; on failure it is empty
 *
 * Returns 0 or -errno.
 */
int places_read(int proc, const char *netns_dir, struct places *ret);

/** Accepts PLACES_INIT. */
void places_free(struct places *places);
