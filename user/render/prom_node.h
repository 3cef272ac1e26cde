/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

struct buf;
struct family;
struct prom_node;

/*
 * Writers of the families that are about the node and the agent itself. They are never left out.
 */

void write_alive(const struct family *family, const struct prom_node *node, struct buf *out);
void write_held(const struct family *family, const struct prom_node *node, struct buf *out);
void write_created(const struct family *family, const struct prom_node *node, struct buf *out);
void write_destroyed(const struct family *family, const struct prom_node *node, struct buf *out);

/** Times are known only where probes tell them: no series otherwise. */
void write_setup(const struct family *family, const struct prom_node *node, struct buf *out);
void write_teardown(const struct family *family, const struct prom_node *node, struct buf *out);
void write_lifetime(const struct family *family, const struct prom_node *node, struct buf *out);

void write_lifecycle_source(const struct family *family, const struct prom_node *node, struct buf *out);
void write_source_up(const struct family *family, const struct prom_node *node, struct buf *out);
void write_source_incomplete(const struct family *family, const struct prom_node *node, struct buf *out);

/** One series for each loss the snapshot knows of, zero or not, and "series" for those left out of the text. */
void write_lost(const struct family *family, const struct prom_node *node, struct buf *out);

/** What the settings leave out: a gauge for each kind, zero or not. */
void write_excluded(const struct family *family, const struct prom_node *node, struct buf *out);
/** Where nothing was compared no difference is known: no series. */
void write_difference_packets(const struct family *family, const struct prom_node *node, struct buf *out);
void write_difference_bytes(const struct family *family, const struct prom_node *node, struct buf *out);
void write_compared(const struct family *family, const struct prom_node *node, struct buf *out);
void write_comparison_time(const struct family *family, const struct prom_node *node, struct buf *out);

void write_start(const struct family *family, const struct prom_node *node, struct buf *out);
void write_timestamp(const struct family *family, const struct prom_node *node, struct buf *out);
void write_duration(const struct family *family, const struct prom_node *node, struct buf *out);
void write_build(const struct family *family, const struct prom_node *node, struct buf *out);
