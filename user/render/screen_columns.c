/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/screen_columns.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/screen_parts.h"
#include "render/show.h"

static void tell_owner(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                       struct cell_text *ret)
{
	(void)screen, (void)width, (void)unicode;
	netns_title(row->ns, ret->text, sizeof(ret->text));
	ret->style = STYLE_TITLE;
}

static void tell_kind(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                      struct cell_text *ret)
{
	(void)screen, (void)width, (void)unicode;
	if (row->ns->kind == OWNER_NONE)
		(void)snprintf(ret->text, sizeof(ret->text), "%s", row->ns->held ? "held" : "-");
	else
		(void)snprintf(ret->text, sizeof(ret->text), "%s", owner_kind_name(row->ns->kind));
}

static void tell_id(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                    struct cell_text *ret)
{
	const char *id = row->ns->owner_count > 0 ? row->ns->owners[0].id : "";

	(void)screen, (void)unicode;
	(void)snprintf(ret->text, sizeof(ret->text), "%.*s", (int)width, id);
}

static void tell_image(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                       struct cell_text *ret)
{
	(void)screen, (void)width, (void)unicode;
	(void)snprintf(ret->text, sizeof(ret->text), "%s", row->ns->owner_count > 0 ? row->ns->owners[0].image : "");
}

/* The first of several, and how many more. */
static void tell_first(const char *first, size_t more, struct cell_text *ret)
{
	if (more > 0)
		(void)snprintf(ret->text, sizeof(ret->text), "%s +%zu", first, more);
	else
		(void)snprintf(ret->text, sizeof(ret->text), "%s", first[0] ? first : "-");
}

static void tell_interface(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                           struct cell_text *ret)
{
	const struct netns *ns = row->ns;

	(void)screen, (void)width, (void)unicode;
	tell_first(ns->interface_count > 0 ? ns->interfaces[0].name : "",
	           ns->interface_count > 1 ? ns->interface_count - 1 : 0, ret);
}

static void tell_host_end(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                          struct cell_text *ret)
{
	const struct netns *ns = row->ns;

	(void)screen, (void)width, (void)unicode;
	tell_first(ns->interface_count > 0 ? ns->interfaces[0].peer.name : "", 0, ret);
}

static void tell_bridge(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                        struct cell_text *ret)
{
	const char *first = "";
	size_t more = 0;

	(void)screen, (void)width, (void)unicode;
	for (size_t i = 0; i < row->ns->interface_count; i++) {
		const char *bridge = row->ns->interfaces[i].bridge;

		if (bridge[0] && !first[0])
			first = bridge;
		else if (bridge[0] && strcmp(bridge, first) != 0)
			more++;
	}
	tell_first(first, more, ret);
}

static void tell_address(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                         struct cell_text *ret)
{
	char address[SHOW_ADDRESS_SIZE] = "";

	(void)screen, (void)width, (void)unicode;
	for (size_t i = 0; i < row->ns->interface_count && !address[0]; i++)
		show_address(row->ns->interfaces[i].addresses, row->ns->interfaces[i].address_count, address);
	tell_first(address, 0, ret);
}

static void tell_netns(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                       struct cell_text *ret)
{
	(void)screen, (void)width, (void)unicode;
	if (row->ns->inode != 0)
		(void)snprintf(ret->text, sizeof(ret->text), "%" PRIu64, row->ns->inode);
	else
		(void)snprintf(ret->text, sizeof(ret->text), "?");
}

