/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <string.h>

#include "model/interface_rate.h"
#include "render/screen_parts.h"
#include "render/show.h"

#define NAME_AT       2
#define NAME_WIDTH    17 /* two blanks before a port, and the longest name the kernel allows */
#define WHO_AT        20
#define WHO_MIN       12
#define RATE_WIDTH    10
#define PACKETS_WIDTH 7
#define RATES_WIDTH   (1 + RATE_WIDTH + 1 + RATE_WIDTH + 1 + PACKETS_WIDTH)
#define GRAPH_WIDTH   30

/* What a terminal so wide has room for. */
struct bridge_columns {
	size_t who;      /* width */
	size_t rates_at; /* 0: no room */
	size_t graph_at; /* 0: no room */
};

static struct bridge_columns place(size_t columns)
{
	struct bridge_columns at = { .rates_at = 0 };
	size_t right = columns; /* where the columns from the right begin */

	if (right >= WHO_AT + 2 * WHO_MIN + RATES_WIDTH + 1 + GRAPH_WIDTH) {
		right -= GRAPH_WIDTH + 1;
		at.graph_at = right + 1;
	}
	if (right >= WHO_AT + WHO_MIN + RATES_WIDTH) {
		right -= RATES_WIDTH;
		at.rates_at = right;
	}
	at.who = right > WHO_AT ? right - WHO_AT : 0;
	return at;
}

static void put_rates(const struct screen *screen, struct frame *frame, size_t line, const struct rate dir[DIRECTIONS])
{
	struct bridge_columns at = place(frame->columns);
	char text[DIRECTIONS][RATE_TEXT] = { "-", "-" };
	char packets[RATE_TEXT] = "-";

	if (at.rates_at == 0)
		return;
	if (dir) {
		rate_text(dir[RECEIVE].bytes, screen->view->units, text[RECEIVE], RATE_TEXT);
		rate_text(dir[TRANSMIT].bytes, screen->view->units, text[TRANSMIT], RATE_TEXT);
		amount_text(dir[RECEIVE].packets + dir[TRANSMIT].packets, packets, sizeof(packets));
	}
	frame_put_right(frame, line, at.rates_at + 1, RATE_WIDTH, STYLE_PLAIN, text[RECEIVE]);
	frame_put_right(frame, line, at.rates_at + 2 + RATE_WIDTH, RATE_WIDTH, STYLE_PLAIN, text[TRANSMIT]);
	frame_put_right(frame, line, at.rates_at + 3 + 2 * RATE_WIDTH, PACKETS_WIDTH, STYLE_PLAIN, packets);
}

static void draw_bridge(const struct screen *screen, struct frame *frame, size_t line, const struct bridge_rate *rate)
{
	const struct bridge *bridge = rate->bridge;
	struct bridge_columns at = place(frame->columns);
	char bars[HISTORY_BARS];
	char address[SHOW_ADDRESS_SIZE];
	char who[128];
	bool rated = screen->rates->seconds > 0 && bridge->traffic.known && !rate->reset && !bridge->gone;

	show_address(bridge->addresses, bridge->address_count, address);
	(void)snprintf(who, sizeof(who), "%zu port%s%s%s%s", bridge->port_count, bridge->port_count == 1 ? "" : "s",
	               address[0] ? "  " : "", address,
	               bridge->gone ? "  gone"
	               : bridge->up ? ""
	                            : "  down");
	frame_put(frame, line, NAME_AT, NAME_WIDTH, STYLE_TITLE, bridge->name);
	frame_put(frame, line, WHO_AT, at.who, STYLE_PLAIN, who);
	put_rates(screen, frame, line, rated ? rate->dir : NULL);
	if (at.graph_at == 0)
		return;
	history_bars(screen->bridge_history, row_key_of_bridge(bridge), HISTORY_BOTH, GRAPH_WIDTH, frame->unicode,
	             bars);
	frame_put(frame, line, at.graph_at, GRAPH_WIDTH, STYLE_GRAPH, bars);
}

static void draw_port(const struct screen *screen, struct frame *frame, size_t line, const struct port_line *port)
{
	/* forwarding is what a port should do: no word for it */
	static const char *const states[] = {
		[PORT_DISABLED] = "disabled", [PORT_LISTENING] = "listening", [PORT_LEARNING] = "learning",
		[PORT_FORWARDING] = NULL,     [PORT_BLOCKING] = "blocking",   [PORT_NONE] = NULL,
	};
	const char *state = port->interface ? states[port->interface->port_state] : NULL;
	char title[OWNER_TEXT_MAX] = "(the host's, or not known)";
	char text[OWNER_TEXT_MAX + 64];
	struct rate dir[DIRECTIONS];
	bool rated = port->owner &&
	             interface_rate(screen->before, port->owner->ns, port->interface, screen->rates->seconds, dir);

	if (port->owner)
		netns_title(port->owner->ns, title, sizeof(title));
	(void)snprintf(text, sizeof(text), "%s%s%s%s", state ? "!" : "", state ? state : "", state ? " " : "", title);
	frame_put(frame, line, NAME_AT + 2, NAME_WIDTH - 2, STYLE_PLAIN, port->port);
	frame_put(frame, line, WHO_AT, place(frame->columns).who, state ? STYLE_WARN : STYLE_PLAIN, text);
	put_rates(screen, frame, line, rated ? dir : NULL);
}

static void draw_titles(struct frame *frame, size_t line)
{
	struct bridge_columns at = place(frame->columns);

	frame_put(frame, line, 0, frame->columns, STYLE_HEADING, "");
	frame_put(frame, line, NAME_AT, NAME_WIDTH, STYLE_HEADING, "BRIDGE / PORT");
	frame_put(frame, line, WHO_AT, at.who, STYLE_HEADING, "WHOSE");
	if (at.rates_at > 0) {
		frame_put_right(frame, line, at.rates_at + 1, RATE_WIDTH, STYLE_HEADING, "RX/s");
		frame_put_right(frame, line, at.rates_at + 2 + RATE_WIDTH, RATE_WIDTH, STYLE_HEADING, "TX/s");
		frame_put_right(frame, line, at.rates_at + 3 + 2 * RATE_WIDTH, PACKETS_WIDTH, STYLE_HEADING, "PKT/s");
	}
	if (at.graph_at > 0)
		frame_put(frame, line, at.graph_at, GRAPH_WIDTH, STYLE_HEADING, "LAST MINUTE");
}

void bridges_draw(const struct screen *screen, struct frame *frame, size_t first, size_t room)
{
	const struct view_scroll *scroll = &screen->view->scroll[VIEW_BRIDGES];
	size_t end = first + room;
	size_t line = first;

	if (room > 1)
		draw_titles(frame, line++);
	if (screen->port_count == 0 && line < end)
		frame_put(frame, line, NAME_AT, frame->columns, STYLE_QUIET, "no bridge on this node");
	for (size_t i = scroll->top; i < screen->port_count && line < end; i++, line++) {
		const struct port_line *port = &screen->ports[i];

		if (port->port)
			draw_port(screen, frame, line, port);
		else
			draw_bridge(screen, frame, line, port->bridge);
		if (i == scroll->cursor) {
			frame_put(frame, line, 0, 1, STYLE_TITLE, ">");
			frame_select(frame, line);
		}
	}
}
