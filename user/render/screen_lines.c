/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>

#include "model/interface_rate.h"
#include "render/screen_columns.h"
#include "render/screen_parts.h"
#include "render/show.h"

static void say(struct cell_text *ret, const char *text)
{
	(void)snprintf(ret->text, sizeof(ret->text), "%s", text);
}

/* Rates of a line that is no namespace's. @known: false: nothing can be said */
static void tell_rate(enum table_column column, const struct cell_ask *ask, bool known, const struct rate *dir,
                      bool split, struct cell_text *ret)
{
	if (!known || (column == COLUMN_SEGMENTS && !split))
		say(ret, "-");
	else if (column == COLUMN_RX || column == COLUMN_TX)
		rate_text(dir[column == COLUMN_RX ? RECEIVE : TRANSMIT].bytes, ask->screen->view->units, ret->text,
		          sizeof(ret->text));
	else if (column == COLUMN_PACKETS)
		amount_text(dir[RECEIVE].packets + dir[TRANSMIT].packets, ret->text, sizeof(ret->text));
	else
		amount_text(dir[RECEIVE].segments + dir[TRANSMIT].segments, ret->text, sizeof(ret->text));
}

static bool is_rate(enum table_column column)
{
	return column == COLUMN_RX || column == COLUMN_TX || column == COLUMN_PACKETS || column == COLUMN_SEGMENTS;
}

void group_tell(enum table_column column, const struct cell_ask *ask, struct cell_text *ret)
{
	const struct table_line *line = ask->line;

	ret->style = STYLE_TITLE;
	if (is_rate(column)) {
		tell_rate(column, ask, ask->screen->rates->seconds > 0, line->sum, true, ret);
	} else if (column == COLUMN_OWNER) {
		(void)snprintf(ret->text, sizeof(ret->text), "%s %s", line->open ? "-" : "+",
		               line->bridge ? line->bridge->bridge->name : "on no bridge");
	} else if (column == COLUMN_KIND && line->bridge) {
		say(ret, "bridge");
	} else if (column == COLUMN_BRIDGE) {
		(void)snprintf(ret->text, sizeof(ret->text), "of %zu", line->count);
	} else if (column == COLUMN_ADDRESS && line->bridge) {
		show_address(line->bridge->bridge->addresses, line->bridge->bridge->address_count, ret->text);
	}
}

static void tell_note(const struct interface *interface, struct cell_text *ret)
{
	ret->style = STYLE_WARN;
	if (interface->gone)
		say(ret, "gone");
	else if (!interface->traffic.known)
		say(ret, "not counted");
	else if (!interface->up && interface->mtu > 0)
		say(ret, "down");
	else if (interface->traffic.midlife) {
		ret->style = STYLE_QUIET;
		say(ret, "~ mid-life");
	}
}

void interface_tell(enum table_column column, const struct cell_ask *ask, struct cell_text *ret)
{
	const struct interface *interface = ask->line->interface;
	struct rate dir[DIRECTIONS] = { 0 };
	bool known;

	if (is_rate(column)) {
		known = !ask->row->ns->gone &&
		        interface_rate(ask->screen->before, ask->row->ns, interface, ask->screen->rates->seconds, dir);
		tell_rate(column, ask, known, dir, interface->traffic.split, ret);
	} else if (column == COLUMN_OWNER || column == COLUMN_INTERFACE) {
		say(ret, interface->name[0] ? interface->name : "?");
	} else if (column == COLUMN_KIND) {
		say(ret, link_kind_name(interface->kind));
	} else if (column == COLUMN_HOST_END) {
		say(ret, interface->peer.known ? interface->peer.name : "-");
	} else if (column == COLUMN_BRIDGE) {
		say(ret, interface->bridge[0] ? interface->bridge : "-");
	} else if (column == COLUMN_ADDRESS) {
		show_address(interface->addresses, interface->address_count, ret->text);
	} else if (column == COLUMN_MINUTE) {
		tell_note(interface, ret);
	}
}
