/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "model/snapshot.h"
#include "render/grid.h"
#include "render/show.h"

#define CELL_SIZE 64

static const struct grid_column columns[] = {
	{ .title = "NETNS" },
	{ .title = "OWNER" },
	{ .title = "KIND" },
	{ .title = "INTERFACE" },
	{ .title = "HOST END" },
	{ .title = "BRIDGE" },
	{ .title = "ADDRESS" },
	{ .title = "RX", .right = true },
	{ .title = "TX", .right = true },
};

static const char *or_dash(const char *text)
{
	return text[0] != '\0' ? text : "-";
}

/* What every line of a namespace begins with, so that each can be read alone. */
static void put_netns(struct grid *grid, const struct netns *ns)
{
	char inode[CELL_SIZE] = "-";

	if (ns->inode != 0)
		(void)snprintf(inode, sizeof(inode), "%" PRIu64, ns->inode);
	grid_cell(grid, inode);
	grid_cell(grid, or_dash(ns->name));
	grid_cell(grid, owner_kind_name(ns->kind));
}

/* "eth0 (3@4)": the index in its namespace, and the one of the other end. */
static void put_interface(struct grid *grid, const struct interface *link)
{
	char text[CELL_SIZE];

	if (link->peer.known && link->peer.index != 0)
		(void)snprintf(text, sizeof(text), "%s (%u@%u)", or_dash(link->name), link->index, link->peer.index);
	else
		(void)snprintf(text, sizeof(text), "%s (%u)", or_dash(link->name), link->index);
	grid_cell(grid, text);
	if (link->host_birth != 0 && link->peer.name[0] != '\0')
		(void)snprintf(text, sizeof(text), "%s (%u)", link->peer.name, link->peer.index);
	else
		(void)snprintf(text, sizeof(text), "-");
	grid_cell(grid, text);
	grid_cell(grid, or_dash(link->bridge));
	show_address(link->addresses, link->address_count, text);
	grid_cell(grid, or_dash(text));
}

static void put_traffic(struct grid *grid, const struct traffic *traffic)
{
	char text[CELL_SIZE];

	for (size_t d = 0; d < DIRECTIONS; d++) {
		if (traffic->known)
			format_bytes(traffic->dir[d].total.bytes, text, sizeof(text));
		grid_cell(grid, traffic->known ? text : "-");
	}
}

/* What needs a look, in words, behind the line. */
static void put_note(struct grid *grid, const struct netns *ns, bool gone, const char *otherwise)
{
	_cleanup_buf_ struct buf note = BUF_INIT;

	if (gone)
		(void)buf_puts(&note, "gone");
	else if (ns->held)
		(void)buf_printf(&note, "%s%s%sheld by %s", netns_left_behind(ns) ? "! " : "", otherwise,
		                 otherwise[0] != '\0' ? ", " : "",
		                 ns->held_by[0] != '\0' ? ns->held_by : "nobody known");
	else
		(void)buf_puts(&note, otherwise);
	grid_end_line(grid, note.failed ? "" : note.data);
	grid->cells.failed |= note.failed;
}

static const char *where_counted(const struct interface *link)
{
	if (link->counted == COUNTED_INSIDE)
		return "counted inside";
	return link->traffic.known ? "" : "not counted";
}

static void put_namespace(struct grid *grid, const struct netns *ns)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	for (size_t i = 0; i < ns->interface_count; i++) {
		const struct interface *link = &ns->interfaces[i];

		put_netns(grid, ns);
		put_interface(grid, link);
		put_traffic(grid, &link->traffic);
		put_note(grid, ns, ns->gone || link->gone, where_counted(link));
	}
	if (ns->interface_count == 0) {
		put_netns(grid, ns);
		while (grid->in_line < grid->column_count)
			grid_cell(grid, "-");
		put_note(grid, ns, ns->gone, "no interface");
	}
	for (size_t i = 1; i < ns->owner_count; i++) {
		buf_reset(&text);
		(void)buf_printf(&text, "+%s", or_dash(ns->owners[i].name));
		grid_cell(grid, "");
		grid_cell(grid, text.failed ? "" : text.data);
		grid_cell(grid, owner_kind_name(ns->owners[i].kind));
		buf_reset(&text);
		(void)buf_printf(&text, "(shares %s)", ns->name);
		grid_end_line(grid, text.failed ? "" : text.data);
		grid->cells.failed |= text.failed;
	}
}

int table_render_namespaces(const struct snapshot *snap, struct buf *ret)
{
	_cleanup_grid_ struct grid grid = GRID_INIT(columns);
	size_t before = ret->len;

	for (size_t i = 0; i < snap->namespace_count; i++)
		put_namespace(&grid, &snap->namespaces[i]);
	grid_render(&grid, 0, ret);
	if (!ret->failed)
		return 0;
	ret->len = before;
	return -ENOMEM;
}
