/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

struct buf;
struct family;
struct prom_node;

/*
 * Writers of the families about what the agent itself costs. No series where that is not known (struct prom_own).
 */

void write_cpu(const struct family *family, const struct prom_node *node, struct buf *out);
void write_resident(const struct family *family, const struct prom_node *node, struct buf *out);
void write_descriptors(const struct family *family, const struct prom_node *node, struct buf *out);
void write_map_bytes(const struct family *family, const struct prom_node *node, struct buf *out);
void write_runs(const struct family *family, const struct prom_node *node, struct buf *out);
void write_run_time(const struct family *family, const struct prom_node *node, struct buf *out);
