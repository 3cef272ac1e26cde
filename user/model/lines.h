/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/rates.h"
#include "model/row_key.h"

/** What a line of the table is about. */
enum line_kind {
	LINE_GROUP,     /* a bridge, above the namespaces that are on it; or those on none */
	LINE_NETNS,     /* a namespace */
	LINE_OWNER,     /* one more owner of the namespace above */
	LINE_MORE,      /* how many more there are than lines */
	LINE_INTERFACE, /* an interface of the namespace above */
};

/** What a line is known by: of a group that of its bridge, of all others that of the namespace. */
struct line_key {
	struct row_key row;
	uint32_t interface; /* index; 0: the line is no interface's */
};

/** One line of the table. */
struct table_line {
	enum line_kind kind;
	struct line_key key;
	bool nested;                       /* stands under a group */
	bool open;                         /* of a group or a namespace: what it holds is listed below */
	const struct netns_rate *row;      /* NULL for a group */
	const struct owner *owner;         /* LINE_OWNER */
	const struct interface *interface; /* LINE_INTERFACE */
	const struct bridge_rate *bridge;  /* LINE_GROUP; NULL: of those that are on no bridge */
	size_t count;                      /* LINE_GROUP: namespaces; LINE_MORE: owners */
	struct rate sum[DIRECTIONS];       /* LINE_GROUP: over its namespaces */
};

#define FOLDS_MAX 64

/**
 * What was unfolded and what was folded away. Groups are open and namespaces closed until told otherwise; of more than FOLDS_MAX that
 * were, the first is forgotten.
 */
struct folds {
	bool all; /* namespaces are open until told otherwise */
	struct row_key turned[FOLDS_MAX];
	size_t count;
};

/** Folds what is open, or unfolds what is not. */
void folds_turn(struct folds *folds, struct row_key key);

/** Unfolds all namespaces, or folds them all; nothing is turned any more. */
void folds_turn_all(struct folds *folds);

/** Shared owners shown below a row at most; the last of these lines then tells how many more there are. */
#define LINES_OWNERS 4

/** What lines are made of. */
struct lines_from {
	const struct rates *rates;
	const struct netns_rate *const *rows; /* as query_select() ordered them; of rates */
	size_t count;
	bool tree; /* under the bridge that their first interface is on, in the order of rates->bridges, those on none last */
	const struct folds *folds;
};

/**
 * Lays rows out as lines: each with the owners that share it and, where it is unfolded, its interfaces. Pure.
 *
 * @ret: array of @ret_count, free() it; points into what they are made of
 * Returns 0 or -ENOMEM.
 */
int lines_list(const struct lines_from *from, struct table_line **ret, size_t *ret_count);

/** Whether the cursor stops at a line: not at what only continues the line above. */
bool line_is_stop(const struct table_line *line);
