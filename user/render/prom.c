/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/prom.h"

#include <errno.h>

#include "base/buf.h"
#include "model/snapshot.h"
#include "render/prom_families.h"
#include "render/prom_rows.h"
#include "render/prom_text.h"

const struct prom_family *prom_family_at(size_t i)
{
	const struct family *family = family_at(i);

	return family ? &family->shown : NULL;
}

/* Series of one row over all families of its scope. */
static size_t series_of(const struct prom_row *row, enum prom_scope scope)
{
	const struct family *family;
	size_t series = 0;

	for (size_t i = 0; (family = family_at(i)); i++) {
		if (family->scope == scope)
			series += family_samples(family, row);
	}
	return series;
}

static size_t series_of_rows(const struct prom_row *rows, size_t count, enum prom_scope scope, enum prom_fate fate)
{
	size_t series = 0;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].fate == fate)
			series += series_of(&rows[i], scope);
	}
	return series;
}

static void leave_out(struct prom_group *group)
{
	for (size_t i = 0; i < group->row_count; i++) {
		if (group->rows[i].fate == FATE_WRITTEN)
			group->rows[i].fate = FATE_LEFT_OUT;
	}
	for (size_t i = 0; i < group->info_count; i++)
		group->infos[i].fate = FATE_LEFT_OUT;
}

static size_t infos_written(const struct prom_group *group)
{
	size_t count = 0;

	for (size_t i = 0; i < group->info_count; i++)
		count += group->infos[i].fate == FATE_WRITTEN;
	return count;
}

/*
 * Leaves out whole namespaces and bridges that do not fit, rather than halves of them; a smaller one behind still may.
 *
 * Returns how many series are lost, those with others' labels (struct prom_rows) among them.
 */
static size_t apply_budget(struct prom_rows *rows, size_t left)
{
	size_t lost = series_of_rows(rows->links, rows->link_count, PER_INTERFACE, FATE_LEFT_OUT) +
	              series_of_rows(rows->bridges, rows->bridge_count, PER_BRIDGE, FATE_LEFT_OUT);

	for (size_t i = 0; i < rows->group_count; i++) {
		struct prom_group *group = &rows->groups[i];
		size_t need = infos_written(group) +
		              series_of_rows(group->rows, group->row_count, PER_INTERFACE, FATE_WRITTEN);

		if (need > left) {
			leave_out(group);
			lost += need;
		} else {
			left -= need;
		}
	}
	for (size_t i = 0; i < rows->bridge_count; i++) {
		size_t need = series_of_rows(&rows->bridges[i], 1, PER_BRIDGE, FATE_WRITTEN);

		if (need > left) {
			rows->bridges[i].fate = FATE_LEFT_OUT;
			lost += need;
		} else {
			left -= need;
		}
	}
	return lost;
}

static void write_rows(const struct family *family, const struct prom_row *rows, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].fate == FATE_WRITTEN && family_samples(family, &rows[i]) > 0)
			family->write_row(family, &rows[i], out);
	}
}

static void write_infos(const struct family *family, const struct prom_info *infos, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		if (infos[i].fate == FATE_WRITTEN)
			prom_sample(out, family->shown.name, "", infos[i].labels, 1);
	}
}

static void write_samples(const struct family *family, const struct prom_node *node, const struct prom_rows *rows,
                          struct buf *out)
{
	switch (family->scope) {
	case PER_NODE:
		family->write_node(family, node, out);
		break;
	case PER_NETNS:
		write_infos(family, rows->infos, rows->info_count, out);
		break;
	case PER_INTERFACE:
		write_rows(family, rows->links, rows->link_count, out);
		break;
	case PER_BRIDGE:
		write_rows(family, rows->bridges, rows->bridge_count, out);
		break;
	}
}

/* A family without samples has no header either. */
static void write_family(const struct family *family, const struct prom_node *node, const struct prom_rows *rows,
                         struct buf *out)
{
	size_t before = out->len;
	size_t after_head;

	prom_head(out, family->shown.name, family->shown.type, family->shown.help);
	after_head = out->len;
	write_samples(family, node, rows, out);
	if (out->len == after_head)
		out->len = before;
}

int prom_render(const struct snapshot *snap, size_t max_series, struct prom_own *own, struct buf *ret_text)
{
	_cleanup_prom_rows_ struct prom_rows rows = PROM_ROWS_INIT;
	struct prom_node node = { .snap = snap, .own = *own };
	size_t before = ret_text->len;
	const struct family *family;
	int r = prom_rows_build(snap, &rows);

	if (r < 0)
		return r;
	node.own.series += apply_budget(&rows, max_series);
	for (size_t i = 0; (family = family_at(i)); i++)
		write_family(family, &node, &rows, ret_text);
	if (ret_text->failed) {
		ret_text->len = before;
		return -ENOMEM;
	}
	*own = node.own;
	return 0;
}
