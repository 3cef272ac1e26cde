/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/prom_node.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "model/snapshot.h"
#include "render/prom_families.h"
#include "render/prom_text.h"

#define LOST_SERIES   "series"
#define LOST_TEXTFILE "textfile"
#define LOST_LINES    "event_lines"

void write_alive(const struct family *family, const struct prom_node *node, struct buf *out)
{
	prom_sample(out, family->shown.name, "", "", node->snap->alive);
}

void write_held(const struct family *family, const struct prom_node *node, struct buf *out)
{
	prom_sample(out, family->shown.name, "", "", node->snap->held);
}

void write_created(const struct family *family, const struct prom_node *node, struct buf *out)
{
	prom_sample(out, family->shown.name, "", "", node->snap->lifecycle.created);
}

void write_destroyed(const struct family *family, const struct prom_node *node, struct buf *out)
{
	prom_sample(out, family->shown.name, "", "", node->snap->lifecycle.destroyed);
}

/*
 * The count is that of the buckets, so that the last bucket, "+Inf" and the count agree even where they were read while
 * another CPU counted: a histogram whose count is not its last bucket is not valid.
 */
static void histogram(const struct family *family, const struct prom_node *node, const struct histogram *times,
                      struct buf *out)
{
	char bound[PROM_NUMBER_SIZE];
	char labels[PROM_NUMBER_SIZE + sizeof("le=\"\"")];
	uint64_t below = 0;

	if (!node->snap->lifecycle.exact)
		return;
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS - 1; i++) {
		below += times->bucket[i];
		prom_fraction(2ULL << i, 6, bound);
		(void)stpcpy(stpcpy(stpcpy(labels, "le=\""), bound), "\"");
		prom_sample(out, family->shown.name, "_bucket", labels, below);
	}
	below += times->bucket[HISTOGRAM_BUCKETS - 1];
	prom_sample(out, family->shown.name, "_bucket", "le=\"+Inf\"", below);
	prom_fraction(times->sum_ns, 9, bound);
	prom_sample_text(out, family->shown.name, "_sum", "", bound);
	prom_sample(out, family->shown.name, "_count", "", below);
}

void write_setup(const struct family *family, const struct prom_node *node, struct buf *out)
{
	histogram(family, node, &node->snap->lifecycle.setup, out);
}

void write_teardown(const struct family *family, const struct prom_node *node, struct buf *out)
{
	histogram(family, node, &node->snap->lifecycle.teardown, out);
}

void write_lifetime(const struct family *family, const struct prom_node *node, struct buf *out)
{
	histogram(family, node, &node->snap->lifecycle.lifetime, out);
}

void write_lifecycle_source(const struct family *family, const struct prom_node *node, struct buf *out)
{
	const struct source *source = snapshot_source(node->snap, "lifecycle");

	if (source)
		prom_sample_labelled(out, family->shown.name, "source", source->state, 1);
}

/* Whether an earlier source has the name of the @i-th. */
static bool source_repeats(const struct snapshot *snap, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (strcmp(snap->sources[j].name, snap->sources[i].name) == 0)
			return true;
	}
	return false;
}

void write_source_up(const struct family *family, const struct prom_node *node, struct buf *out)
{
	const struct snapshot *snap = node->snap;

	for (size_t i = 0; i < snap->source_count; i++) {
		if (!source_repeats(snap, i))
			prom_sample_labelled(out, family->shown.name, "source", snap->sources[i].name,
			                     snap->sources[i].up);
	}
}

void write_source_incomplete(const struct family *family, const struct prom_node *node, struct buf *out)
{
	const struct snapshot *snap = node->snap;

	for (size_t i = 0; i < snap->source_count; i++) {
		if (!source_repeats(snap, i))
			prom_sample_labelled(out, family->shown.name, "source", snap->sources[i].name,
			                     snap->sources[i].incomplete);
	}
}

static bool loss_repeats(const struct snapshot *snap, size_t i)
{
	if (strcmp(snap->losses[i].what, LOST_SERIES) == 0 || strcmp(snap->losses[i].what, LOST_TEXTFILE) == 0 ||
	    strcmp(snap->losses[i].what, LOST_LINES) == 0)
		return true;
	for (size_t j = 0; j < i; j++) {
		if (strcmp(snap->losses[j].what, snap->losses[i].what) == 0)
			return true;
	}
	return false;
}

void write_lost(const struct family *family, const struct prom_node *node, struct buf *out)
{
	const struct snapshot *snap = node->snap;

	for (size_t i = 0; i < snap->loss_count; i++) {
		if (!loss_repeats(snap, i))
			prom_sample_labelled(out, family->shown.name, "what", snap->losses[i].what,
			                     snap->losses[i].count);
	}
	prom_sample_labelled(out, family->shown.name, "what", LOST_SERIES, node->own.series);
	prom_sample_labelled(out, family->shown.name, "what", LOST_TEXTFILE, node->own.textfile);
	prom_sample_labelled(out, family->shown.name, "what", LOST_LINES, node->own.event_lines);
}

void write_excluded(const struct family *family, const struct prom_node *node, struct buf *out)
{
	const struct prom_excluded *excluded = &node->excluded;

	prom_sample_labelled(out, family->shown.name, "what", "interfaces", excluded->interfaces);
	prom_sample_labelled(out, family->shown.name, "what", "netns", excluded->namespaces);
	prom_sample_labelled(out, family->shown.name, "what", "bridges", excluded->bridges);
}

/* 0 for what is no time: a NaN would make every alert on it silent. */
static void seconds(const struct family *family, double value, unsigned int digits, struct buf *out)
{
	double scaled = value * pow(10, digits);
	char text[PROM_NUMBER_SIZE];

	prom_fraction(scaled > 0 && scaled < 1e18 ? (uint64_t)llround(scaled) : 0, digits, text);
	prom_sample_text(out, family->shown.name, "", "", text);
}

void write_difference_packets(const struct family *family, const struct prom_node *node, struct buf *out)
{
	if (node->agreement.compared > 0)
		prom_sample(out, family->shown.name, "", "", (uint64_t)node->agreement.largest.packets);
}

void write_difference_bytes(const struct family *family, const struct prom_node *node, struct buf *out)
{
	if (node->agreement.compared > 0)
		prom_sample(out, family->shown.name, "", "", (uint64_t)node->agreement.largest.bytes);
}

void write_compared(const struct family *family, const struct prom_node *node, struct buf *out)
{
	prom_sample(out, family->shown.name, "", "", node->agreement.compared);
}

void write_comparison_time(const struct family *family, const struct prom_node *node, struct buf *out)
{
	if (node->own.compared > 0)
		seconds(family, node->own.compared, 3, out);
}

void write_start(const struct family *family, const struct prom_node *node, struct buf *out)
{
	seconds(family, node->own.start, 3, out);
}

void write_timestamp(const struct family *family, const struct prom_node *node, struct buf *out)
{
	seconds(family, node->snap->time, 3, out);
}

void write_duration(const struct family *family, const struct prom_node *node, struct buf *out)
{
	seconds(family, node->snap->duration, 6, out);
}

void write_build(const struct family *family, const struct prom_node *node, struct buf *out)
{
	(void)node;
	prom_sample_labelled(out, family->shown.name, "version", CTNET_VERSION, 1);
}
