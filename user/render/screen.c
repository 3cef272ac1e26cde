/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/accuracy.h"
#include "render/agreement.h"
#include "render/screen_parts.h"

/* How the lines of a frame are shared out. What is less needed gives way first when there are few. */
struct layout {
	size_t header;   /* lines of totals and sources */
	size_t warnings; /* lines that tell what is wrong */
	size_t body;     /* lines of rows or text */
	bool footer;
};

#define MAX_WARNINGS 3

struct warnings {
	char text[MAX_WARNINGS][512];
	size_t count; /* also those that have no place in text */
};

static void warn(struct warnings *warnings, const char *what, const char *why)
{
	if (warnings->count < MAX_WARNINGS)
		(void)snprintf(warnings->text[warnings->count], sizeof(warnings->text[0]), "! %s%s%s", what,
		               why[0] ? ": " : "", why);
	warnings->count++;
}

/*
 * States that are no fault of this moment: the header and the help name them, no line is spent on them. "absent": that engine is not
 * on this node. "fallback": this kernel has no better.
 */
static bool is_settled(const char *state)
{
	return strcmp(state, "absent") == 0 || strcmp(state, "fallback") == 0;
}

static void warn_of_source(struct warnings *warnings, const struct source *source)
{
	char what[128];

	if (!source->up && !is_settled(source->state)) {
		(void)snprintf(what, sizeof(what), "%s %s", source->name, source->state);
		warn(warnings, what, source->detail);
	} else if (source->incomplete) {
		(void)snprintf(what, sizeof(what), "%s was interrupted", source->name);
		warn(warnings, what, "some rows may be missing or old");
	}
}

static void warn_of_difference(struct warnings *warnings, const struct snapshot *snap)
{
	const struct agreement agreement = snapshot_agreement(snap);
	_cleanup_buf_ struct buf where = BUF_INIT;

	agreement_put(&where, &agreement);
	if (where.len > 0 && !where.failed)
		warn(warnings, "counted otherwise than the kernel", where.data);
}

static struct warnings gather_warnings(const struct screen *screen)
{
	const struct snapshot *snap = screen->rates->snap;
	struct warnings warnings = { .count = 0 };

	if (screen->fault[0])
		warn(&warnings, "the last look failed, this is the one before", screen->fault);
	for (size_t i = 0; i < snap->source_count; i++)
		warn_of_source(&warnings, &snap->sources[i]);
	warn_of_difference(&warnings, snap);
	return warnings;
}

static struct layout lay_out(const struct warnings *warnings, size_t lines)
{
	size_t room = lines >= 16 ? MAX_WARNINGS : lines >= 8 ? 1 : 0;
	struct layout layout = {
		.header = lines >= 8   ? 2
		          : lines >= 4 ? 1
		                       : 0,
		.warnings = warnings->count < room ? warnings->count : room,
		.footer = lines >= 3,
	};

	layout.body = lines - layout.header - layout.warnings - (layout.footer ? 1 : 0);
	return layout;
}

static struct segment source_segment(const struct snapshot *snap, const char *name, int rank)
{
	const struct source *source = snapshot_source(snap, name);
	struct segment segment = { .style = STYLE_PLAIN, .rank = rank };

	if (!source)
		return segment;
	if (!source->up || source->incomplete)
		segment.style = STYLE_WARN;
	(void)snprintf(segment.text, sizeof(segment.text), "%s%s %s", segment.style == STYLE_WARN ? "!" : "", name,
	               source->state);
	return segment;
}

/* Whether what is seen is now, or was. */
static void tape_text(const struct screen *screen, char *out, size_t size)
{
	time_t seconds = (time_t)screen->rates->time;
	char clock[16] = "";
	struct tm local;

	if (screen->played == 0) {
		(void)snprintf(out, size, "%s", screen->recording ? "RECORDING" : "");
		return;
	}
	if (localtime_r(&seconds, &local))
		(void)strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	(void)snprintf(out, size, "REPLAY %zu/%zu %s", screen->played, screen->to_play, clock);
}

static void draw_title(const struct screen *screen, struct frame *frame, size_t line)
{
	const struct snapshot *snap = screen->rates->snap;
	const struct view *view = screen->view;
	struct segment segments[] = {
		{ "ctnet-top", STYLE_TITLE, 0 },
		{ "", STYLE_PLAIN, 3 },
		{ "", STYLE_PLAIN, 2 },
		{ "", STYLE_PLAIN, 4 },
		source_segment(snap, "traffic", 1),
		source_segment(snap, "lifecycle", 2),
		{ "", STYLE_WARN, 0 },
		{ "", view->paused ? STYLE_WARN : STYLE_PLAIN, 0 },
	};
	char interval[RATE_TEXT];

	interval_text(view->interval_ns, interval, sizeof(interval));
	tape_text(screen, segments[6].text, sizeof(segments[6].text));
	(void)snprintf(segments[1].text, sizeof(segments[1].text), "%s", screen->host);
	(void)snprintf(segments[2].text, sizeof(segments[2].text), "%" PRIu64 " namespace%s", snap->alive,
	               snap->alive == 1 ? "" : "s");
	(void)snprintf(segments[3].text, sizeof(segments[3].text), "%zu bridge%s", screen->rates->bridge_count,
	               screen->rates->bridge_count == 1 ? "" : "s");
	(void)snprintf(segments[7].text, sizeof(segments[7].text), "%s", view->paused ? "PAUSED" : interval);
	put_segments(frame, line, segments, ARRAY_SIZE(segments));
}

