/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/exposed.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "model/exposed.h"
#include "render/grid.h"
#include "render/json_tree.h"

static const struct grid_column columns[] = {
	{ .title = "NAME" },
	{ .title = "NETNS" },
	{ .title = "OWNER" },
	{ .title = "PATH" },
};

int exposed_table_render(const struct array *rows, const char *dir, struct buf *ret)
{
	_cleanup_grid_ struct grid grid = GRID_INIT(columns);
	size_t before = ret->len;
	char text[PATH_MAX];

	for (size_t i = 0; i < rows->count; i++) {
		const struct exposed *row = array_at(rows, i);

		grid_cell(&grid, row->name);
		(void)snprintf(text, sizeof(text), "%" PRIu64, row->inode);
		grid_cell(&grid, text);
		grid_cell(&grid, row->owner[0] ? row->owner : "-");
		(void)snprintf(text, sizeof(text), "%s/%s", dir, row->name);
		grid_cell(&grid, text);
		grid_end_line(&grid, row->there ? "" : "no longer there");
	}
	grid_render(&grid, 0, ret);
	if (!ret->failed)
		return 0;
	ret->len = before;
	return -ENOMEM;
}

static json_t *row_value(const struct exposed *row, const char *dir)
{
	json_auto_t *object = json_object();
	char path[PATH_MAX];
	int r = tree_set(object, "name", tree_text(row->name));

	(void)snprintf(path, sizeof(path), "%s/%s", dir, row->name);
	r |= tree_set(object, "netns", tree_number(row->inode));
	r |= tree_set(object, "path", tree_text(path));
	r |= tree_set(object, "owner", tree_text(row->owner));
	r |= tree_set(object, "there", json_boolean(row->there));
	return r ? NULL : TAKE_PTR(object);
}

int exposed_json_render(const struct array *rows, const char *dir, const char *done, struct buf *ret)
{
	json_auto_t *root = json_object();
	json_t *array = json_array();
	int r = tree_set(root, "version", tree_number(1));

	r |= tree_set(root, "done", tree_text(done));
	for (size_t i = 0; i < rows->count; i++)
		r |= json_array_append_new(array, row_value(array_at(rows, i), dir));
	r |= tree_set(root, "exposed", array);
	return tree_write(r ? NULL : root, JSON_INDENT(2), ret);
}
