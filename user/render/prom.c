/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/prom.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "model/order.h"
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

static int compare_birth(const void *a, const void *b)
{
	const struct netns *x = (*(struct prom_group *const *)a)->ns;
	const struct netns *y = (*(struct prom_group *const *)b)->ns;
	int r = ORDER(x->birth, y->birth);

	return r ? r : ORDER(x->inode, y->inode);
}

/* The groups from the oldest on, or NULL: there is no memory. */
static struct prom_group **by_birth(struct prom_rows *rows)
{
	struct prom_group **groups = arena_array(&rows->arena, rows->group_count, sizeof(struct prom_group *));

	if (!groups)
		return NULL;
	for (size_t i = 0; i < rows->group_count; i++)
		groups[i] = &rows->groups[i];
	qsort(groups, rows->group_count, sizeof(struct prom_group *), compare_birth);
	return groups;
}

/* Takes what a group needs out of @left, or leaves it out. Returns how many series are lost by that. */
static size_t spend_on(struct prom_group *group, size_t *left)
{
	size_t need = infos_written(group) + series_of_rows(group->rows, group->row_count, PER_INTERFACE, FATE_WRITTEN);

	if (need > *left) {
		leave_out(group);
		return need;
	}
	*left -= need;
	return 0;
}

/*
 * Leaves out whole namespaces and bridges that do not fit, rather than halves of them; a smaller one behind still may. The oldest come
 * first, so that no newcomer ends the series of one that has some.
 *
 * @ret_lost: how many series are lost, those with others' labels (struct prom_rows) among them
 * Returns 0 or -ENOMEM.
 */
static int apply_budget(struct prom_rows *rows, size_t left, size_t *ret_lost)
{
	struct prom_group **groups = by_birth(rows);
	size_t lost = series_of_rows(rows->links, rows->link_count, PER_INTERFACE, FATE_LEFT_OUT) +
	              series_of_rows(rows->bridges, rows->bridge_count, PER_BRIDGE, FATE_LEFT_OUT);

	if (!groups)
		return -ENOMEM;
	for (size_t i = 0; i < rows->group_count; i++)
		lost += spend_on(groups[i], &left);
	for (size_t i = 0; i < rows->bridge_count; i++) {
		size_t need = series_of_rows(&rows->bridges[i], 1, PER_BRIDGE, FATE_WRITTEN);

		if (need > left) {
			rows->bridges[i].fate = FATE_LEFT_OUT;
			lost += need;
		} else {
			left -= need;
		}
	}
	*ret_lost = lost;
	return 0;
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

int prom_render(const struct snapshot *snap, const struct prom_how *how, struct prom_own *own, struct buf *ret_text)
{
	_cleanup_prom_rows_ struct prom_rows rows = PROM_ROWS_INIT;
	struct prom_node node = { .snap = snap, .agreement = snapshot_agreement(snap), .own = *own };
	size_t before = ret_text->len;
	const struct family *family;
	size_t lost = 0;
	int r = prom_rows_build(snap, how, &rows);

	if (r == 0)
		r = apply_budget(&rows, how->max_series, &lost);
	if (r < 0)
		return r;
	if (node.agreement.compared > 0)
		node.own.compared = snap->time;
	node.excluded = rows.excluded;
	node.own.series += lost;
	for (size_t i = 0; (family = family_at(i)); i++)
		write_family(family, &node, &rows, ret_text);
	if (ret_text->failed) {
		ret_text->len = before;
		return -ENOMEM;
	}
	*own = node.own;
	return 0;
}
