/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/bridge_table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "model/bridge_detail.h"
#include "render/grid.h"
#include "render/json_fields.h"
#include "render/show.h"

#define CELL_SIZE 64

static const struct grid_column bridge_columns[] = {
	{ .title = "BRIDGE" },
	{ .title = "ID" },
	{ .title = "STP" },
	{ .title = "VLANS" },
	{ .title = "AGEING", .right = true },
	{ .title = "MTU", .right = true },
	{ .title = "STATE" },
	{ .title = "ADDRESS" },
	{ .title = "PORTS", .right = true },
	{ .title = "LEARNED", .right = true },
};

static const struct grid_column port_columns[] = {
	{ .title = "BRIDGE" },
	{ .title = "PORT" },
	{ .title = "STATE" },
	{ .title = "OWNER" },
	{ .title = "INTERFACE" },
	{ .title = "LEARNED", .right = true },
	{ .title = "IN", .right = true },
	{ .title = "OUT", .right = true },
};

static const struct grid_column detail_columns[] = {
	{ .title = "PORT" },
	{ .title = "NO", .right = true },
	{ .title = "STATE" },
	{ .title = "COST", .right = true },
	{ .title = "VLANS" },
	{ .title = "OWNER" },
	{ .title = "INTERFACE" },
	{ .title = "LEARNED", .right = true },
	{ .title = "IN", .right = true },
	{ .title = "OUT", .right = true },
};

static const struct grid_column fdb_columns[] = {
	{ .title = "PORT" },
	{ .title = "MAC" },
	{ .title = "VLAN", .right = true },
	{ .title = "KIND" },
	{ .title = "AGE", .right = true },
	{ .title = "WHOSE" },
};

static void cell_number(struct grid *grid, uint64_t number)
{
	char text[CELL_SIZE];

	(void)snprintf(text, sizeof(text), "%" PRIu64, number);
	grid_cell(grid, text);
}

static void cell_seconds(struct grid *grid, uint32_t ticks)
{
	char text[CELL_SIZE];

	(void)snprintf(text, sizeof(text), "%" PRIu32 " s", ticks / BRIDGE_TICKS);
	grid_cell(grid, text);
}

static void cell_link(struct grid *grid, const char *name, uint32_t index)
{
	char text[CELL_SIZE];

	(void)snprintf(text, sizeof(text), "%s (%" PRIu32 ")", name[0] ? name : "-", index);
	grid_cell(grid, text);
}

static uint64_t learned(const struct fdb_count *count)
{
	return count->of[FDB_LEARNED] + count->of[FDB_EXTERN];
}

/* "8000.0242ac110001", as brctl has it. */
static void format_id(const struct spanning_id *id, char out[CELL_SIZE])
{
	(void)snprintf(out, CELL_SIZE, "%04x.%02x%02x%02x%02x%02x%02x", id->priority, id->mac[0], id->mac[1],
	               id->mac[2], id->mac[3], id->mac[4], id->mac[5]);
}

static const char *state_name(enum port_state state)
{
	const char *name = json_port_state_name(state);

	return name ? name : "-";
}

/* ---- whose */

/* "box", or "box +1" where another shares its namespace. */
static void put_name(struct buf *out, const struct netns *ns)
{
	if (ns->name[0])
		(void)buf_puts(out, ns->name);
	else
		(void)buf_printf(out, "netns %" PRIu64, ns->inode);
	if (ns->owner_count > 1)
		(void)buf_printf(out, " +%zu", ns->owner_count - 1);
}

static const char *text_or_empty(const struct buf *text, struct grid *grid)
{
	grid->cells.failed |= text->failed;
	return text->failed || !text->data ? "" : text->data;
}

static void put_owner(struct grid *grid, const struct belonging *of)
{
	_cleanup_buf_ struct buf name = BUF_INIT;

	if (of->whose != WHOSE_CONTAINER) {
		grid_cell(grid, "-");
		grid_cell(grid, "-");
		return;
	}
	put_name(&name, of->ns);
	grid_cell(grid, text_or_empty(&name, grid));
	cell_link(grid, of->link->name, of->link->index);
}

static void put_counters(struct grid *grid, const struct bridge_port *port)
{
	char text[CELL_SIZE];

	format_bytes(port->stats.rx_bytes, text, sizeof(text));
	grid_cell(grid, port->has_stats ? text : "-");
	format_bytes(port->stats.tx_bytes, text, sizeof(text));
	grid_cell(grid, port->has_stats ? text : "-");
}

