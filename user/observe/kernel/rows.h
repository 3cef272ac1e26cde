/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ctnet_pins.h"
#include "ctnet_traffic.h"

struct pins;

/**
 * The table of counters that bpf/traffic.bpf.c writes: which interface has which row (ctnet_index), and the rows
 * (the arrays in ctnet_chunks), both mapped into our memory: to read counters is no system call. Grows by CTNET_CHUNK_ROWS rows as
 * interfaces come; never shrinks.
 */
struct rows;

/**
 * Makes one map for ctnet_chunks; also the pattern that ctnet_chunks is made with, since it takes only maps like that.
 *
 * @cpus: CPUs of one row
 * Returns its descriptor, owned by the caller, or -errno.
 */
int rows_chunk_map(uint32_t cpus);

/**
 * @index: CTNET_INDEX_ENTRIES of them, empty, as the program sees them
 * @chunks_fd: the map; this and @index are used by the table as long as it lives, still owned by the caller
 * @cpus: CPUs of one row, as the program was told
 * @ret: rows_free() it; untouched on failure
 * Returns 0 or -errno.
 */
int rows_new(ctnet_entry *index, int chunks_fd, uint32_t cpus, struct rows **ret);

/**
 * From now on the chunks are pinned; those that are pinned already, and what is noted there, are taken in. Where whoever made them was
 * killed in the middle, what is not whole is given back. Before the first row is taken.
 *
 * @pins: must outlive the rows
 */
void rows_keep(struct rows *rows, const struct pins *pins);

/**
 * The table of a running agent, to be read only. Its chunks come as they are made: rows_follow().
 *
 * @index: mapped; likewise
 */
int rows_along(ctnet_entry *index, uint32_t cpus, const struct pins *pins, struct rows **ret);
void rows_follow(struct rows *rows);

/** The note of a row, which stands beside it wherever that is kept. Given back with the row. */
struct ctnet_note *rows_note(const struct rows *rows, uint32_t row);

/** Whether somebody has this row; rows are counted from 0 to below rows_room(). */
bool rows_in_use(const struct rows *rows, uint32_t row);
uint32_t rows_room(const struct rows *rows);

/**
 * Gives an interface a row of zeroes. From then on the program counts there.
 *
 * @ifindex: not 0, has no row yet
 * @ret_row: the row's number; untouched on failure
 * Returns 0, -ENOSPC (no row left, or too many interfaces whose numbers collide in the index), or -errno.
 */
int rows_take(struct rows *rows, uint32_t ifindex, uint32_t *ret_row);

/** The row of an interface. Returns 0, or -ENOENT where it has none. */
int rows_find(const struct rows *rows, uint32_t ifindex, uint32_t *ret_row);

/** Takes the row of an interface back, if it has one; nothing may count there any more. */
void rows_give_back(struct rows *rows, uint32_t ifindex);

/**
 * Gives a row of zeroes that the index does not lead to: whoever takes it tells the program in another way where it is.
 *
 * @ret_row: untouched on failure
 * Returns 0, -ENOSPC (no row left), or -errno.
 */
int rows_take_unlisted(struct rows *rows, uint32_t *ret_row);

/** Takes such a row back; nothing may count there any more. */
void rows_give_back_unlisted(struct rows *rows, uint32_t row);

/** A row's counters, all CPUs added up. @row: from rows_take() or rows_find(). @ret: one per enum ctnet_hook. */
void rows_read(const struct rows *rows, uint32_t row, struct ctnet_counters ret[CTNET_HOOKS]);

/** Rows in use, and bytes of kernel memory that the index and the rows take. */
uint32_t rows_used(const struct rows *rows);
uint64_t rows_bytes(const struct rows *rows);

/** What rows_bytes() says when so many interfaces have rows. Pure. */
uint64_t rows_bytes_for(uint32_t interfaces, uint32_t cpus);

/** Bytes of kernel memory that the rows alone take, in the kernel's words (map_memory()). */
uint64_t rows_chunk_memory(const struct rows *rows);

/** Accepts NULL. */
void rows_free(struct rows *rows);
