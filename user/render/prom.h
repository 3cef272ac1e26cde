/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

struct snapshot;
struct buf;

/**
 * Renders a snapshot as Prometheus text (exposition format 0.0.4), one family after the other, rows in the snapshot's order. Pure: no
 * clock, no I/O; the same snapshot gives the same bytes.
 *
 * @snap: frozen snapshot
 * @max_series: upper bound on series about namespaces and bridges; the agent's own, about a hundred, come on top. A namespace
 *		that does not fit is left out whole and its series are counted in ctnet_lost_total{what="series"}
 * @series_lost: series left out in earlier rounds, so that the counter never goes back; raised by those of this round
 * @ret_text: appended to; untouched on failure but for its mark `failed`
 *
 * Returns 0, or -ENOMEM.
 * Source: node_exporter collector/textfile.go: a client timestamp or a missing final newline loses the whole file.
 */
int prom_render(const struct snapshot *snap, size_t max_series, unsigned long long *series_lost,
                struct buf *ret_text);

/** One metric family, for `ctnetd --list-metrics` and the README. */
struct prom_family {
	const char *name;
	const char *type; /* "counter", "gauge", "histogram" */
	const char *help;
};

/** The @i-th family, or NULL past the last. */
const struct prom_family *prom_family_at(size_t i);
