/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

struct arena_block;

/**
 * Memory that is given out piece by piece and taken back all at once: one snapshot, one scan. Pieces are zeroed and
 * aligned for any type. Everything given out is invalid after arena_reset() or arena_free().
 */
struct arena {
	struct arena_block *blocks; /* newest first */
	struct arena_block *spare;  /* kept by arena_reset() for the next round */
	size_t used;                /* bytes taken from the newest block */
};

#define ARENA_INIT                                                                                                     \
	{                                                                                                              \
		NULL, NULL, 0                                                                                          \
	}
#define _cleanup_arena_ __attribute__((cleanup(arena_free)))

/** Returns @size zeroed bytes, or NULL where there is no memory. @size 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size);

/** As arena_alloc() for @count items of @size bytes; NULL also where the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/** Returns a copy of at most @max bytes of @text, always terminated; NULL where there is no memory or @text is NULL. */
char *arena_strndup(struct arena *arena, const char *text, size_t max);

/** Takes everything back but keeps the memory for the next round: a steady tick allocates nothing. */
void arena_reset(struct arena *arena);

/** Gives all memory back. Accepts an empty arena; the arena can be used again. */
void arena_free(struct arena *arena);
