/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

static bool was_turned(const struct folds *folds, struct row_key key, size_t *ret_at)
{
	for (size_t i = 0; i < folds->count; i++) {
		if (row_key_equal(folds->turned[i], key)) {
			*ret_at = i;
			return true;
		}
	}
	return false;
}

static void forget(struct folds *folds, size_t at)
{
	folds->count--;
	memmove(&folds->turned[at], &folds->turned[at + 1], (folds->count - at) * sizeof(folds->turned[0]));
}

void folds_turn(struct folds *folds, struct row_key key)
{
	size_t at;

	if (was_turned(folds, key, &at)) {
		forget(folds, at);
		return;
	}
	if (folds->count == FOLDS_MAX)
		forget(folds, 0);
	folds->turned[folds->count++] = key;
}

void folds_turn_all(struct folds *folds)
{
	folds->all = !folds->all;
	folds->count = 0;
}

static bool is_open(const struct folds *folds, enum line_kind kind, struct row_key key)
{
	size_t at;

	return was_turned(folds, key, &at) != (kind == LINE_GROUP || folds->all);
}

bool line_is_stop(const struct table_line *line)
{
	return line->kind != LINE_OWNER && line->kind != LINE_MORE;
}

static int add_owners(struct array *lines, const struct table_line *of)
{
	const struct netns *ns = of->row->ns;
	size_t others = ns->owner_count > 1 ? ns->owner_count - 1 : 0;
	int r = 0;

	for (size_t i = 0; i < others && i < LINES_OWNERS && r == 0; i++) {
		struct table_line line = { LINE_OWNER, of->key, .nested = of->nested, .row = of->row };

		line.owner = &ns->owners[i + 1];
		if (i + 1 == LINES_OWNERS && others > LINES_OWNERS) {
			line.kind = LINE_MORE;
			line.count = others - i;
		}
		r = array_append(lines, &line);
	}
	return r;
}

static int add_interfaces(struct array *lines, const struct table_line *of)
{
	const struct netns *ns = of->row->ns;
	int r = 0;

	for (size_t i = 0; i < ns->interface_count && r == 0; i++) {
		struct table_line line = { LINE_INTERFACE, of->key, .nested = of->nested, .row = of->row };

		line.interface = &ns->interfaces[i];
		/* a host end whose inner end could not be read has no index; the other end's does as well */
		line.key.interface = line.interface->index ? line.interface->index : line.interface->peer.index;
		r = array_append(lines, &line);
	}
	return r;
}

static int add_row(struct array *lines, const struct netns_rate *row, bool nested, const struct folds *folds)
{
	struct table_line line = { LINE_NETNS, { row_key_of(row->ns), 0 }, .nested = nested, .row = row };
	int r;

	line.open = row->ns->interface_count > 0 && is_open(folds, LINE_NETNS, line.key.row);
	r = array_append(lines, &line);
	if (r == 0)
		r = add_owners(lines, &line);
	return r == 0 && line.open ? add_interfaces(lines, &line) : r;
}

/* The place of a row's bridge in rates->bridges; their count: it is on none. */
static size_t group_of(const struct rates *rates, const struct netns_rate *row)
{
	for (size_t i = 0; i < row->ns->interface_count; i++) {
		for (size_t b = 0; b < rates->bridge_count && row->ns->interfaces[i].bridge[0]; b++) {
			if (strcmp(rates->bridges[b].bridge->name, row->ns->interfaces[i].bridge) == 0)
				return b;
		}
	}
	return rates->bridge_count;
}

/* @groups: of each row of @from */
static struct table_line group_line(const struct lines_from *from, size_t group, const size_t *groups)
{
	struct table_line line = { .kind = LINE_GROUP, .key.row.birth = 1 };

	if (group < from->rates->bridge_count) {
		line.bridge = &from->rates->bridges[group];
		line.key.row = row_key_of_bridge(line.bridge->bridge);
	}
	line.open = is_open(from->folds, LINE_GROUP, line.key.row);
	for (size_t i = 0; i < from->count; i++) {
		if (groups[i] != group)
			continue;
		line.count++;
		for (size_t d = 0; d < DIRECTIONS; d++) {
			line.sum[d].bytes += from->rows[i]->dir[d].bytes;
			line.sum[d].packets += from->rows[i]->dir[d].packets;
			line.sum[d].segments += from->rows[i]->dir[d].segments;
		}
	}
	return line;
}

static int add_groups(struct array *lines, const struct lines_from *from)
{
	_cleanup_free_ size_t *groups = calloc(from->count + 1, sizeof(*groups));
	int r = 0;

	if (!groups)
		return -ENOMEM;
	for (size_t i = 0; i < from->count; i++)
		groups[i] = group_of(from->rates, from->rows[i]);
	for (size_t g = 0; g <= from->rates->bridge_count && r == 0; g++) {
		struct table_line line = group_line(from, g, groups);

		if (line.count > 0)
			r = array_append(lines, &line);
		for (size_t i = 0; i < from->count && line.open && r == 0; i++) {
			if (groups[i] == g)
				r = add_row(lines, from->rows[i], true, from->folds);
		}
	}
	return r;
}

int lines_list(const struct lines_from *from, struct table_line **ret, size_t *ret_count)
{
	_cleanup_array_ struct array lines = ARRAY_OF(struct table_line);
	int r = 0;

	if (from->tree)
		r = add_groups(&lines, from);
	for (size_t i = 0; i < from->count && !from->tree && r == 0; i++)
		r = add_row(&lines, from->rows[i], false, from->folds);
	if (r < 0)
		return r;
	*ret_count = lines.count;
	*ret = TAKE_PTR(lines.data);
	return 0;
}