/* ---- all bridges */

static void put_bridge(struct grid *grid, const struct bridge_view *view)
{
	const struct bridge_settings *bridge = view->settings;
	uint64_t count = learned(&view->own);
	char text[CELL_SIZE];

	for (size_t i = 0; i < view->port_count; i++)
		count += learned(&view->ports[i].fdb);
	grid_cell(grid, bridge->name);
	format_id(&bridge->id, text);
	grid_cell(grid, text);
	grid_cell(grid, bridge->stp ? "on" : "off");
	grid_cell(grid, bridge->vlan_filtering ? "on" : "off");
	cell_seconds(grid, bridge->ageing);
	cell_number(grid, bridge->mtu);
	grid_cell(grid, bridge->up ? "up" : "down");
	show_address(view->addresses, view->address_count, text);
	grid_cell(grid, text[0] ? text : "-");
	cell_number(grid, view->port_count);
	cell_number(grid, count);
	grid_end_line(grid, "");
}

static void put_ports(struct grid *grid, const struct bridge_view *view)
{
	for (size_t i = 0; i < view->port_count; i++) {
		const struct port_view *port = &view->ports[i];

		grid_cell(grid, view->settings->name);
		cell_link(grid, port->port->name, port->port->index);
		grid_cell(grid, state_name(port->port->state));
		put_owner(grid, &port->of);
		cell_number(grid, learned(&port->fdb));
		put_counters(grid, port->port);
		grid_end_line(grid, "");
	}
}

static int finish(struct buf *ret, size_t before)
{
	if (!ret->failed)
		return 0;
	ret->len = before;
	return -ENOMEM;
}

int bridge_table_render(const struct bridge_view *bridges, size_t count, struct buf *ret)
{
	_cleanup_grid_ struct grid table = GRID_INIT(bridge_columns);
	_cleanup_grid_ struct grid ports = GRID_INIT(port_columns);
	size_t before = ret->len;
	size_t port_count = 0;

	for (size_t i = 0; i < count; i++) {
		put_bridge(&table, &bridges[i]);
		put_ports(&ports, &bridges[i]);
		port_count += bridges[i].port_count;
	}
	grid_render(&table, 0, ret);
	if (port_count > 0) {
		(void)buf_putc(ret, '\n');
		grid_render(&ports, 0, ret);
	}
	return finish(ret, before);
}

/* ---- one bridge */

/* "1 pvid untagged, 10-20" */
static void put_vlans(struct buf *out, const struct bridge_vlan *vlans, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct bridge_vlan *vlan = &vlans[i];

		(void)buf_printf(out, "%s%u", i ? ", " : "", vlan->first);
		if (vlan->last != vlan->first)
			(void)buf_printf(out, "-%u", vlan->last);
		(void)buf_printf(out, "%s%s", vlan->pvid ? " pvid" : "", vlan->untagged ? " untagged" : "");
	}
	if (count == 0)
		(void)buf_putc(out, '-');
}

/* What a port does otherwise than others, behind its line. */
static void put_flags(struct buf *out, uint32_t flags)
{
	for (unsigned int i = 0; i < PORT_FLAGS; i++) {
		const struct port_flag_words *words = &port_flag_words[i];

		if ((flags >> i & 1) != words->usual)
			(void)buf_printf(out, "%s%s", out->len ? ", " : "", words->unusual);
	}
}

static void put_port(struct grid *grid, const struct port_view *view)
{
	const struct bridge_port *port = view->port;
	_cleanup_buf_ struct buf vlans = BUF_INIT;
	_cleanup_buf_ struct buf flags = BUF_INIT;

	put_vlans(&vlans, view->vlans, view->vlan_count);
	put_flags(&flags, port->flags);
	cell_link(grid, port->name, port->index);
	cell_number(grid, port->number);
	grid_cell(grid, state_name(port->state));
	cell_number(grid, port->cost);
	grid_cell(grid, text_or_empty(&vlans, grid));
	put_owner(grid, &view->of);
	cell_number(grid, learned(&view->fdb));
	put_counters(grid, port);
	grid_end_line(grid, text_or_empty(&flags, grid));
}

