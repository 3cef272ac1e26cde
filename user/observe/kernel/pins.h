/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

/**
 * The place under bpffs where an agent of this network namespace keeps its maps and links alive beyond its own end:
 * BPFFS/ctnet/net-COOKIE/layout-P-T. The cookie is the kernel's number of the namespace, given to no other until the next boot, so that agents
 * of several do not meet; P and T are CTNET_PINS_LAYOUT and CTNET_TRAFFIC_LAYOUT, so that what cannot be understood is seen by its name.
 * A lock on net-COOKIE (flock(2)) says that the agent runs; it ends with the process.
 *
 *	index, chunks, lost, inner	the maps of the programs
 *	rows-N, notes-N			the arrays of chunk N
 *	link-ROW-ingress, -egress	the TCX links of a row
 */
struct pins;

#define PINS_NOWHERE "none" /* given as the bpffs: nothing is pinned */

/**
 * Makes the place, takes the lock, and removes what ctnets of other layouts left there (pins_replaced()).
 *
 * @bpffs: where a bpffs is mounted
 * @ret: pins_close() it; untouched on failure
 * Returns 0, or -errno with @fault filled: no bpffs is mounted there, or it is not to be written to.
 */
int pins_open(const char *bpffs, struct pins **ret, struct fault *fault);

/**
 * Looks at the place of an agent that runs.
 *
 * Returns 0; -ENOENT: none runs here, or it pins nothing; -EACCES: it is not to be seen; -ESTALE: it has another layout; or -errno.
 */
int pins_look(const char *bpffs, struct pins **ret);

/** The layout that was found in place of ours and removed, as "layout-P-T"; "": none. */
const char *pins_replaced(const struct pins *pins);

/** Pins under a name, in place of what has it. Returns 0 or -errno. */
int pins_put(const struct pins *pins, const char *name, int fd);

/** Opens what is pinned under a name. Returns a descriptor of the caller's, -ENOENT, or -errno. */
int pins_get(const struct pins *pins, const char *name);

/** Takes a name away; a link that nobody else holds is detached some time after. */
void pins_drop(const struct pins *pins, const char *name);

/** Takes all names away; links are detached at once. */
void pins_clear(const struct pins *pins);

/** Tells this place from another that is made under its name; 0: it is no more. */
unsigned long pins_identity(const struct pins *pins);

/** @leave: all names stay, for the next one. Accepts NULL. */
void pins_close(struct pins *pins, bool leave);

/** What pins_remove_all() did. */
struct pins_removed {
	size_t links;   /* detached */
	size_t others;  /* maps that nobody holds any more */
	size_t running; /* places that were left, as their agent runs */
};

/** Removes what agents of any network namespace and any layout left there, but for those that run. Returns 0 or -errno. */
int pins_remove_all(const char *bpffs, struct pins_removed *ret);
