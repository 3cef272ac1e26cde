/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/inner_meter.h"

static struct counters totals(uint64_t packets, uint64_t bytes)
{
	return (struct counters){ .total = { packets, bytes }, .segments = packets, .wire_bytes = bytes };
}

void inner_meter_take(struct inner_meter *m, const struct device_stats *stats)
{
	m->stats = *stats;
	/* a NIC was somebody's before it was moved here, and took its counters along */
	if (!m->traffic.known && m->link.kind == LINK_OTHER)
		m->traffic.midlife = stats->rx_packets > 0 || stats->tx_packets > 0;
	m->traffic.known = true;
	m->traffic.dir[RECEIVE] = totals(stats->rx_packets, stats->rx_bytes);
	m->traffic.dir[TRANSMIT] = totals(stats->tx_packets, stats->tx_bytes);
}
