/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

/** What leftovers_remove() took away. */
struct leftovers {
	size_t links;
	size_t filters;
	size_t maps;
	size_t running; /* agents of other network namespaces that run: theirs is left */
};

/**
 * Takes away what ctnets left that do not run any more: what is pinned below @bpffs, for whatever network namespace, and the filters in the
 * one we run in. No agent may run in this one.
 *
 * Returns 0 or -errno.
 */
int leftovers_remove(const char *bpffs, struct leftovers *ret);
