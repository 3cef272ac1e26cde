/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"
#include "model/observation.h"

/** The links and addresses of one namespace, sorted. Zeroed but for the rows' sizes: SPACE_INIT. */
struct space {
	struct array links;     /* of struct link, by index */
	struct array addresses; /* of struct link_address */
	bool looked;            /* once at least */
	bool wanted;            /* to be looked at */
	uint64_t round;         /* in which table_next_wanted() last returned it */
};

#define SPACE_INIT                                                                                                     \
	{                                                                                                              \
		.links = ARRAY_OF(struct link), .addresses = ARRAY_OF(struct link_address)                             \
	}

void space_free(struct space *space);

/** The link of that index, or NULL; @ret_at (may be NULL): where it is or belongs. */
struct link *space_find(const struct space *space, uint32_t index, size_t *ret_at);

/** Takes a link out, with its addresses. @at: where space_find() found it */
void space_drop(struct space *space, size_t at);

/**
 * The next state of a link: what was told, with the birth it had. A veth that tells no peer any more is being torn down (veth_dellink()
 * parts the two before either is unregistered); the peer it had is kept.
 */
struct link space_follow(const struct link *old, const struct link *told);

/**
 * Whether what is told under a known index cannot be the link that was known, so that its end was not seen: another kind, or a pair whose
 * other end is in the same namespace as before but is another link (an index changes only on the way into another namespace).
 */
bool space_replaced(const struct link *old, const struct link *told);

/**
 * Whether a link found by looking is the one that was known under its index: kind, name, hardware address (but for
 * bridges, which take on that of a port) and the index of a pair's other end are the
 * same.
 */
bool space_same_link(const struct link *old, const struct link *told);

/**
 * Takes in a whole look: links that are the same keep their birth, others are born @now. With @complete false what was known and is not
 * in the look stays.
 *
 * @links, @addresses: sorted; swapped with what the space had. On failure they may hold more rows than before
 * Returns 0 or -ENOMEM.
 */
int space_merge(struct space *space, struct array *links, struct array *addresses, bool complete, uint64_t now);

/** The link of that index in sorted rows of struct link, or NULL. */
struct link *links_find(const struct array *links, uint32_t index, size_t *ret_at);
