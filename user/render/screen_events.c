/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>

#include "base/buf.h"
#include "render/event.h"
#include "render/screen_parts.h"

#define RECENT 8 /* events on the detail screen */

/* An entry as it is shown. Returns 0 or -ENOMEM. */
static int entry_text(const struct event_entry *entry, struct buf *text)
{
	int r;

	if (entry->lost > 0)
		return buf_printf(text, "! %" PRIu64 " event%s lost here", entry->lost,
		                  entry->lost == 1 ? " was" : "s were");
	r = event_render_text(&entry->event, text);
	if (r == 0)
		text->data[--text->len] = '\0'; /* the newline */
	return r;
}

static void draw_entry(const struct event_entry *entry, struct frame *frame, size_t at)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	enum frame_style style = entry->lost > 0 ? STYLE_BAD : entry->event.exact ? STYLE_PLAIN : STYLE_QUIET;

	if (entry_text(entry, &text) == 0)
		frame_put(frame, at, 0, frame->columns, style, text.data);
}

static bool is_seen(const struct screen *screen, uint64_t number)
{
	const struct event_entry *entry = event_log_at(screen->events, number);
	_cleanup_buf_ struct buf text = BUF_INIT;

	if (entry->lost > 0 || screen->view->filter[0] == '\0')
		return true;
	return entry_text(entry, &text) == 0 && event_passes(text.data, screen->view->filter);
}

size_t events_count(const struct screen *screen)
{
	size_t count = 0;

	for (uint64_t n = event_log_first(screen->events); n < event_log_end(screen->events); n++)
		count += is_seen(screen, n);
	return count;
}

void events_draw(const struct screen *screen, struct frame *frame, size_t first, size_t room)
{
	const struct event_log *log = screen->events;
	size_t skip = screen->view->scroll[VIEW_EVENTS].top;
	size_t end = first + room;
	size_t at = first;

	if (room > 1)
		frame_put(frame, at++, 0, frame->columns, STYLE_HEADING,
		          " TIME          EVENT        NETNS       WHOSE");
	if (events_count(screen) == 0 && at < end)
		frame_put(frame, at, 1, frame->columns, STYLE_QUIET,
		          screen->view->filter[0] ? "nothing that passes the filter"
		                                  : "nothing was born, died or moved yet");
	for (uint64_t n = event_log_first(log); n < event_log_end(log) && at < end; n++) {
		if (!is_seen(screen, n))
			continue;
		if (skip > 0)
			skip--;
		else
			draw_entry(event_log_at(log, n), frame, at++);
	}
}

void draw_recent(const struct screen *screen, struct pen *pen, const struct netns *ns)
{
	const struct event_log *log = screen->events;
	uint64_t numbers[RECENT];
	size_t count = 0;

	for (uint64_t n = event_log_end(log); n > event_log_first(log) && count < RECENT; n--) {
		const struct event_entry *entry = event_log_at(log, n - 1);

		if (entry->lost == 0 && event_is_of(&entry->event, ns))
			numbers[count++] = n - 1;
	}
	if (count > 0)
		pen_text(pen, STYLE_HEADING, " EVENTS");
	while (count > 0)
		draw_entry(event_log_at(log, numbers[--count]), pen->frame, pen_next(pen));
}
