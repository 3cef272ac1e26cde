/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

#include "base/array.h"
#include "base/fault.h"
#include "model/exposed.h"

/*
 * Names of `ip netns` for namespaces that have none: a mount of the namespace on a file in /run/netns, made as `ip netns attach` makes it. What
 * ctnet made is remembered in a directory of root's alone, so that it takes away nothing else. Both are gone after a boot, as /run is.
 */

/** Where things stand; tests point these at directories of their own. */
struct exposed_places {
	const char *netns_dir; /* "/run/netns" */
	const char *
		state_dir; /* "/run/ctnet/exposed"; it goes with the last name, and its parent if nothing else is in it */
};

extern const struct exposed_places exposed_usual_places;

/**
 * Gives a namespace a name. The name keeps it alive until it is taken away, whoever else leaves it. Never touches a name that is there.
 *
 * @row: name (exposed_name()) and owner are given, the rest is filled
 * @ret_already: the name was there, and is that very namespace, whoever made it
 * Returns 0, or -errno with @fault filled (-EEXIST: the name is another's).
 */
int exposed_add(const struct exposed_places *places, int netns_fd, struct exposed *row, bool *ret_already,
                struct fault *fault);

/**
 * Takes a name away that exposed_add() gave, and nothing else: one that leads to another namespace by now is left alone.
 *
 * @ret: what it was; there: false where somebody had taken it away already
 * Returns 0, or -errno with @fault filled.
 */
int exposed_remove(const struct exposed_places *places, const char *name, struct exposed *ret, struct fault *fault);

/** All that is exposed, by name. @ret: rows of struct exposed, appended to. Returns 0, or -errno with @fault filled. */
int exposed_list(const struct exposed_places *places, struct array *ret, struct fault *fault);
