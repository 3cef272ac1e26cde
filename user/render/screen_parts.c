/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/screen_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "render/spark.h"

#define GAP 2 /* columns between two segments */

/* Columns of all segments that are kept: those with a rank of at most @rank. */
static size_t width_of(const struct segment *segments, size_t count, int rank)
{
	size_t width = 0;

	for (size_t i = 0; i < count; i++) {
		if (segments[i].rank <= rank && segments[i].text[0])
			width += (width > 0 ? GAP : 0) + text_columns(segments[i].text);
	}
	return width;
}

void put_segments(struct frame *frame, size_t line, const struct segment *segments, size_t count)
{
	size_t column = 0;
	int rank = 0;

	for (size_t i = 0; i < count; i++) {
		if (segments[i].rank > rank)
			rank = segments[i].rank;
	}
	while (rank > 0 && width_of(segments, count, rank) > frame->columns)
		rank--;
	for (size_t i = 0; i < count && column < frame->columns; i++) {
		size_t width = text_columns(segments[i].text);

		if (segments[i].rank > rank || width == 0)
			continue;
		if (width > frame->columns - column)
			width = frame->columns - column;
		frame_put(frame, line, column, width, segments[i].style, segments[i].text);
		column += width + GAP;
	}
}

size_t pen_next(struct pen *pen)
{
	size_t at = pen->count++;

	if (at < pen->skip || at - pen->skip >= pen->room)
		return pen->frame->lines;
	return pen->first + at - pen->skip;
}

void pen_text(struct pen *pen, enum frame_style style, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	frame_put(pen->frame, pen_next(pen), 0, pen->frame->columns, style, text);
}

void rate_text(double bytes_per_second, enum view_units units, char *out, size_t size)
{
	static const struct {
		double factor;
		enum unit_system system;
		const char *name;
	} table[VIEW_UNITS] = {
		[VIEW_BITS] = { 8, UNITS_SI, "b/s" },
		[VIEW_BITS_BINARY] = { 8, UNITS_BINARY, "b/s" },
		[VIEW_BYTES] = { 1, UNITS_SI, "B/s" },
		[VIEW_BYTES_BINARY] = { 1, UNITS_BINARY, "B/s" },
	};
	char quantity[16];

	format_quantity(bytes_per_second * table[units].factor, table[units].system, quantity, sizeof(quantity));
	if (strcmp(quantity, "0") == 0)
		(void)snprintf(out, size, "0");
	else
		(void)snprintf(out, size, "%s%s%s", quantity, strchr(quantity, ' ') ? "" : " ", table[units].name);
}

void amount_text(double value, char *out, size_t size)
{
	format_quantity(value, UNITS_SI, out, size);
}

void age_text(double seconds, char *out, size_t size)
{
	uint64_t s = seconds > 0 && seconds < 1e15 ? (uint64_t)seconds : 0;

	if (s < 60)
		(void)snprintf(out, size, "%" PRIu64 "s", s);
	else if (s < 3600)
		(void)snprintf(out, size, "%" PRIu64 "m", s / 60);
	else if (s < 86400)
		(void)snprintf(out, size, "%" PRIu64 "h%02" PRIu64 "m", s / 3600, s / 60 % 60);
	else
		(void)snprintf(out, size, "%" PRIu64 "d%02" PRIu64 "h", s / 86400, s / 3600 % 24);
}

void interval_text(uint64_t ns, char *out, size_t size)
{
	uint64_t ms = ns / 1000000;

	if (ms >= 60000 && ms % 60000 == 0)
		(void)snprintf(out, size, "%" PRIu64 "min", ms / 60000);
	else if (ms % 1000 == 0)
		(void)snprintf(out, size, "%" PRIu64 "s", ms / 1000);
	else
		(void)snprintf(out, size, "%" PRIu64 "ms", ms);
}

void netns_title(const struct netns *ns, char *out, size_t size)
{
	if (ns->name[0])
		(void)snprintf(out, size, "%s", ns->name);
	else if (ns->inode != 0)
		(void)snprintf(out, size, "%" PRIu64, ns->inode);
	else
		(void)snprintf(out, size, "behind %s", ns->interface_count > 0 ? ns->interfaces[0].peer.name : "?");
}

bool netns_counted(const struct netns *ns)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (ns->interfaces[i].traffic.known)
			return true;
	}
	return false;
}

void history_bars(const struct history *history, struct row_key id, enum history_what what, size_t width, bool unicode,
                  char out[HISTORY_BARS])
{
	double points[HISTORY_SECONDS];

	if (width > HISTORY_SECONDS)
		width = HISTORY_SECONDS;
	(void)history_read(history, id, what, width, points);
	spark_text(points, width, spark_peak(points, width), unicode, out, HISTORY_BARS);
}

const char *class_text(enum ctnet_class c)
{
	static const char *const names[CTNET_CLASSES] = {
		[CTNET_IPV4_TCP] = "tcp4",   [CTNET_IPV4_UDP] = "udp4",   [CTNET_IPV4_ICMP] = "icmp4",
		[CTNET_IPV4_SCTP] = "sctp4", [CTNET_IPV4_OTHER] = "ipv4", [CTNET_IPV6_TCP] = "tcp6",
		[CTNET_IPV6_UDP] = "udp6",   [CTNET_IPV6_ICMP] = "icmp6", [CTNET_IPV6_SCTP] = "sctp6",
		[CTNET_IPV6_OTHER] = "ipv6", [CTNET_ARP] = "arp",         [CTNET_OTHER] = "other",
	};

	return names[c];
}

void draw_graphs(struct pen *pen, const struct history *history, struct row_key key, enum view_units units)
{
	static const char *const names[DIRECTIONS] = { [RECEIVE] = " RX ", [TRANSMIT] = " TX " };
	static const enum history_what what[DIRECTIONS] = { HISTORY_RECEIVE, HISTORY_TRANSMIT };
	char bars[HISTORY_BARS];
	char line[sizeof(bars) + 64];
	char highest[RATE_TEXT];

	for (int d = 0; d < DIRECTIONS; d++) {
		double points[HISTORY_SECONDS];
		double peak;

		(void)history_read(history, key, what[d], HISTORY_SECONDS, points);
		peak = spark_peak(points, HISTORY_SECONDS);
		spark_text(points, HISTORY_SECONDS, peak, pen->frame->unicode, bars, sizeof(bars));
		rate_text(peak, units, highest, sizeof(highest));
		(void)snprintf(line, sizeof(line), "%s%s  up to %s", names[d], bars, highest);
		frame_put(pen->frame, pen_next(pen), 0, pen->frame->columns, STYLE_GRAPH, line);
	}
}
