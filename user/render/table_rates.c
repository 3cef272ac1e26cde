/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "model/rates.h"
#include "model/snapshot.h"
#include "render/grid.h"
#include "render/table.h"

#define CELL_SIZE 64

/* The mark stands in the first column, before the owner. */
static const struct grid_column columns_of_rates[] = {
	{ .title = " OWNER", .flexible = true }, { .title = "KIND" },
	{ .title = "BRIDGE", .flexible = true }, { .title = "RX/s", .right = true },
	{ .title = "TX/s", .right = true },      { .title = "PKT/s", .right = true },
};

/* "812 Mb/s", of bytes per second; "0" has no unit. */
static void format_bits(double bytes, char *out, size_t size)
{
	char quantity[16];

	format_quantity(bytes * 8, UNITS_SI, quantity, sizeof(quantity));
	if (strcmp(quantity, "0") == 0)
		(void)snprintf(out, size, "0");
	else
		(void)snprintf(out, size, strchr(quantity, ' ') ? "%sb/s" : "%s b/s", quantity);
}

static bool is_midlife(const struct netns *ns)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (ns->interfaces[i].traffic.midlife)
			return true;
	}
	return false;
}

static bool is_counted(const struct netns *ns)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (ns->interfaces[i].traffic.known)
			return true;
	}
	return false;
}

static char mark_of(const struct netns *ns)
{
	if (netns_left_behind(ns))
		return '!';
	return ns->gone || is_midlife(ns) ? '~' : ' ';
}

/* Where nobody is known the inode names the row. */
static void put_owner(struct grid *grid, const struct netns *ns)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	(void)buf_putc(&text, mark_of(ns));
	if (ns->name[0] != '\0')
		(void)buf_puts(&text, ns->name);
	else if (ns->inode != 0)
		(void)buf_printf(&text, "%" PRIu64, ns->inode);
	else
		(void)buf_putc(&text, '-');
	grid_cell(grid, text.failed ? "" : text.data);
	grid->cells.failed |= text.failed;
}

static const char *bridge_of(const struct netns *ns)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (ns->interfaces[i].bridge[0] != '\0')
			return ns->interfaces[i].bridge;
	}
	return "-";
}

static void put_rates(struct grid *grid, const struct netns_rate *row)
{
	char text[CELL_SIZE];

	if (!is_counted(row->ns))
		return;
	format_bits(row->dir[RECEIVE].bytes, text, sizeof(text));
	grid_cell(grid, text);
	format_bits(row->dir[TRANSMIT].bytes, text, sizeof(text));
	grid_cell(grid, text);
	format_quantity(row->dir[RECEIVE].packets + row->dir[TRANSMIT].packets, UNITS_SI, text, sizeof(text));
	grid_cell(grid, text);
}

static void end_row(struct grid *grid, const struct netns_rate *row)
{
	_cleanup_buf_ struct buf note = BUF_INIT;

	while (grid->in_line < grid->column_count)
		grid_cell(grid, "-");
	if (row->ns->gone)
		(void)buf_puts(&note, "gone");
	else if (row->ns->held)
		(void)buf_printf(&note, "held by %s", row->ns->held_by[0] != '\0' ? row->ns->held_by : "nobody known");
	else if (row->ns->interface_count == 0)
		(void)buf_puts(&note, "no interface");
	else if (row->reset)
		(void)buf_puts(&note, "counters began anew");
	grid_end_line(grid, note.len > 0 ? note.data : "");
	grid->cells.failed |= note.failed;
}

static void put_row(struct grid *grid, const struct netns_rate *row)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	const struct netns *ns = row->ns;

	put_owner(grid, ns);
	grid_cell(grid, owner_kind_name(ns->kind));
	grid_cell(grid, bridge_of(ns));
	put_rates(grid, row);
	end_row(grid, row);
	for (size_t i = 1; i < ns->owner_count; i++) {
		buf_reset(&text);
		(void)buf_printf(&text, "  +%s", ns->owners[i].name);
		grid_cell(grid, text.failed ? "" : text.data);
		grid_cell(grid, owner_kind_name(ns->owners[i].kind));
		buf_reset(&text);
		(void)buf_printf(&text, "(shares %s)", ns->name);
		grid_end_line(grid, text.failed ? "" : text.data);
		grid->cells.failed |= text.failed;
	}
}

static void put_count(struct buf *line, size_t shown, size_t all, const char *what)
{
	if (shown != all)
		(void)buf_printf(line, "  %zu of %zu %s%s", shown, all, what, all == 1 ? "" : "s");
	else
		(void)buf_printf(line, "  %zu %s%s", all, what, all == 1 ? "" : "s");
}

/* Cut rather than wrapped: a screen has so many lines. */
static void put_header(struct buf *line, size_t columns, struct buf *ret)
{
	if (!line->failed)
		(void)grid_put_cut(ret, line->data, columns);
	(void)buf_putc(ret, '\n');
	ret->failed |= line->failed;
	buf_reset(line);
}

static void put_sources(const struct rates *rates, size_t shown, struct buf *line)
{
	static const char *const always[] = { "traffic", "lifecycle" };
	const struct snapshot *snap = rates->snap;
	const struct source *source;

	(void)buf_puts(line, "ctnet-top");
	put_count(line, shown, snap->namespace_count, "namespace");
	put_count(line, snap->bridge_count, snap->bridge_count, "bridge");
	for (size_t i = 0; i < ARRAY_SIZE(always); i++) {
		source = snapshot_source(snap, always[i]);
		if (source)
			(void)buf_printf(line, "%s%s %s", i == 0 ? "   " : "  ", source->name, source->state);
	}
	for (size_t i = 0; i < snap->source_count; i++) {
		if (snap->sources[i].incomplete)
			(void)buf_printf(line, "  %s incomplete", snap->sources[i].name);
	}
}

static void put_totals(const struct rates *rates, struct buf *line)
{
	char in[CELL_SIZE];
	char out[CELL_SIZE];
	const char *least = rates->snap->lifecycle.exact ? "" : ">="; /* what lived shortly was never seen */
	uint64_t lost = 0;

	for (size_t i = 0; i < rates->snap->loss_count; i++)
		lost += rates->snap->losses[i].count;
	format_bits(rates->total[RECEIVE].bytes, in, sizeof(in));
	format_bits(rates->total[TRANSMIT].bytes, out, sizeof(out));
	(void)buf_printf(line,
	                 "in %s  out %s   born %s%" PRIu64 "  died %s%" PRIu64 "   held %" PRIu64 "   lost %" PRIu64,
	                 in, out, least, rates->born, least, rates->died, rates->snap->held, lost);
}

int table_render_rates(const struct rates *rates, const struct netns_rate *const *rows, size_t count, size_t columns,
                       struct buf *ret)
{
	_cleanup_grid_ struct grid grid = GRID_INIT(columns_of_rates);
	_cleanup_buf_ struct buf line = BUF_INIT;
	size_t before = ret->len;

	put_sources(rates, count, &line);
	put_header(&line, columns, ret);
	put_totals(rates, &line);
	put_header(&line, columns, ret);
	for (size_t i = 0; i < count; i++)
		put_row(&grid, rows[i]);
	grid_render(&grid, columns, ret);
	if (!ret->failed)
		return 0;
	ret->len = before;
	return -ENOMEM;
}
