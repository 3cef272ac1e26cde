/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
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

static struct warnings gather_warnings(const struct screen *screen)
{
	const struct snapshot *snap = screen->rates->snap;
	struct warnings warnings = { .count = 0 };

	if (screen->fault[0])
		warn(&warnings, "the last look failed, this is the one before", screen->fault);
	for (size_t i = 0; i < snap->source_count; i++)
		warn_of_source(&warnings, &snap->sources[i]);
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
		{ "", view->paused ? STYLE_WARN : STYLE_PLAIN, 0 },
	};
	char interval[RATE_TEXT];

	interval_text(view->interval_ns, interval, sizeof(interval));
	(void)snprintf(segments[1].text, sizeof(segments[1].text), "%s", screen->host);
	(void)snprintf(segments[2].text, sizeof(segments[2].text), "%" PRIu64 " namespace%s", snap->alive,
	               snap->alive == 1 ? "" : "s");
	(void)snprintf(segments[3].text, sizeof(segments[3].text), "%zu bridge%s", screen->rates->bridge_count,
	               screen->rates->bridge_count == 1 ? "" : "s");
	(void)snprintf(segments[6].text, sizeof(segments[6].text), "%s", view->paused ? "PAUSED" : interval);
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
	(void)snprintf(segments[1].text, sizeof(segments[1].text), "%zu of %zu", screen->row_count,
	               screen->rates->namespace_count);
	put_segments(frame, line, segments, ARRAY_SIZE(segments));
}

static void draw_table_keys(const struct screen *screen, struct frame *frame, size_t line)
{
	const struct view *view = screen->view;
	size_t hidden = table_hidden_columns(frame->columns);
	struct segment segments[] = {
		{ "/ filter", STYLE_KEYS, 2 },      { "", STYLE_KEYS, 3 },
		{ "r reverse", STYLE_KEYS, 7 },     { "b bridges", STYLE_KEYS, 5 },
		{ "Enter details", STYLE_KEYS, 4 }, { "? help", STYLE_KEYS, 0 },
		{ "q quit", STYLE_KEYS, 0 },        { "", STYLE_QUIET, 1 },
	};

	if (view->filter[0]) {
		(void)snprintf(segments[0].text, sizeof(segments[0].text), "/%s %zu of %zu", view->filter,
		               screen->row_count, screen->rates->namespace_count);
		segments[0].style = STYLE_WARN; /* rows are missing: not to be overlooked */
		segments[0].rank = 0;
	}
	(void)snprintf(segments[1].text, sizeof(segments[1].text), "s sort %s", sort_column_name(view->sort));
	if (hidden > 0)
		(void)snprintf(segments[7].text, sizeof(segments[7].text), "%zu columns hidden", hidden);
	put_segments(frame, line, segments, ARRAY_SIZE(segments));
}

static void draw_other_keys(const struct screen *screen, struct frame *frame, size_t line)
{
	struct segment other[] = {
		{ "Esc back", STYLE_KEYS, 0 }, { "Up Down move", STYLE_KEYS, 2 }, { "Enter details", STYLE_KEYS, 3 },
		{ "u units", STYLE_KEYS, 4 },  { "? help", STYLE_KEYS, 1 },       { "q quit", STYLE_KEYS, 0 },
	};

	if (screen->view->screen != VIEW_BRIDGES) /* nothing to choose there */
		other[2].text[0] = '\0';
	put_segments(frame, line, other, ARRAY_SIZE(other));
}

static void draw_footer(const struct screen *screen, struct frame *frame, size_t line)
{
	if (screen->view->typing)
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

static bool is_text(enum view_screen screen)
{
	return screen == VIEW_HELP || screen == VIEW_DETAIL;
}

struct screen_lines screen_measure(const struct screen *screen, struct frame *frame)
{
	struct warnings warnings = gather_warnings(screen);
	struct layout layout = lay_out(&warnings, frame->lines);
	struct screen_lines lines = { .room = layout.body };
	struct pen pen = { .frame = frame }; /* room 0: writes nothing */

	if (is_text(screen->view->screen)) {
		draw_text(screen, &pen);
		lines.lines = pen.count;
	} else if (lines.room > 1) {
		lines.room--; /* the names of the columns */
	}
	return lines;
}

void screen_render(const struct screen *screen, struct frame *frame)
{
	const struct view *view = screen->view;
	struct warnings warnings = gather_warnings(screen);
	struct layout layout = lay_out(&warnings, frame->lines);
	size_t first = layout.header + layout.warnings;
	struct pen pen = { frame, first, layout.body, view->scroll[view->screen].top, 0 };

	if (layout.header > 0)
		draw_title(screen, frame, 0);
	if (layout.header > 1)
		draw_totals(screen, frame, 1);
	draw_warnings(&warnings, frame, layout.header, layout.warnings);
	if (is_text(view->screen))
		draw_text(screen, &pen);
	else if (view->screen == VIEW_BRIDGES)
		bridges_draw(screen, frame, first, layout.body);
	else
		table_draw(screen, frame, first, layout.body);
	if (layout.footer)
		draw_footer(screen, frame, frame->lines - 1);
}
