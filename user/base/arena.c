/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)64 * 1024)
#define ALIGNMENT  _Alignof(max_align_t)

struct arena_block {
	struct arena_block *next;
	size_t size; /* of data */
	_Alignas(max_align_t) unsigned char data[];
};

/* The smallest that is large enough: a large block is kept for the next large piece. */
static struct arena_block *take_spare(struct arena *arena, size_t size)
{
	struct arena_block **best = NULL;
	struct arena_block *block;

	for (struct arena_block **at = &arena->spare; *at; at = &(*at)->next) {
		if ((*at)->size >= size && (!best || (*at)->size < (*best)->size))
			best = at;
	}
	if (!best)
		return NULL;
	block = *best;
	*best = block->next;
	return block;
}

static struct arena_block *new_block(struct arena *arena, size_t size)
{
	struct arena_block *block = take_spare(arena, size);
	size_t want = size > BLOCK_SIZE ? size : BLOCK_SIZE;

	if (block)
		return block;
	if (want > SIZE_MAX - sizeof(*block))
		return NULL;
	block = malloc(sizeof(*block) + want);
	if (block)
		block->size = want;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->blocks;
	void *piece;

	if (size > SIZE_MAX - ALIGNMENT)
		return NULL;
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!block || size > block->size - arena->used) {
		block = new_block(arena, size);
		if (!block)
			return NULL;
		block->next = arena->blocks;
		arena->blocks = block;
		arena->used = 0;
	}
	piece = block->data + arena->used;
	arena->used += size;
	return memset(piece, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	return arena_alloc(arena, bytes);
}

char *arena_strndup(struct arena *arena, const char *text, size_t max)
{
	size_t len;
	char *copy;

	if (!text)
		return NULL;
	len = strnlen(text, max);
	copy = arena_alloc(arena, len + 1);
	if (copy)
		memcpy(copy, text, len);
	return copy;
}

void arena_reset(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->next;
		block->next = arena->spare;
		arena->spare = block;
	}
	arena->used = 0;
}

static void free_list(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
}

void arena_free(struct arena *arena)
{
	free_list(arena->blocks);
	free_list(arena->spare);
	*arena = (struct arena)ARENA_INIT;
}
