/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/screen_columns.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/screen_parts.h"
#include "render/show.h"

static void tell_owner(const struct cell_ask *ask, struct cell_text *ret)
{
	netns_title(ask->row->ns, ret->text, sizeof(ret->text));
	ret->style = STYLE_TITLE;
}

static void tell_kind(const struct cell_ask *ask, struct cell_text *ret)
{
	if (ask->row->ns->kind == OWNER_NONE)
		(void)snprintf(ret->text, sizeof(ret->text), "%s", ask->row->ns->held ? "held" : "-");
	else
		(void)snprintf(ret->text, sizeof(ret->text), "%s", owner_kind_name(ask->row->ns->kind));
}

static void tell_id(const struct cell_ask *ask, struct cell_text *ret)
{
	const char *id = ask->row->ns->owner_count > 0 ? ask->row->ns->owners[0].id : "";

	(void)snprintf(ret->text, sizeof(ret->text), "%.*s", (int)ask->width, id);
}

static void tell_image(const struct cell_ask *ask, struct cell_text *ret)
{
	(void)snprintf(ret->text, sizeof(ret->text), "%s",
	               ask->row->ns->owner_count > 0 ? ask->row->ns->owners[0].image : "");
}

/* The first of several, and how many more. */
static void tell_first(const char *first, size_t more, struct cell_text *ret)
{
	if (more > 0)
		(void)snprintf(ret->text, sizeof(ret->text), "%s +%zu", first, more);
	else
		(void)snprintf(ret->text, sizeof(ret->text), "%s", first[0] ? first : "-");
}

static void tell_interface(const struct cell_ask *ask, struct cell_text *ret)
{
	const struct netns *ns = ask->row->ns;

	tell_first(ns->interface_count > 0 ? ns->interfaces[0].name : "",
	           ns->interface_count > 1 ? ns->interface_count - 1 : 0, ret);
}

static void tell_host_end(const struct cell_ask *ask, struct cell_text *ret)
{
	const struct netns *ns = ask->row->ns;

	tell_first(ns->interface_count > 0 ? ns->interfaces[0].peer.name : "", 0, ret);
}

static void tell_bridge(const struct cell_ask *ask, struct cell_text *ret)
{
	const char *first = "";
	size_t more = 0;

	for (size_t i = 0; i < ask->row->ns->interface_count; i++) {
		const char *bridge = ask->row->ns->interfaces[i].bridge;

		if (bridge[0] && !first[0])
			first = bridge;
		else if (bridge[0] && strcmp(bridge, first) != 0)
			more++;
	}
	tell_first(first, more, ret);
}

static void tell_address(const struct cell_ask *ask, struct cell_text *ret)
{
	char address[SHOW_ADDRESS_SIZE] = "";

	for (size_t i = 0; i < ask->row->ns->interface_count && !address[0]; i++)
		show_address(ask->row->ns->interfaces[i].addresses, ask->row->ns->interfaces[i].address_count, address);
	tell_first(address, 0, ret);
}

static void tell_netns(const struct cell_ask *ask, struct cell_text *ret)
{
	if (ask->row->ns->inode != 0)
		(void)snprintf(ret->text, sizeof(ret->text), "%" PRIu64, ask->row->ns->inode);
	else
		(void)snprintf(ret->text, sizeof(ret->text), "?");
}

static void tell_seen(const struct cell_ask *ask, struct cell_text *ret)
{
	uint64_t now = ask->screen->rates->snap->now;
	double seconds = now > ask->row->ns->birth ? (double)(now - ask->row->ns->birth) / 1e9 : 0;

	age_text(seconds, ret->text, sizeof(ret->text));
}

/* Whether there is a rate to be told: somebody counts, and there was a round before this one. */
static bool has_rate(const struct screen *screen, const struct netns_rate *row)
{
	return screen->rates->seconds > 0 && netns_counted(row->ns) && !row->ns->gone;
}

static void tell_rate(const struct screen *screen, const struct netns_rate *row, enum direction direction,
                      struct cell_text *ret)
{
	if (has_rate(screen, row))
		rate_text(row->dir[direction].bytes, screen->view->units, ret->text, sizeof(ret->text));
	else
		(void)snprintf(ret->text, sizeof(ret->text), "-");
}

static void tell_rx(const struct cell_ask *ask, struct cell_text *ret)
{
	tell_rate(ask->screen, ask->row, RECEIVE, ret);
}

static void tell_tx(const struct cell_ask *ask, struct cell_text *ret)
{
	tell_rate(ask->screen, ask->row, TRANSMIT, ret);
}

static void tell_packets(const struct cell_ask *ask, struct cell_text *ret)
{
	if (has_rate(ask->screen, ask->row))
		amount_text(ask->row->dir[RECEIVE].packets + ask->row->dir[TRANSMIT].packets, ret->text,
		            sizeof(ret->text));
	else
		(void)snprintf(ret->text, sizeof(ret->text), "-");
}

static void tell_segments(const struct cell_ask *ask, struct cell_text *ret)
{
	if (has_rate(ask->screen, ask->row) && netns_traffic(ask->row->ns).split)
		amount_text(ask->row->dir[RECEIVE].segments + ask->row->dir[TRANSMIT].segments, ret->text,
		            sizeof(ret->text));
	else
		(void)snprintf(ret->text, sizeof(ret->text), "-");
}

