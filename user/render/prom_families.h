/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/accuracy.h"
#include "render/prom.h"
#include "render/prom_rows.h"

struct buf;
struct snapshot;

/** Whose series a family has. */
enum prom_scope { PER_NODE, PER_NETNS, PER_INTERFACE, PER_BRIDGE };

/** What a row must have for a family to have series of it. */
enum prom_need {
	NEED_ROW,     /* one sample for each row */
	NEED_LINK,    /* one where the inner end could be read, not its host end alone */
	NEED_KNOWN,   /* one where traffic is counted */
	NEED_SPLIT,   /* one where a program counts it */
	NEED_CLASSES, /* one for each class to be told */
};

/** What the agent's own families are written from. */
struct prom_node {
	const struct snapshot *snap;
	struct agreement agreement; /* of the snapshot */
	struct prom_own own;
	struct prom_excluded excluded;
};

struct family {
	struct prom_family shown;
	enum prom_scope scope;
	enum prom_need need;
	size_t offset; /* counters: in struct traffic; of classes: of the first, the others follow */
	void (*write_row)(const struct family *family, const struct prom_row *row, struct buf *out);
	void (*write_node)(const struct family *family, const struct prom_node *node, struct buf *out);
};

/** The @i-th family, or NULL past the last. */
const struct family *family_at(size_t i);

/** How many samples of @family a row has. */
size_t family_samples(const struct family *family, const struct prom_row *row);
