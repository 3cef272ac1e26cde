/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/prom_price.h"

#include "base/buf.h"
#include "model/price.h"
#include "render/prom_families.h"
#include "render/prom_text.h"

/* Nanoseconds are told as seconds. */
#define NS_DIGITS 9

/* What nobody told has no rows and no numbers. */
static const struct price *price_of(const struct prom_node *node)
{
	static const struct price unknown;

	return node->own.price ? node->own.price : &unknown;
}

static void known(const struct family *family, uint64_t value, struct buf *out)
{
	if (value > 0)
		prom_sample(out, family->shown.name, "", "", value);
}

void write_cpu(const struct family *family, const struct prom_node *node, struct buf *out)
{
	char text[PROM_NUMBER_SIZE];

	if (!node->own.price)
		return;
	prom_fraction(node->own.price->cpu_ns, NS_DIGITS, text);
	prom_sample_text(out, family->shown.name, "", "", text);
}

void write_resident(const struct family *family, const struct prom_node *node, struct buf *out)
{
	known(family, price_of(node)->resident_bytes, out);
}

void write_descriptors(const struct family *family, const struct prom_node *node, struct buf *out)
{
	known(family, price_of(node)->descriptors, out);
}

void write_map_bytes(const struct family *family, const struct prom_node *node, struct buf *out)
{
	const struct price *price = price_of(node);

	for (size_t i = 0; i < price->map_count; i++)
		prom_sample_labelled(out, family->shown.name, "map", price->maps[i].name, price->maps[i].bytes);
}

void write_runs(const struct family *family, const struct prom_node *node, struct buf *out)
{
	const struct price *price = price_of(node);

	for (size_t i = 0; i < price->program_count; i++)
		prom_sample_labelled(out, family->shown.name, "program", price->programs[i].name,
		                     price->programs[i].runs);
}

void write_run_time(const struct family *family, const struct prom_node *node, struct buf *out)
{
	const struct price *price = price_of(node);
	char text[PROM_NUMBER_SIZE];

	for (size_t i = 0; i < price->program_count; i++) {
		prom_fraction(price->programs[i].run_ns, NS_DIGITS, text);
		prom_sample_text_labelled(out, family->shown.name, "program", price->programs[i].name, text);
	}
}
