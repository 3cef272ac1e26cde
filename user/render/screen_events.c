/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "render/event.h"
#include "render/screen_parts.h"

#define RECENT 8 /* events on the detail screen */

static void draw_entry(const struct event_entry *entry, struct frame *frame, size_t at)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	if (entry->lost > 0) {
		(void)buf_printf(&text, "! %" PRIu64 " event%s lost here", entry->lost,
		                 entry->lost == 1 ? " was" : "s were");
		frame_put(frame, at, 0, frame->columns, STYLE_BAD, text.data ? text.data : "");
		return;
	}
	if (event_render_text(&entry->event, &text) < 0)
		return;
	text.data[strcspn(text.data, "\n")] = '\0';
	frame_put(frame, at, 0, frame->columns, entry->event.exact ? STYLE_PLAIN : STYLE_QUIET, text.data);
}

void events_draw(const struct screen *screen, struct frame *frame, size_t first, size_t room)
{
	const struct view_scroll *scroll = &screen->view->scroll[VIEW_EVENTS];
	const struct event_log *log = screen->events;
	uint64_t number = event_log_first(log) + scroll->top;
	size_t end = first + room;
	size_t at = first;

	if (room > 1)
		frame_put(frame, at++, 0, frame->columns, STYLE_HEADING,
		          " TIME          EVENT        NETNS       WHOSE");
	if (event_log_first(log) == event_log_end(log) && at < end)
		frame_put(frame, at, 1, frame->columns, STYLE_QUIET, "nothing was born, died or moved yet");
	for (; number < event_log_end(log) && at < end; number++, at++)
		draw_entry(event_log_at(log, number), frame, at);
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
