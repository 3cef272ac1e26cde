/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "model/interface_rate.h"
#include "model/path.h"
#include "render/path.h"
#include "render/screen_parts.h"
#include "render/show.h"

#define OWNERS_SHOWN    32
#define ADDRESSES_SHOWN 8

static const struct netns_rate *find_row(const struct screen *screen)
{
	for (size_t i = 0; i < screen->rates->namespace_count; i++) {
		const struct netns_rate *row = &screen->rates->namespaces[i];

		if (row_key_equal(row_key_of(row->ns), screen->view->detail))
			return row;
	}
	return NULL;
}

/* Appends "  label value", nothing where there is no value. */
static void tell(struct buf *line, const char *label, const char *value)
{
	if (value[0])
		(void)buf_printf(line, "  %s%s", label, value);
}

static void tell_owner(struct buf *line, const struct owner *owner)
{
	char id[13];

	(void)snprintf(id, sizeof(id), "%.12s", owner->id);
	tell(line, "", owner_kind_name(owner->kind));
	tell(line, "", id);
	if (owner->pid > 0)
		(void)buf_printf(line, "  pid %d", (int)owner->pid);
}

static void pen_buf(struct pen *pen, enum frame_style style, const struct buf *line)
{
	frame_put(pen->frame, pen_next(pen), 0, pen->frame->columns, style, line->data ? line->data : "");
}

static void draw_who(const struct screen *screen, struct pen *pen, const struct netns *ns)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	uint64_t now = screen->rates->snap->now;
	char title[OWNER_TEXT_MAX];
	char age[RATE_TEXT];

	netns_title(ns, title, sizeof(title));
	age_text(now > ns->birth ? (double)(now - ns->birth) / 1e9 : 0, age, sizeof(age));
	(void)buf_puts(&line, title);
	if (ns->owner_count > 0)
		tell_owner(&line, &ns->owners[0]);
	if (ns->inode != 0)
		(void)buf_printf(&line, "  netns %" PRIu64, ns->inode);
	(void)buf_printf(&line, "  seen %s", age);
	if (ns->owner_count > 0)
		tell(&line, "image ", ns->owners[0].image);
	pen_buf(pen, STYLE_TITLE, &line);
	for (size_t i = 1; i < ns->owner_count && i < OWNERS_SHOWN; i++) {
		buf_reset(&line);
		(void)buf_printf(&line, " +%s", ns->owners[i].name);
		tell_owner(&line, &ns->owners[i]);
		tell(&line, "image ", ns->owners[i].image);
		pen_buf(pen, STYLE_PLAIN, &line);
	}
	if (ns->owner_count > OWNERS_SHOWN)
		pen_text(pen, STYLE_QUIET, " +%zu more share it", ns->owner_count - OWNERS_SHOWN);
}

static void draw_state(const struct screen *screen, struct pen *pen, const struct netns_rate *row)
{
	const struct netns *ns = row->ns;
	double seconds = 0;
	char age[RATE_TEXT];

	if (ns->gone) {
		(void)departed_age(screen->departed, row_key_of(ns), &seconds);
		age_text(seconds, age, sizeof(age));
		pen_text(pen, STYLE_WARN, " ~ gone %s ago; its last counters", age);
	}
	if (ns->held)
		pen_text(pen, STYLE_WARN, " ! no process lives in it; held by %s", ns->held_by);
	if (row->reset)
		pen_text(pen, STYLE_WARN, " ! a counter went back: no rate this round");
	if (netns_traffic(ns).midlife)
		pen_text(pen, STYLE_QUIET, " ~ had traffic before ctnet came: segments and protocols count since then");
	if (ns->interface_count == 0)
		pen_text(pen, STYLE_QUIET, " no interface");
}

static void tell_addresses(struct buf *line, const struct address *addresses, size_t count)
{
	char text[SHOW_ADDRESS_SIZE];

	for (size_t i = 0; i < count && i < ADDRESSES_SHOWN; i++) {
		address_format(&addresses[i], text, sizeof(text));
		tell(line, "", text);
	}
	if (count > ADDRESSES_SHOWN)
		(void)buf_printf(line, "  +%zu", count - ADDRESSES_SHOWN);
}

static void draw_lines(struct pen *pen, char *text)
{
	char *end;

	for (; (end = strchr(text, '\n')) != NULL; text = end + 1) {
		*end = '\0';
		frame_put(pen->frame, pen_next(pen), 0, pen->frame->columns, STYLE_PLAIN, text);
	}
}

/* Of one that is no more nobody knows where it led. */
static void draw_gone(struct pen *pen, const struct interface *interface)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	(void)buf_printf(&line, " %s (gone)", interface->name[0] ? interface->name : "?");
	tell_addresses(&line, interface->addresses, interface->address_count);
	if (interface->peer.known)
		(void)buf_printf(&line, "  its other end was %s", interface->peer.name);
	pen_buf(pen, STYLE_QUIET, &line);
}

/* The way to the host and on, as `ctnet path` draws it. */
static void draw_path(const struct screen *screen, struct pen *pen, const struct netns *ns,
                      const struct interface *interface)
{
	static const struct host_facts nothing_known = { .routes_known = false };
	const struct host_facts *facts = screen->facts ? screen->facts : &nothing_known;
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct path path;

	if (ns->gone || interface->gone) {
		draw_gone(pen, interface);
		return;
	}
	if (path_make(screen->rates->snap, facts, ns, interface, &arena, &path) == 0)
		path_draw(screen->rates->snap, facts, &path, &text);
	if (text.failed || !text.data)
		pen_text(pen, STYLE_WARN, " %s: no memory to draw its path", interface->name);
	else
		draw_lines(pen, text.data);
}