static void put_heading(struct buf *out, const struct bridge_view *view)
{
	const struct bridge_settings *bridge = view->settings;
	char text[CELL_SIZE];

	format_id(&bridge->id, text);
	(void)buf_printf(out, "%s  if %" PRIu32 "  id %s", bridge->name, bridge->index, text);
	for (size_t i = 0; i < view->address_count; i++) {
		address_format(&view->addresses[i], text, sizeof(text));
		(void)buf_printf(out, "  %s", text);
	}
	(void)buf_printf(out, "  mtu %" PRIu32 "  %s\n", bridge->mtu, bridge->up ? "up" : "down");
	(void)buf_printf(out, "    stp %s  vlan filtering %s  multicast snooping %s  ageing %" PRIu32 " s\n",
	                 bridge->stp ? "on" : "off", bridge->vlan_filtering ? "on" : "off",
	                 bridge->multicast_snooping ? "on" : "off", bridge->ageing / BRIDGE_TICKS);
	if (bridge->stp) {
		format_id(&bridge->root, text);
		(void)buf_printf(out, "    root %s  cost %" PRIu32, text, bridge->root_cost);
		if (bridge->root_port)
			(void)buf_printf(out, "  through port %u", bridge->root_port);
		(void)buf_printf(out, "%s  forward delay %" PRIu32 " s\n", bridge->root_port ? "" : "  this bridge",
		                 bridge->forward_delay / BRIDGE_TICKS);
	}
	if (view->vlan_count > 0) {
		(void)buf_puts(out, "    vlans ");
		put_vlans(out, view->vlans, view->vlan_count);
		(void)buf_putc(out, '\n');
	}
}

/* Whose an entry is, in words. */
static void put_whose(struct grid *grid, const struct fdb_view *view)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char remote[CELL_SIZE];

	switch (view->of.whose) {
	case WHOSE_CONTAINER:
		put_name(&text, view->of.ns);
		(void)buf_printf(&text, "  %s", view->of.link->name);
		break;
	case WHOSE_PORT:
		(void)buf_puts(&text, "the port itself");
		break;
	case WHOSE_BRIDGE:
		(void)buf_puts(&text, "the bridge itself");
		break;
	case WHOSE_NOBODY_KNOWN:
		(void)buf_putc(&text, '-');
		break;
	}
	if (view->entry->kind == FDB_REMOTE) {
		address_format(&view->entry->remote, remote, sizeof(remote));
		remote[strcspn(remote, "/")] = '\0';
		buf_reset(&text);
		(void)buf_printf(&text, "behind %s", remote);
	}
	grid_cell(grid, text_or_empty(&text, grid));
}

/* An address that moves between ports, or is claimed by somebody else, is what a flapping network looks like. */
static const char *note_of(const struct fdb_view *view)
{
	if (view->of.whose == WHOSE_CONTAINER && view->of.link->peer.index != view->entry->port)
		return "not its own port";
	return view->entry->sticky ? "sticky" : "";
}

static void put_entry(struct grid *grid, const struct fdb_view *view)
{
	const struct fdb_entry *entry = view->entry;
	char mac[SHOW_MAC_SIZE];

	show_mac(entry->mac, mac);
	grid_cell(grid, view->port);
	grid_cell(grid, mac);
	if (entry->vlan)
		cell_number(grid, entry->vlan);
	else
		grid_cell(grid, "-");
	grid_cell(grid, fdb_kind_name(entry->kind));
	if (entry->aged && entry->kind == FDB_LEARNED)
		cell_seconds(grid, entry->updated);
	else
		grid_cell(grid, "-");
	put_whose(grid, view);
	grid_end_line(grid, note_of(view));
}

int bridge_detail_render(const struct bridge_view *bridge, struct buf *ret)
{
	_cleanup_grid_ struct grid ports = GRID_INIT(detail_columns);
	_cleanup_grid_ struct grid entries = GRID_INIT(fdb_columns);
	size_t before = ret->len;

	put_heading(ret, bridge);
	for (size_t i = 0; i < bridge->port_count; i++)
		put_port(&ports, &bridge->ports[i]);
	if (bridge->port_count > 0) {
		(void)buf_putc(ret, '\n');
		grid_render(&ports, 0, ret);
	} else {
		(void)buf_puts(ret, "    no port\n");
	}
	for (size_t i = 0; i < bridge->entry_count; i++)
		put_entry(&entries, &bridge->entries[i]);
	if (bridge->entry_count > 0) {
		(void)buf_putc(ret, '\n');
		grid_render(&entries, 0, ret);
	}
	if (bridge->left_out > 0)
		(void)buf_printf(ret, "%" PRIu64 " more entries (--all shows them)\n", bridge->left_out);
	return finish(ret, before);
}
