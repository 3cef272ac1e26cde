/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "model/observation.h"
#include "observe/namespaces/namespaces.h"
#include "observe/netlink/wiring.h"

/**
 * Which of the namespaces that /proc and the mounts show are wired to this node. Where we run in the machine's own namespace, all of them. In
 * a nested one (an engine in a container, a lab) those that links lead to from here, however far, but not by way of the machine's:
 * what else is to be seen belongs to other nodes like us, and each would count and attach to the other's.
 */
struct reach {
	struct array kept; /* of struct ns_links, where not all are */
	int32_t machine;   /* nsid of the machine's namespace, nobody's container; NSID_HERE: it is ours, or has none */
	bool nested;
};

void reach_init(struct reach *reach);

/**
 * Finds them anew, and @reach->machine.
 *
 * @ret: their links, sorted by nsid, NSID_HERE first, the machine's among them where it was looked at; valid until the next call of this or of
 *       anything that takes @wiring without const
 * Returns 0 or -ENOMEM.
 */
int reach_find(struct reach *reach, const struct wiring *wiring, struct namespaces *namespaces,
               const struct ns_links **ret, size_t *ret_count);

void reach_free(struct reach *reach);
