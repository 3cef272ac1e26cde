/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct choice;
struct snapshot;
struct price;
struct buf;

/** What the agent knows of itself and could not tell, the latter as ctnet_lost_total has it; no snapshot knows of it. */
struct prom_own {
	double start;         /* seconds since the epoch */
	double compared;      /* when a snapshot was last compared with the kernel's counters, likewise; 0: never */
	uint64_t event_lines; /* that some reader of `ctnet events` did not get: what="event_lines" */
	uint64_t series;      /* left out for want of room: what="series" */
	uint64_t textfile;    /* texts that could not be written: what="textfile" */
	const struct price *price; /* what the agent costs; NULL: not known */
};

/** What of a snapshot is written, and how. */
struct prom_how {
	size_t max_series;
	const struct choice *choice; /* NULL: nothing is left out */
	uint32_t labels;             /* of the series, render/prom_labels.h; 0: the standard ones */
};

/**
 * Renders a snapshot as Prometheus text (exposition format 0.0.4), one family after the other, rows in the snapshot's order. Pure: no
 * clock, no I/O; the same snapshot gives the same bytes.
 *
 * @snap: frozen snapshot
 * @how: max_series is an upper bound on series about namespaces and bridges; the agent's own, about a hundred, come on top. A namespace
 *		that does not fit is left out whole, the youngest first, and its series are counted in ctnet_lost_total{what="series"}
 * @own: what the agent itself lost in earlier rounds, so that no counter goes back; series left out in this round are added, and when it
 *	 was compared is taken in
 * @ret_text: appended to; untouched on failure but for its mark `failed`
 *
 * Returns 0, or -ENOMEM.
 * Source: node_exporter collector/textfile.go: a client timestamp or a missing final newline loses the whole file.
 */
int prom_render(const struct snapshot *snap, const struct prom_how *how, struct prom_own *own, struct buf *ret_text);

/** One metric family, for `ctnetd --list-metrics` and the README. */
struct prom_family {
	const char *name;
	const char *type; /* "counter", "gauge", "histogram" */
	const char *help;
};

/** The @i-th family, or NULL past the last. */
const struct prom_family *prom_family_at(size_t i);
