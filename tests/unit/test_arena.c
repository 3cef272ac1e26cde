/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "unit/unit.h"

/* A size that no machine has is refused with NULL, as without the sanitizer. */
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static bool is_zero(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != 0)
			return false;
	}
	return true;
}

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
	static const size_t sizes[] = { 1, 7, 16, 100, 4096, 65536, 70000, 3, 1000000, 8 };
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	unsigned char *pieces[ARRAY_SIZE(sizes)];

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			pieces[i] = arena_alloc(&arena, sizes[i]);
			assert_non_null(pieces[i]);
			assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
			assert_true(is_zero(pieces[i], sizes[i]));
			memset(pieces[i], (int)i + 1, sizes[i]);
		}
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			assert_int_equal(pieces[i][0], i + 1);
			assert_int_equal(pieces[i][sizes[i] - 1], i + 1);
		}
		arena_reset(&arena);
	}
}

static void a_steady_round_takes_no_new_memory(void **state)
{
	static const size_t sizes[] = { 10, 200000, 60000, 60000, 10, 90000 };
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	void *first[ARRAY_SIZE(sizes)];

	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			void *piece = arena_alloc(&arena, sizes[i]);

			assert_non_null(piece);
			if (round == 0)
				first[i] = piece;
			else
				assert_ptr_equal(piece, first[i]);
		}
		arena_reset(&arena);
	}
}

/* The small piece comes first in one round and last in the next: it must not use up the large block. */
static void a_small_piece_leaves_the_large_block_alone(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	unsigned char *large = arena_alloc(&arena, 1000000);
	unsigned char *small = arena_alloc(&arena, 10);

	assert_non_null(large);
	assert_non_null(small);
	arena_reset(&arena);
	assert_ptr_equal(arena_alloc(&arena, 10), small);
	assert_ptr_equal(arena_alloc(&arena, 1000000), large);
}

static void impossible_sizes_give_nothing(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;

	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX - 64));
	assert_null(arena_array(&arena, SIZE_MAX / 2, 3));
	assert_non_null(arena_alloc(&arena, 0));
	assert_non_null(arena_array(&arena, 0, 8));
}

static void copied_text_is_bounded_and_terminated(void **state)
{
	static const char unterminated[4] = { 'a', 'b', 'c', 'd' };
	_cleanup_arena_ struct arena arena = ARENA_INIT;

	assert_string_equal(arena_strndup(&arena, "hello", 100), "hello");
	assert_string_equal(arena_strndup(&arena, "hello", 3), "hel");
	assert_string_equal(arena_strndup(&arena, unterminated, sizeof(unterminated)), "abcd");
	assert_string_equal(arena_strndup(&arena, "", 0), "");
	assert_null(arena_strndup(&arena, NULL, 10));
}

static void a_freed_arena_can_be_used_again(void **state)
{
	struct arena arena = ARENA_INIT;

	arena_free(&arena);
	arena_reset(&arena);
	assert_non_null(arena_alloc(&arena, 5));
	arena_reset(&arena);
	arena_free(&arena);
	assert_non_null(arena_alloc(&arena, 5));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(a_steady_round_takes_no_new_memory),
		cmocka_unit_test(a_small_piece_leaves_the_large_block_alone),
		cmocka_unit_test(impossible_sizes_give_nothing),
		cmocka_unit_test(copied_text_is_bounded_and_terminated),
		cmocka_unit_test(a_freed_arena_can_be_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