static void tell_seen(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                      struct cell_text *ret)
{
	uint64_t now = screen->rates->snap->now;
	double seconds = now > row->ns->birth ? (double)(now - row->ns->birth) / 1e9 : 0;

	(void)width, (void)unicode;
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

static void tell_rx(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                    struct cell_text *ret)
{
	(void)width, (void)unicode;
	tell_rate(screen, row, RECEIVE, ret);
}

static void tell_tx(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                    struct cell_text *ret)
{
	(void)width, (void)unicode;
	tell_rate(screen, row, TRANSMIT, ret);
}

static void tell_packets(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                         struct cell_text *ret)
{
	(void)width, (void)unicode;
	if (has_rate(screen, row))
		amount_text(row->dir[RECEIVE].packets + row->dir[TRANSMIT].packets, ret->text, sizeof(ret->text));
	else
		(void)snprintf(ret->text, sizeof(ret->text), "-");
}

static void tell_segments(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                          struct cell_text *ret)
{
	(void)width, (void)unicode;
	if (has_rate(screen, row) && netns_traffic(row->ns).split)
		amount_text(row->dir[RECEIVE].segments + row->dir[TRANSMIT].segments, ret->text, sizeof(ret->text));
	else
		(void)snprintf(ret->text, sizeof(ret->text), "-");
}

/* The class that most bytes belong to, and its share. */
static void tell_protocol(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                          struct cell_text *ret)
{
	double sum = 0;
	double most = 0;
	enum ctnet_class top = CTNET_OTHER;

	(void)width, (void)unicode;
	for (int c = 0; c < CTNET_CLASSES; c++) {
		double bytes = row->by_class[RECEIVE][c] + row->by_class[TRANSMIT][c];

		sum += bytes;
		if (bytes > most) {
			most = bytes;
			top = (enum ctnet_class)c;
		}
	}
	if (!has_rate(screen, row) || !(sum > 0))
		(void)snprintf(ret->text, sizeof(ret->text), "-");
	else
		(void)snprintf(ret->text, sizeof(ret->text), "%s %.0f%%", class_text(top), most / sum * 100);
}

static void tell_minute(const struct screen *screen, const struct netns_rate *row, size_t width, bool unicode,
                        struct cell_text *ret)
{
	row_note(screen, row, ret->text, sizeof(ret->text));
	if (ret->text[0]) {
		ret->style = row_mark(row) == '!' ? STYLE_WARN : STYLE_QUIET;
		return;
	}
	history_bars(screen->history, row_key_of(row->ns), HISTORY_BOTH, width, unicode, ret->text);
	ret->style = STYLE_GRAPH;
}

/* Columns up to this rank squeeze themselves to be seen; those beyond come where the others have what they want. */
#define LAST_CORE_RANK 6

/* In the order of the screen. */
static const struct column columns[] = {
	{ "OWNER", 10, 18, 32, 0, false, SORT_NAME, tell_owner },
	{ "KIND", 10, 10, 10, 5, false, SORT_KIND, tell_kind },
	{ "ID", 12, 12, 12, 15, false, SORT_COLUMNS, tell_id },
	{ "IMAGE", 14, 14, 28, 14, false, SORT_COLUMNS, tell_image },
	{ "NETNS", 10, 10, 10, 13, false, SORT_NETNS, tell_netns },
	{ "INTERFACE", 9, 9, 15, 10, false, SORT_COLUMNS, tell_interface },
	{ "HOST END", 11, 11, 15, 11, false, SORT_COLUMNS, tell_host_end },
	{ "BRIDGE", 9, 9, 15, 6, false, SORT_BRIDGE, tell_bridge },
	{ "ADDRESS", 15, 18, 26, 7, false, SORT_COLUMNS, tell_address },
	{ "SEEN", 6, 6, 6, 12, true, SORT_AGE, tell_seen },
	{ "RX/s", 9, 9, 9, 1, true, SORT_RX, tell_rx },
	{ "TX/s", 9, 9, 9, 2, true, SORT_TX, tell_tx },
	{ "PKT/s", 6, 6, 6, 3, true, SORT_PACKETS, tell_packets },
	{ "SEG/s", 6, 6, 6, 9, true, SORT_COLUMNS, tell_segments },
	{ "PROTOCOL", 9, 9, 9, 8, false, SORT_COLUMNS, tell_protocol },
	{ "LAST MINUTE", 11, 12, 30, 4, false, SORT_COLUMNS, tell_minute },
};

_Static_assert(ARRAY_SIZE(columns) <= TABLE_COLUMNS_MAX, "each may be shown");

size_t columns_count(void)
{
	return ARRAY_SIZE(columns);
}

/* Columns that the table takes when all up to @rank are shown. */
static size_t width_up_to(int rank)
{
	size_t used = TABLE_MARKS - 1; /* the first has no gap before it */

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		if (columns[i].rank <= rank)
			used += 1 + (rank > LAST_CORE_RANK ? columns[i].want : columns[i].min);
	}
	return used;
}

/* The largest rank so that all columns up to it fit; the first one is shown whatever the width. */
static int choose_rank(size_t terminal_columns)
{
	int rank = 0;

	while (rank + 1 < (int)ARRAY_SIZE(columns) && width_up_to(rank + 1) <= terminal_columns)
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

size_t columns_place(size_t terminal_columns, struct placed_column ret[TABLE_COLUMNS_MAX])
{
	int rank = choose_rank(terminal_columns);
	size_t used = TABLE_MARKS;
	size_t count = 0;
	size_t at = TABLE_MARKS;
	size_t left;

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		if (columns[i].rank > rank)
			continue;
		used += columns[i].min + (count > 0 ? 1 : 0);
		ret[count++] = (struct placed_column){ &columns[i], 0, columns[i].min };
	}
	left = widen(ret, count, used < terminal_columns ? terminal_columns - used : 0, false);
	(void)widen(ret, count, left, true);
	for (size_t i = 0; i < count; i++) {
		ret[i].at = at;
		at += ret[i].width + 1;
	}
	return count;
}
