/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "model/observation.h"

/**
 * Counts births and deaths of namespaces by comparing one look with the next: the fallback where the kernel has no kprobes. It sees
 * late, and does not see what lives and dies between two looks; never presented as exact.
 */
struct census {
	struct lifecycle lifecycle; /* exact is false */
	struct array before;        /* of struct known_ns, sorted by inode */
	bool begun;
};

/** An empty census. */
void census_init(struct census *census);

/** Called for each birth and death that a comparison finds. */
typedef void (*census_fn)(void *context, bool created, uint64_t inode);

/**
 * Takes one look into account; the first one counts nothing.
 *
 * @seen: sorted by inode
 * @tell: may be NULL
 * Returns 0 or -ENOMEM; the next one then counts some twice.
 */
int census_take(struct census *census, const struct ns_seen *seen, size_t count, census_fn tell, void *context);

/** Accepts an empty census. */
void census_free(struct census *census);
