/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/inner_meter.h"

#include <linux/if_ether.h>
#include <string.h>

bool inner_meter_attachable(const struct link *link)
{
	return link->kind != LINK_OTHER && link->has_mac;
}

static enum direction direction_of(enum ctnet_hook hook)
{
	return hook == CTNET_INGRESS ? RECEIVE : TRANSMIT;
}

static struct count device_count(const struct device_stats *stats, enum ctnet_hook hook)
{
	if (hook == CTNET_INGRESS)
		return (struct count){ stats->rx_packets, stats->rx_bytes };
	return (struct count){ stats->tx_packets, stats->tx_bytes };
}

/* A VLAN counts what it receives without the Ethernet header (vlan_do_receive() in net/8021q/vlan_core.c); macvlan and ipvlan add it. */
static uint64_t header_left_out(const struct inner_meter *m, enum ctnet_hook hook)
{
	return m->link.kind == LINK_VLAN && hook == CTNET_INGRESS ? ETH_HLEN : 0;
}

static struct count hook_count(const struct inner_meter *m, enum ctnet_hook hook, const struct ctnet_counters *counted)
{
	struct count sum = { 0, 0 };

	for (size_t c = 0; c < CTNET_CLASSES; c++) {
		sum.packets += counted->by_class[c].packets;
		sum.bytes += counted->by_class[c].bytes;
	}
	sum.bytes -= sum.packets * header_left_out(m, hook);
	return sum;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void fill_split(struct inner_meter *m, enum ctnet_hook hook, struct counters *c)
{
	const struct ctnet_counters *counted = &m->counted[hook];
	struct count seen = hook_count(m, hook, counted);
	struct count reached = baseline_total(&m->baseline[hook], seen);
	uint64_t header = header_left_out(m, hook);

	/* the device can be asked no more: what our programs saw since is the tail of its life */
	if (m->gone && !m->ended) {
		c->total.packets = max_u64(c->total.packets, reached.packets);
		c->total.bytes = max_u64(c->total.bytes, reached.bytes);
	}
	c->segments = max_u64(c->total.packets, reached.packets) + counted->more_segments;
	c->wire_bytes = max_u64(c->total.bytes, reached.bytes) + counted->more_wire_bytes + seen.packets * header;
	for (size_t i = 0; i < CTNET_CLASSES; i++) {
		c->by_class[i].packets = counted->by_class[i].packets;
		c->by_class[i].bytes = counted->by_class[i].bytes - counted->by_class[i].packets * header;
	}
}

static void fill(struct inner_meter *m)
{
	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++) {
		struct counters *c = &m->traffic.dir[direction_of(hook)];

		c->total = device_count(&m->stats, hook);
		c->segments = c->total.packets;
		c->wire_bytes = c->total.bytes;
		if (m->traffic.split)
			fill_split(m, hook, c);
	}
}

void inner_meter_take(struct inner_meter *m, const struct device_stats *stats)
{
	m->stats = *stats;
	/* a NIC was somebody's before it was moved here, and took its counters along */
	if (!m->traffic.known && m->link.kind == LINK_OTHER)
		m->traffic.midlife = stats->rx_packets > 0 || stats->tx_packets > 0;
	m->traffic.known = true;
	fill(m);
}

void inner_meter_count(struct inner_meter *m, const struct ctnet_counters counted[CTNET_HOOKS])
{
	if (memcmp(m->counted, counted, sizeof(m->counted)) != 0)
		m->quiet = false;
	memcpy(m->counted, counted, sizeof(m->counted));
	fill(m);
}

/* Whether device and programs tell the same of one direction: then no packet is between the two. */
static bool agree(const struct inner_meter *m, enum ctnet_hook hook, struct count device)
{
	struct count reached = baseline_total(&m->baseline[hook], hook_count(m, hook, &m->counted[hook]));

	return m->baseline[hook].settled && reached.packets == device.packets && reached.bytes == device.bytes;
}

void inner_meter_pair(struct inner_meter *m, const struct device_stats *stats,
                      const struct ctnet_counters before[CTNET_HOOKS], const struct ctnet_counters after[CTNET_HOOKS],
                      void (*take)(struct baseline *, enum hook_side, struct count, struct count))
{
	struct count egress = device_count(stats, CTNET_EGRESS);

	egress.packets += stats->tx_dropped; /* which the hook saw before the device dropped them */
	take(&m->baseline[CTNET_INGRESS], HOOK_AFTER_DEVICE, device_count(stats, CTNET_INGRESS),
	     hook_count(m, CTNET_INGRESS, &before[CTNET_INGRESS]));
	take(&m->baseline[CTNET_EGRESS], HOOK_BEFORE_DEVICE, egress, hook_count(m, CTNET_EGRESS, &after[CTNET_EGRESS]));
	if (!m->traffic.split)
		m->traffic.midlife =
			m->baseline[CTNET_INGRESS].value.packets > 0 || m->baseline[CTNET_EGRESS].value.packets > 0;
	m->traffic.split = true;
	memcpy(m->counted, after, sizeof(m->counted));
	m->quiet = agree(m, CTNET_INGRESS, device_count(stats, CTNET_INGRESS)) && agree(m, CTNET_EGRESS, egress);
	inner_meter_take(m, stats);
}

void inner_meter_finish(struct inner_meter *m)
{
	m->gone = true;
	fill(m);
}