static void losses_text(const struct snapshot *snap, struct segment *segment)
{
	const struct loss *worst = NULL;
	uint64_t lost = 0;

	for (size_t i = 0; i < snap->loss_count; i++) {
		lost += snap->losses[i].count;
		if (!worst || snap->losses[i].count > worst->count)
			worst = &snap->losses[i];
	}
	segment->style = lost > 0 ? STYLE_BAD : STYLE_PLAIN;
	if (lost > 0)
		(void)snprintf(segment->text, sizeof(segment->text), "!lost %" PRIu64 " %s", lost, worst->what);
	else
		(void)snprintf(segment->text, sizeof(segment->text), "lost 0");
}

static void draw_totals(const struct screen *screen, struct frame *frame, size_t line)
{
	const struct rates *rates = screen->rates;
	bool minute = screen->view->interval_ns <= HISTORY_SECONDS * 1000000000ULL;
	struct segment segments[] = {
		{ "", STYLE_TITLE, 0 }, { "", STYLE_TITLE, 0 }, { "", STYLE_PLAIN, 3 },
		{ "", STYLE_PLAIN, 2 }, { "", STYLE_PLAIN, 1 },
	};
	char rx[RATE_TEXT] = "-";
	char tx[RATE_TEXT] = "-";
	uint64_t born, died;

	if (rates->seconds > 0) {
		rate_text(rates->total[RECEIVE].bytes, screen->view->units, rx, sizeof(rx));
		rate_text(rates->total[TRANSMIT].bytes, screen->view->units, tx, sizeof(tx));
	}
	history_lifecycle(screen->history, &born, &died);
	(void)snprintf(segments[0].text, sizeof(segments[0].text), "in %s", rx);
	(void)snprintf(segments[1].text, sizeof(segments[1].text), "out %s", tx);
	/* without probes what lived shortly was never seen: at least so many */
	(void)snprintf(segments[2].text, sizeof(segments[2].text), "born %s%" PRIu64 " died %s%" PRIu64 " %s",
	               rates->snap->lifecycle.exact ? "" : ">=", born, rates->snap->lifecycle.exact ? "" : ">=", died,
	               minute ? "this minute" : "last look");
	(void)snprintf(segments[3].text, sizeof(segments[3].text), "held %" PRIu64, rates->snap->held);
	losses_text(rates->snap, &segments[4]);
	put_segments(frame, line, segments, ARRAY_SIZE(segments));
}

static void draw_warnings(const struct warnings *warnings, struct frame *frame, size_t line, size_t room)
{
	char more[64];

	for (size_t i = 0; i < room; i++)
		frame_put(frame, line + i, 0, frame->columns, STYLE_WARN, warnings->text[i]);
	if (warnings->count > room && room > 0 && frame->columns > 20) {
		(void)snprintf(more, sizeof(more), " (%zu more: ?)", warnings->count - room);
		frame_put(frame, line + room - 1, frame->columns - strlen(more), strlen(more), STYLE_WARN, more);
	}
}

static void draw_typing(const struct screen *screen, struct frame *frame, size_t line)
{
	struct segment segments[] = {
		{ "", STYLE_TITLE, 0 },
		{ "", STYLE_PLAIN, 1 },
		{ "Enter keep  Esc drop", STYLE_KEYS, 2 },
	};

	(void)snprintf(segments[0].text, sizeof(segments[0].text), "/%s_", screen->view->filter);
	if (screen->view->screen == VIEW_TABLE)
		(void)snprintf(segments[1].text, sizeof(segments[1].text), "%zu of %zu", screen->row_count,
		               screen->rates->namespace_count);
	put_segments(frame, line, segments, ARRAY_SIZE(segments));
}