static void draw_counters(struct pen *pen, const char *name, const char *now, const struct counters *counters,
                          bool split)
{
	char bytes[RATE_TEXT];
	char packets[RATE_TEXT];
	char segments[RATE_TEXT] = "-";
	char per_packet[RATE_TEXT] = "";

	format_bytes(counters->total.bytes, bytes, sizeof(bytes));
	amount_text((double)counters->total.packets, packets, sizeof(packets));
	if (split)
		amount_text((double)counters->segments, segments, sizeof(segments));
	if (split && counters->total.packets > 0 && counters->segments > counters->total.packets)
		(void)snprintf(per_packet, sizeof(per_packet), "  x%.1f",
		               (double)counters->segments / (double)counters->total.packets);
	pen_text(pen, STYLE_PLAIN, "    %-3s %10s %10s %8s %8s%s", name, now, bytes, packets, segments, per_packet);
}

static void draw_interface(const struct screen *screen, struct pen *pen, const struct netns_rate *row,
                           const struct interface *interface)
{
	const struct traffic *traffic = &interface->traffic;
	char now[DIRECTIONS][RATE_TEXT] = { "-", "-" };
	struct rate rate[DIRECTIONS];

	draw_path(screen, pen, row->ns, interface);
	if (!traffic->known) {
		pen_text(pen, STYLE_WARN, "    not counted");
		return;
	}
	if (interface_rate(screen->before, row->ns, interface, screen->rates->seconds, rate)) {
		rate_text(rate[RECEIVE].bytes, screen->view->units, now[RECEIVE], RATE_TEXT);
		rate_text(rate[TRANSMIT].bytes, screen->view->units, now[TRANSMIT], RATE_TEXT);
	}
	pen_text(pen, STYLE_HEADING, "               now      total  packets segments");
	draw_counters(pen, "RX", now[RECEIVE], &traffic->dir[RECEIVE], traffic->split);
	draw_counters(pen, "TX", now[TRANSMIT], &traffic->dir[TRANSMIT], traffic->split);
	if (traffic->receive_dropped > 0)
		pen_text(pen, STYLE_WARN, "    ! of the RX packets the pair dropped %" PRIu64,
		         traffic->receive_dropped);
	for (size_t d = 0; d < DIRECTIONS; d++) {
		const struct difference *difference = &traffic->difference[d];

		if (difference->packets != 0 || difference->bytes != 0)
			pen_text(pen, STYLE_WARN,
			         "    ! of %s %+" PRId64 " packets %+" PRId64 " bytes beside the kernel's count",
			         d == RECEIVE ? "RX" : "TX", difference->packets, difference->bytes);
	}
}

static void draw_protocols(const struct screen *screen, struct pen *pen, const struct netns_rate *row)
{
	struct traffic traffic = netns_traffic(row->ns);
	bool titled = false;

	for (int c = 0; c < CTNET_CLASSES; c++) {
		const struct count *rx = &traffic.dir[RECEIVE].by_class[c];
		const struct count *tx = &traffic.dir[TRANSMIT].by_class[c];
		char rates[DIRECTIONS][RATE_TEXT];
		char bytes[DIRECTIONS][RATE_TEXT];

		if (rx->packets + tx->packets == 0)
			continue;
		if (!titled)
			pen_text(pen, STYLE_HEADING, " PROTOCOL       RX/s       TX/s   RX total   TX total");
		titled = true;
		rate_text(row->by_class[RECEIVE][c], screen->view->units, rates[RECEIVE], RATE_TEXT);
		rate_text(row->by_class[TRANSMIT][c], screen->view->units, rates[TRANSMIT], RATE_TEXT);
		format_bytes(rx->bytes, bytes[RECEIVE], RATE_TEXT);
		format_bytes(tx->bytes, bytes[TRANSMIT], RATE_TEXT);
		pen_text(pen, STYLE_PLAIN, " %-8s %10s %10s %10s %10s", class_text((enum ctnet_class)c), rates[RECEIVE],
		         rates[TRANSMIT], bytes[RECEIVE], bytes[TRANSMIT]);
	}
}

static void mean_text(const struct screen *screen, struct row_key key, enum history_what what, char *out, size_t size)
{
	double mean = history_mean(screen->history, key, what);

	if (isnan(mean))
		(void)snprintf(out, size, "-");
	else
		rate_text(mean, screen->view->units, out, size);
}

void detail_draw(const struct screen *screen, struct pen *pen)
{
	const struct netns_rate *row = find_row(screen);
	char rx[RATE_TEXT];
	char tx[RATE_TEXT];

	if (!row) {
		pen_text(pen, STYLE_WARN, "This namespace is gone.");
		return;
	}
	draw_who(screen, pen, row->ns);
	draw_state(screen, pen, row);
	for (size_t i = 0; i < row->ns->interface_count; i++)
		draw_interface(screen, pen, row, &row->ns->interfaces[i]);
	mean_text(screen, screen->view->detail, HISTORY_RECEIVE, rx, sizeof(rx));
	mean_text(screen, screen->view->detail, HISTORY_TRANSMIT, tx, sizeof(tx));
	pen_text(pen, STYLE_HEADING, " LAST MINUTE  mean RX %s  TX %s", rx, tx);
	draw_graphs(pen, screen->history, screen->view->detail, screen->view->units);
	draw_protocols(screen, pen, row);
	draw_recent(screen, pen, row->ns);
}
