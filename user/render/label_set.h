/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

struct arena;
struct label_slot;

/** Who has which labels: a hash table of a size known before. Text and items are the caller's. */
struct label_set {
	struct label_slot *slots; /* never more than half full */
	size_t mask;
};

/**
 * @most: upper bound on the items that will be put in
 * @arena: owns the table
 * Returns 0 or -ENOMEM.
 */
int label_set_init(struct label_set *set, size_t most, struct arena *arena);

/** Returns the item that claimed the same labels before, or NULL: they are now @item's. */
void *label_set_claim(struct label_set *set, const char *labels, void *item);