static void draw_table_keys(const struct screen *screen, struct frame *frame, size_t line)
{
	const struct view *view = screen->view;
	size_t hidden = table_hidden_columns(frame->columns, view->hidden);
	struct segment segments[] = {
		{ "/ filter", STYLE_KEYS, 2 },  { "", STYLE_KEYS, 3 },         { "t tree", STYLE_KEYS, 7 },
		{ "b bridges", STYLE_KEYS, 5 }, { "e events", STYLE_KEYS, 6 }, { "Enter details", STYLE_KEYS, 4 },
		{ "? help", STYLE_KEYS, 0 },    { "q quit", STYLE_KEYS, 0 },   { "", STYLE_QUIET, 1 },
	};

	if (view->filter[0]) {
		(void)snprintf(segments[0].text, sizeof(segments[0].text), "/%s %zu of %zu", view->filter,
		               screen->row_count, screen->rates->namespace_count);
		segments[0].style = STYLE_WARN; /* rows are missing: not to be overlooked */
		segments[0].rank = 0;
	}
	(void)snprintf(segments[1].text, sizeof(segments[1].text), "s sort %s", sort_column_name(view->sort));
	if (hidden > 0)
		(void)snprintf(segments[8].text, sizeof(segments[8].text), "%zu columns hidden", hidden);
	put_segments(frame, line, segments, ARRAY_SIZE(segments));
}

static void draw_other_keys(const struct screen *screen, struct frame *frame, size_t line)
{
	const struct view *view = screen->view;
	struct segment other[] = {
		{ "", STYLE_WARN, 0 },
		{ "Esc back", STYLE_KEYS, 0 },
		{ "Up Down move", STYLE_KEYS, 2 },
		{ "Enter details", STYLE_KEYS, 3 },
		{ "u units", STYLE_KEYS, 4 },
		{ "? help", STYLE_KEYS, 1 },
		{ "q quit", STYLE_KEYS, 0 },
	};

	if (view->screen == VIEW_EVENTS && view->filter[0])
		(void)snprintf(other[0].text, sizeof(other[0].text), "/%s", view->filter);
	if (view->screen == VIEW_COLUMNS)
		(void)snprintf(other[3].text, sizeof(other[3].text), "Enter show or hide");
	else if (view->screen != VIEW_BRIDGES) /* nothing to choose there */
		other[3].text[0] = '\0';
	put_segments(frame, line, other, ARRAY_SIZE(other));
}

static void draw_footer(const struct screen *screen, struct frame *frame, size_t line)
{
	if (screen->notice[0])
		frame_put(frame, line, 0, frame->columns, STYLE_WARN, screen->notice);
	else if (screen->view->typing)
		draw_typing(screen, frame, line);
	else if (screen->view->screen == VIEW_TABLE)
		draw_table_keys(screen, frame, line);
	else
		draw_other_keys(screen, frame, line);
}

static void draw_text(const struct screen *screen, struct pen *pen)
{
	if (screen->view->screen == VIEW_HELP)
		help_draw(screen, pen);
	else
		detail_draw(screen, pen);
}

/* Lines of the text that a screen is. */
static size_t measure_text(const struct screen *screen, struct frame *frame)
{
	struct pen pen = { .frame = frame }; /* room 0: writes nothing */

	draw_text(screen, &pen);
	return pen.count;
}

void screen_settle(const struct screen *screen, struct frame *frame, struct view *view)
{
	struct warnings warnings = gather_warnings(screen);
	size_t body = lay_out(&warnings, frame->lines).body;
	size_t room = body > 1 ? body - 1 : body; /* without the names of the columns */

	switch (view->screen) {
	case VIEW_TABLE:
		view_settle_lines(view, screen->lines, screen->line_count, room);
		break;
	case VIEW_BRIDGES:
		view_settle_ports(view, screen->ports, screen->port_count, room);
		break;
	case VIEW_EVENTS:
		view_settle_events(view, events_count(screen), room);
		break;
	case VIEW_COLUMNS:
		view_settle_list(view, TABLE_COLUMNS, room);
		break;
	case VIEW_DETAIL:
	case VIEW_HELP:
	case VIEW_SCREENS:
		view_settle_text(view, measure_text(screen, frame), body);
		break;
	}
}

static void draw_body(const struct screen *screen, struct frame *frame, size_t first, size_t room)
{
	const struct view *view = screen->view;
	struct pen pen = { frame, first, room, view->scroll[view->screen].top, 0 };

	switch (view->screen) {
	case VIEW_TABLE:
		table_draw(screen, frame, first, room);
		break;
	case VIEW_BRIDGES:
		bridges_draw(screen, frame, first, room);
		break;
	case VIEW_EVENTS:
		events_draw(screen, frame, first, room);
		break;
	case VIEW_COLUMNS:
		chooser_draw(screen, frame, first, room);
		break;
	case VIEW_DETAIL:
	case VIEW_HELP:
	case VIEW_SCREENS:
		draw_text(screen, &pen);
		break;
	}
}

void screen_render(const struct screen *screen, struct frame *frame)
{
	struct warnings warnings = gather_warnings(screen);
	struct layout layout = lay_out(&warnings, frame->lines);

	if (layout.header > 0)
		draw_title(screen, frame, 0);
	if (layout.header > 1)
		draw_totals(screen, frame, 1);
	draw_warnings(&warnings, frame, layout.header, layout.warnings);
	draw_body(screen, frame, layout.header + layout.warnings, layout.body);
	if (layout.footer)
		draw_footer(screen, frame, frame->lines - 1);
}
