/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/csv.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "model/rates.h"

int csv_render_header(struct buf *ret)
{
	return buf_puts(ret, "time,seconds,netns,owner,kind,state,bridge,"
	                     "rx_bytes_per_second,tx_bytes_per_second,rx_packets_per_second,tx_packets_per_second,"
	                     "rx_segments_per_second,tx_segments_per_second,"
	                     "rx_bytes,tx_bytes,rx_packets,tx_packets\n");
}

/* A field of text, in quotes where it needs them. */
static void put_text(struct buf *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		(void)buf_puts(out, text);
		return;
	}
	(void)buf_putc(out, '"');
	for (; *text; text++) {
		if (*text == '"')
			(void)buf_putc(out, '"');
		(void)buf_putc(out, *text);
	}
	(void)buf_putc(out, '"');
}

static const char *state_of(const struct netns_rate *row, const struct traffic *traffic)
{
	if (row->ns->gone)
		return "gone";
	if (row->reset)
		return "reset";
	if (row->ns->held)
		return "held";
	if (!traffic->known)
		return "not counted";
	return traffic->midlife ? "midlife" : "ok";
}

static const char *first_bridge(const struct netns *ns)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (ns->interfaces[i].bridge[0])
			return ns->interfaces[i].bridge;
	}
	return "";
}

static void put_row(struct buf *out, const struct rates *rates, const struct netns_rate *row)
{
	const struct traffic traffic = netns_traffic(row->ns);
	const struct rate *rx = &row->dir[RECEIVE];
	const struct rate *tx = &row->dir[TRANSMIT];

	(void)buf_printf(out, "%.3f,%.3f,%" PRIu64 ",", rates->time, rates->seconds, row->ns->inode);
	put_text(out, row->ns->name);
	(void)buf_printf(out, ",%s,%s,", owner_kind_name(row->ns->kind), state_of(row, &traffic));
	put_text(out, first_bridge(row->ns));
	(void)buf_printf(out, ",%.0f,%.0f,%.1f,%.1f,%.1f,%.1f", rx->bytes, tx->bytes, rx->packets, tx->packets,
	                 rx->segments, tx->segments);
	(void)buf_printf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n", traffic.dir[RECEIVE].total.bytes,
	                 traffic.dir[TRANSMIT].total.bytes, traffic.dir[RECEIVE].total.packets,
	                 traffic.dir[TRANSMIT].total.packets);
}

int csv_render_rates(const struct rates *rates, const struct netns_rate *const *rows, size_t count, struct buf *ret)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	for (size_t i = 0; i < count; i++)
		put_row(&out, rates, rows[i]);
	if (out.failed)
		return -ENOMEM;
	return buf_append(ret, out.data, out.len);
}