/* The class that most bytes belong to, and its share. */
static void tell_protocol(const struct cell_ask *ask, struct cell_text *ret)
{
	double sum = 0;
	double most = 0;
	enum ctnet_class top = CTNET_OTHER;

	for (int c = 0; c < CTNET_CLASSES; c++) {
		double bytes = ask->row->by_class[RECEIVE][c] + ask->row->by_class[TRANSMIT][c];

		sum += bytes;
		if (bytes > most) {
			most = bytes;
			top = (enum ctnet_class)c;
		}
	}
	if (!has_rate(ask->screen, ask->row) || !(sum > 0))
		(void)snprintf(ret->text, sizeof(ret->text), "-");
	else
		(void)snprintf(ret->text, sizeof(ret->text), "%s %.0f%%", class_text(top), most / sum * 100);
}

static void tell_minute(const struct cell_ask *ask, struct cell_text *ret)
{
	row_note(ask->screen, ask->row, ret->text, sizeof(ret->text));
	if (ret->text[0]) {
		ret->style = row_mark(ask->row) == '!' ? STYLE_WARN : STYLE_QUIET;
		return;
	}
	history_bars(ask->screen->history, row_key_of(ask->row->ns), HISTORY_BOTH, ask->width, ask->unicode, ret->text);
	ret->style = STYLE_GRAPH;
}

/* Columns up to this rank squeeze themselves to be seen; those beyond come where the others have what they want. */
#define LAST_CORE_RANK 6

static const struct column columns[TABLE_COLUMNS] = {
	[COLUMN_OWNER] = { "OWNER", 10, 18, 32, 0, false, SORT_NAME, tell_owner },
	[COLUMN_KIND] = { "KIND", 10, 10, 10, 5, false, SORT_KIND, tell_kind },
	[COLUMN_ID] = { "ID", 12, 12, 12, 15, false, SORT_COLUMNS, tell_id },
	[COLUMN_IMAGE] = { "IMAGE", 14, 14, 28, 14, false, SORT_COLUMNS, tell_image },
	[COLUMN_NETNS] = { "NETNS", 10, 10, 10, 13, false, SORT_NETNS, tell_netns },
	[COLUMN_INTERFACE] = { "INTERFACE", 9, 9, 15, 10, false, SORT_COLUMNS, tell_interface },
	[COLUMN_HOST_END] = { "HOST END", 11, 11, 15, 11, false, SORT_COLUMNS, tell_host_end },
	[COLUMN_BRIDGE] = { "BRIDGE", 9, 9, 15, 6, false, SORT_BRIDGE, tell_bridge },
	[COLUMN_ADDRESS] = { "ADDRESS", 15, 18, 26, 7, false, SORT_COLUMNS, tell_address },
	[COLUMN_SEEN] = { "SEEN", 6, 6, 6, 12, true, SORT_AGE, tell_seen },
	[COLUMN_RX] = { "RX/s", 9, 9, 9, 1, true, SORT_RX, tell_rx },
	[COLUMN_TX] = { "TX/s", 9, 9, 9, 2, true, SORT_TX, tell_tx },
	[COLUMN_PACKETS] = { "PKT/s", 6, 6, 6, 3, true, SORT_PACKETS, tell_packets },
	[COLUMN_SEGMENTS] = { "SEG/s", 6, 6, 6, 9, true, SORT_COLUMNS, tell_segments },
	[COLUMN_PROTOCOL] = { "PROTOCOL", 9, 9, 9, 8, false, SORT_COLUMNS, tell_protocol },
	[COLUMN_MINUTE] = { "LAST MINUTE", 11, 12, 30, 4, false, SORT_COLUMNS, tell_minute },
};

static bool is_wanted(size_t column, uint32_t hidden)
{
	return column == COLUMN_OWNER || !(hidden & 1U << column);
}

/* Columns that the table takes when all wanted ones up to @rank are shown. */
static size_t width_up_to(int rank, uint32_t hidden)
{
	size_t used = TABLE_MARKS - 1; /* the first has no gap before it */

	for (size_t i = 0; i < TABLE_COLUMNS; i++) {
		if (is_wanted(i, hidden) && columns[i].rank <= rank)
			used += 1 + (rank > LAST_CORE_RANK ? columns[i].want : columns[i].min);
	}
	return used;
}

/* The largest rank so that all columns up to it fit; the first one is shown whatever the width. */
static int choose_rank(size_t terminal_columns, uint32_t hidden)
{
	int rank = 0;

	while (rank + 1 < TABLE_COLUMNS && width_up_to(rank + 1, hidden) <= terminal_columns)
		rank++;
	return rank;
}

/* Gives columns of the terminal one by one, in turn, to those that want more (or can use it). Returns what is left. */
static size_t widen(struct placed_column *placed, size_t count, size_t left, bool to_max)
{
	bool gave = true;

	while (gave) {
		gave = false;
		for (size_t i = 0; i < count && left > 0; i++) {
			const struct column *column = placed[i].column;

			if (placed[i].width < (to_max ? column->max : column->want)) {
				placed[i].width++;
				left--;
				gave = true;
			}
		}
	}
	return left;
}

size_t columns_place(size_t terminal_columns, uint32_t hidden, struct placed_column ret[TABLE_COLUMNS])
{
	int rank = choose_rank(terminal_columns, hidden);
	size_t used = TABLE_MARKS;
	size_t count = 0;
	size_t at = TABLE_MARKS;
	size_t left;

	for (size_t i = 0; i < TABLE_COLUMNS; i++) {
		if (columns[i].rank > rank || !is_wanted(i, hidden))
			continue;
		used += columns[i].min + (count > 0 ? 1 : 0);
		ret[count++] = (struct placed_column){ (enum table_column)i, &columns[i], 0, columns[i].min };
	}
	left = widen(ret, count, used < terminal_columns ? terminal_columns - used : 0, false);
	(void)widen(ret, count, left, true);
	for (size_t i = 0; i < count; i++) {
		ret[i].at = at;
		at += ret[i].width + 1;
	}
	return count;
}
