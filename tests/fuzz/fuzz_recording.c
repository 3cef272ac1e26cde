/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libFuzzer: a recording, as ctnet-top --replay plays one. Whatever the bytes: its lines are found, read, compared and drawn on every screen
 * without harm. The first two bytes are the size of the terminal.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/departed.h"
#include "model/event_log.h"
#include "model/lines.h"
#include "render/event.h"
#include "render/json.h"
#include "render/recording.h"
#include "render/screen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is kept from one snapshot to the next. */
struct player {
	struct snapshot *before, *latest;
	struct departed *departed;
	struct event_log *events;
	struct history *history;
	struct rates *rates;
	struct frame frame;
};

static void draw(struct player *p)
{
	const struct rates *rates = departed_rates(p->departed);
	struct view view;
	struct screen screen = { .rates = rates,
		                 .before = p->before,
		                 .view = &view,
		                 .history = p->history,
		                 .bridge_history = p->history,
		                 .departed = p->departed,
		                 .events = p->events,
		                 .host = "",
		                 .fault = "",
		                 .notice = "" };
	_cleanup_free_ const struct netns_rate **rows = NULL;
	_cleanup_free_ struct table_line *lines = NULL;
	_cleanup_free_ struct port_line *ports = NULL;

	view_init(&view, SORT_TOTAL, false, 1);
	view.folds.all = true;
	if (query_select(rates, "", view.sort, false, &rows, &screen.row_count) < 0 ||
	    lines_list(&(struct lines_from){ rates, rows, screen.row_count, true, &view.folds }, &lines,
	               &screen.line_count) < 0 ||
	    ports_list(rates, &ports, &screen.port_count) < 0)
		return;
	screen.lines = lines;
	screen.ports = ports;
	if (rates->namespace_count > 0)
		view.detail = row_key_of(rates->namespaces[0].ns);
	for (int s = 0; s < VIEW_SCREENS; s++) {
		view.screen = (enum view_screen)s;
		screen_settle(&screen, &p->frame, &view);
		screen_render(&screen, &p->frame);
	}
}

static void play_snapshot(struct player *p, const char *line, size_t len)
{
	struct snapshot *snap = NULL;
	struct rates *rates = NULL;
	char error[128];

	if (json_parse_snapshot(line, len, &snap, error, sizeof(error)) < 0)
		return;
	snapshot_free(p->before);
	p->before = p->latest;
	p->latest = snap;
	if (rates_between(p->before, snap, &rates) < 0)
		return;
	event_log_lost(p->events, snap);
	if (departed_update(p->departed, rates) == 0)
		draw(p);
	rates_free(p->rates);
	p->rates = rates;
}

static void play_line(struct player *p, const char *line, size_t len)
{
	char host[RECORDING_HOST_SIZE];
	struct event event;
	char error[128];

	switch (recording_line_kind(line, len)) {
	case RECORDING_HEADER:
		(void)recording_parse_header(line, len, host, error, sizeof(error));
		break;
	case RECORDING_EVENT:
		if (event_parse_json(line, len, &event) == 0)
			event_log_add(p->events, &event);
		break;
	case RECORDING_SNAPSHOT:
		play_snapshot(p, line, len);
		break;
	case RECORDING_FOREIGN:
		break;
	}
}

/* All that the index says must be inside, whole lines, and in order. */
static void check_index(const char *text, size_t size)
{
	struct recording_index index = { .count = 0 };
	char error[128];
	uint64_t behind = 0;

	(void)recording_index_feed(&index, text, size / 2, error, sizeof(error));
	(void)recording_index_feed(&index, text + size / 2, size - size / 2, error, sizeof(error));
	for (size_t i = 0; i < index.count; i++) {
		const struct recording_place *place = &index.places[i];

		if (place->events < behind || place->snapshot < place->events)
			abort();
		behind = place->snapshot + place->length;
		if (behind >= size)
			abort();
	}
	recording_index_free(&index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 2;
	struct player p = { .frame = { .unicode = true } };
	const char *end;

	if (size < 2)
		return 0;
	if (departed_new(10, 8, &p.departed) < 0 || event_log_new(8, &p.events) < 0 || history_new(4, &p.history) < 0 ||
	    frame_resize(&p.frame, data[0], data[1]) < 0)
		abort();
	size -= 2;
	check_index(text, size);
	for (; (end = memchr(text, '\n', size)); text = end + 1) {
		size_t len = (size_t)(end - text);

		play_line(&p, text, len);
		size -= len + 1;
	}
	snapshot_free(p.before);
	snapshot_free(p.latest);
	rates_free(p.rates);
	departed_free(p.departed);
	event_log_free(p.events);
	history_free(p.history);
	frame_free(&p.frame);
	return 0;
}
