/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/observation.h"
#include "observe/namespaces/births.h"

/** The namespaces that one look saw. Their text is somebody else's. */
struct seen_table {
	struct ns_seen *rows; /* sorted by inode once they are joined */
	bool *forgotten;      /* for each row: its namespace was destroyed */
	size_t count, cap;
};

/** The row of an inode, or NULL. */
struct ns_seen *seen_table_find(const struct seen_table *table, uint64_t inode);

/** Makes room for @need rows. Returns 0 or -ENOMEM. */
int seen_table_reserve(struct seen_table *table, size_t need);

/** Adds a row, for which there is room; one without an inode is passed over. */
void seen_table_add(struct seen_table *table, const struct ns_seen *row);

/** Sorts the rows, and makes one of those that tell of the same namespace. */
void seen_table_join(struct seen_table *table);

/**
 * Says when each namespace was born: those that were there before keep their birth.
 *
 * @before: the table of the last look
 * @now: the birth of those that are new and of which no probe told
 */
void seen_table_keep_births(struct seen_table *table, const struct seen_table *before, const struct births *births,
                            uint64_t now);

/** Accepts a zeroed table. */
void seen_table_free(struct seen_table *table);
