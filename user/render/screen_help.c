/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/screen_parts.h"

static void draw_keys(struct pen *pen)
{
	const struct view_help *help;

	pen_text(pen, STYLE_HEADING, " KEYS");
	for (size_t i = 0; (help = view_help_at(i)) != NULL; i++)
		pen_text(pen, STYLE_PLAIN, "  %-18s %s", help->keys, help->what);
}

static void draw_reading(struct pen *pen)
{
	static const char *const lines[] = {
		"  in out RX TX  what namespaces received and sent, with Ethernet headers",
		"  PKT/s         packets as the kernel counts them; SEG/s as on the wire",
		"  SEEN          for how long ctnet has known it; it may be older",
		"  LAST MINUTE   each row for itself: highest bar its most, lowest bar nothing",
		"  ~             gone, or older than ctnet: segments, protocols since it came",
		"  !             needs a look: left behind, interface down, counter reset",
		"  +name         one more owner of the namespace above",
		"  - +  (tree)   a bridge unfolded, folded: the sum of its namespaces",
		"  -             not counted, or not known yet",
		"  >=            without probes: births and deaths that were seen, not all",
	};

	pen_text(pen, STYLE_HEADING, " HOW TO READ IT");
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		pen_text(pen, STYLE_PLAIN, "%s", lines[i]);
}

static void draw_sources(const struct snapshot *snap, struct pen *pen)
{
	pen_text(pen, STYLE_HEADING, " SOURCES");
	for (size_t i = 0; i < snap->source_count; i++) {
		const struct source *source = &snap->sources[i];
		bool well = source->up && !source->incomplete;

		pen_text(pen, well ? STYLE_PLAIN : STYLE_WARN, " %s%-12s %s%s%s%s", well ? " " : "!", source->name,
		         source->state, source->incomplete ? ", interrupted" : "", source->detail[0] ? ": " : "",
		         source->detail);
	}
}

static void draw_losses(const struct snapshot *snap, struct pen *pen)
{
	pen_text(pen, STYLE_HEADING, " LOST");
	for (size_t i = 0; i < snap->loss_count; i++)
		pen_text(pen, snap->losses[i].count > 0 ? STYLE_BAD : STYLE_PLAIN, "  %-12s %" PRIu64,
		         snap->losses[i].what, snap->losses[i].count);
}

void help_draw(const struct screen *screen, struct pen *pen)
{
	draw_keys(pen);
	draw_reading(pen);
	draw_sources(screen->rates->snap, pen);
	draw_losses(screen->rates->snap, pen);
}
