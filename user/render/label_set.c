/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/label_set.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

struct label_slot {
	const char *labels; /* NULL: free */
	void *item;
};

int label_set_init(struct label_set *set, size_t most, struct arena *arena)
{
	size_t size = 2;

	while (size / 2 < most)
		size *= 2;
	set->slots = arena_array(arena, size, sizeof(*set->slots));
	if (!set->slots)
		return -ENOMEM;
	set->mask = size - 1;
	return 0;
}

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3ULL;
	return h;
}

void *label_set_claim(struct label_set *set, const char *labels, void *item)
{
	size_t at = hash(labels) & set->mask;

	for (; set->slots[at].labels; at = (at + 1) & set->mask) {
		if (strcmp(set->slots[at].labels, labels) == 0)
			return set->slots[at].item;
	}
	set->slots[at] = (struct label_slot){ .labels = labels, .item = item };
	return NULL;
}
