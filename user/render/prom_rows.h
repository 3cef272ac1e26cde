/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "ctnet_traffic.h"
#include "render/prom_text.h"

struct bridge;
struct interface;
struct netns;
struct prom_how;
struct snapshot;
struct traffic;

enum prom_fate {
	FATE_WRITTEN,
	FATE_MERGED,   /* another row says it */
	FATE_WAITS,    /* comes with the next text: counters are cumulative, so nothing of it is lost */
	FATE_LEFT_OUT, /* to be counted as lost */
};

/** What carries one set of labels: an interface of a namespace, or a bridge. */
struct prom_row {
	const struct netns *ns;       /* NULL: a bridge */
	const struct interface *link; /* NULL: a bridge */
	const struct traffic *traffic;
	const char *name;                      /* value of the label "interface" or "bridge" */
	struct prom_piece labels;              /* as prom_label() wrote them */
	const struct prom_piece *class_labels; /* of each class, to follow them; struct prom_rows has them */
	const char *key;                       /* what labels begin with: no two rows that are written have the same */
	const char *whole_key;                 /* netns, owner and interface: what ctnet_interface_info begins with */
	uint32_t classes;                      /* bit (1 << enum ctnet_class): to be told, in either direction */
	bool gone;
	enum prom_fate fate;
};

/** One ctnet_netns_info. */
struct prom_info {
	const char *labels;
	enum prom_fate fate;
};

/** How many the settings leave out. */
struct prom_excluded {
	size_t interfaces;
	size_t namespaces;
	size_t bridges;
};

/** One namespace, with its part of the rows and of the infos. */
struct prom_group {
	const struct netns *ns;
	const char *labels; /* netns and owner: what its infos begin with */
	struct prom_row *rows;
	size_t row_count;
	struct prom_info *infos;
	size_t info_count;
};

/**
 * The rows of a text with their labels, in the snapshot's order; each set of labels once among those that are written.
 *
 * Two rows of one snapshot may have the same labels: an inode, a name and an interface are handed out again at once, and a
 * namespace nobody could find has no inode. The same series twice makes node_exporter refuse the whole file, so:
 *  - rows that are gone are added up: each value is final, all end with this text, and nothing of a short life is lost;
 *  - a living row waits while one that is gone has its labels. That is for one text, since gone rows are in only one.
 *    The series then starts anew with the successor's own counters, a true reset; within one identity it never falls;
 *  - of rows that live, the first is written and the others are left out.
 * Of the namespaces with the same netns and owner only one has its infos
 * written, by the same order, so that a join on them stays unique; an info that is not written is no loss.
 */
struct prom_rows {
	struct prom_group *groups;
	size_t group_count;
	struct prom_row *links;
	size_t link_count;
	struct prom_info *infos;
	size_t info_count;
	struct prom_row *bridges;
	size_t bridge_count;
	struct prom_excluded excluded;
	struct prom_piece class_labels[CTNET_CLASSES];
	struct arena arena; /* owns all of the above */
};

#define PROM_ROWS_INIT                                                                                                 \
	{                                                                                                              \
		.arena = ARENA_INIT                                                                                    \
	}
#define _cleanup_prom_rows_ __attribute__((cleanup(prom_rows_free)))

/**
 * @snap: must outlive @rows
 * @how: what is left out, and the labels of the series
 * @rows: PROM_ROWS_INIT before; prom_rows_free() it also on failure
 * Returns 0 or -ENOMEM.
 */
int prom_rows_build(const struct snapshot *snap, const struct prom_how *how, struct prom_rows *rows);

/** Accepts rows that were never built. */
void prom_rows_free(struct prom_rows *rows);
