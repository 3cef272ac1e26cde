/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/meter.h"

#include <linux/if_ether.h>
#include <stddef.h>
#include <string.h>

#include "model/lookup.h"
#include "observe/kept.h"

/*
 * What the device counts where a hook sits. Our egress hook runs before the device, so it also sees what the device then
 * drops: packets are compared with those included.
 */
static struct count device_count(const struct device_stats *stats, enum ctnet_hook hook)
{
	if (hook == CTNET_INGRESS)
		return (struct count){ stats->rx_packets, stats->rx_bytes };
	return (struct count){ stats->tx_packets + stats->tx_dropped, stats->tx_bytes };
}

/*
 * The Ethernet header that a bridge device leaves out of its rx_bytes: br_pass_frame_up() counts skb->len after the header
 * was pulled, while the hook sees it pushed back. Checked on 6.18 against `ip -s link`.
 */
static uint64_t header_left_out(const struct meter *m, enum ctnet_hook hook)
{
	return m->link.kind == LINK_BRIDGE && hook == CTNET_INGRESS ? ETH_HLEN : 0;
}

static struct count hook_count(const struct meter *m, enum ctnet_hook hook, const struct ctnet_counters *counted)
{
	struct count sum = { 0, 0 };

	for (size_t c = 0; c < CTNET_CLASSES; c++) {
		sum.packets += counted->by_class[c].packets;
		sum.bytes += counted->by_class[c].bytes;
	}
	sum.bytes -= sum.packets * header_left_out(m, hook);
	return sum;
}

/* A veth's host end is seen from the container, a bridge device from itself. */
static enum direction direction_of(const struct meter *m, enum ctnet_hook hook)
{
	if (m->link.kind == LINK_BRIDGE)
		return hook == CTNET_INGRESS ? RECEIVE : TRANSMIT;
	return hook == CTNET_INGRESS ? TRANSMIT : RECEIVE;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static struct count max_count(struct count a, struct count b)
{
	return (struct count){ max_u64(a.packets, b.packets), max_u64(a.bytes, b.bytes) };
}

static void fill_direction(struct meter *m, enum ctnet_hook hook, const struct ctnet_counters *counted)
{
	struct counters *c = &m->traffic.dir[direction_of(m, hook)];
	struct count seen = hook_count(m, hook, counted);
	struct count total = baseline_total(&m->baseline[hook], seen);
	uint64_t header = header_left_out(m, hook);

	m->counted[hook] = seen;
	/* a baseline that settles late may be lower than the first guess; what was told is not taken back */
	c->total = max_count(m->published[hook], total);
	c->segments = c->total.packets + counted->more_segments;
	c->wire_bytes = c->total.bytes + counted->more_wire_bytes + seen.packets * header;
	for (size_t i = 0; i < CTNET_CLASSES; i++) {
		c->by_class[i].packets = counted->by_class[i].packets;
		c->by_class[i].bytes = counted->by_class[i].bytes - counted->by_class[i].packets * header;
	}
}

/* Segments and wire bytes stay as much above the total as they were. */
static void set_total(struct meter *m, enum ctnet_hook hook, struct count total)
{
	struct counters *c = &m->traffic.dir[direction_of(m, hook)];

	total = max_count(m->published[hook], total);
	c->segments += total.packets - c->total.packets;
	c->wire_bytes += total.bytes - c->total.bytes;
	c->total = total;
}

/* The device's last word, or what our programs make of it where they saw more. */
static struct count last_total(const struct meter *m, enum ctnet_hook hook)
{
	struct count device = device_count(&m->stats, hook);

	if (!m->traffic.split)
		return device;
	return max_count(device, baseline_total(&m->baseline[hook], m->counted[hook]));
}

void meter_fill(struct meter *m, const struct ctnet_counters *counted)
{
	m->traffic.known = true;
	m->traffic.receive_dropped = m->link.kind == LINK_BRIDGE ? 0 : m->stats.tx_dropped;
	m->traffic.split |= counted != NULL;
	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++) {
		if (counted)
			fill_direction(m, hook, &counted[hook]);
		else if (!m->ended[hook]) /* totals alone */
			set_total(m, hook, device_count(&m->stats, hook));
		if (m->ended[hook])
			set_total(m, hook, last_total(m, hook));
	}
}

bool meter_take_pair(struct meter *m, const struct meter_pair *pair, take_pair_fn take)
{
	struct count before = hook_count(m, CTNET_INGRESS, &pair->before[CTNET_INGRESS]);
	struct count after = hook_count(m, CTNET_INGRESS, &pair->after[CTNET_INGRESS]);

	take(&m->baseline[CTNET_INGRESS], HOOK_AFTER_DEVICE, device_count(&m->stats, CTNET_INGRESS), before);
	take(&m->baseline[CTNET_EGRESS], HOOK_BEFORE_DEVICE, device_count(&m->stats, CTNET_EGRESS),
	     hook_count(m, CTNET_EGRESS, &pair->after[CTNET_EGRESS]));
	return before.packets != after.packets;
}

bool meter_settled(const struct meter *m)
{
	return m->baseline[CTNET_INGRESS].settled && m->baseline[CTNET_EGRESS].settled;
}

void meter_end(struct meter *m, enum ctnet_hook hook)
{
	enum hook_side side = hook == CTNET_EGRESS ? HOOK_BEFORE_DEVICE : HOOK_AFTER_DEVICE;

	if (m->traffic.split)
		baseline_sample(&m->baseline[hook], side, device_count(&m->stats, hook), m->counted[hook]);
	m->ended[hook] = true;
	set_total(m, hook, last_total(m, hook));
}

void meter_compare(struct meter *m)
{
	bool baselines = m->baseline[CTNET_INGRESS].set && m->baseline[CTNET_EGRESS].set;

	m->traffic.compared = m->fresh && m->attached && baselines && !m->dying;
	memset(m->traffic.difference, 0, sizeof(m->traffic.difference));
	if (!m->traffic.compared) {
		memset(m->accuracy, 0, sizeof(m->accuracy));
		return;
	}
	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++) {
		enum direction d = direction_of(m, hook);
		const struct accuracy_reading now = {
			.device = device_count(&m->stats, hook),
			.dropped = hook == CTNET_EGRESS ? m->stats.tx_dropped : 0,
			.told = m->traffic.dir[d].total,
		};

		m->traffic.compared &= accuracy_compare(&m->accuracy[hook], &now, &m->traffic.difference[d]);
	}
}

void meter_published(struct meter *m)
{
	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++)
		m->published[hook] = m->traffic.dir[direction_of(m, hook)].total;
}

bool meter_of_orphan(const struct traffic_orphan *orphan, struct meter *ret)
{
	bool more = false;

	*ret = (struct meter){ .link = { .index = orphan->ifindex, .birth = 1 },
		               .gone = true }; /* older than all we saw */
	memcpy(ret->link.name, orphan->name, sizeof(orphan->name));
	ret->link.kind = link_kind_from_name(orphan->kind);
	ret->link.peer_elsewhere = link_is_pair(ret->link.kind);
	ret->link.peer_nsid = NSID_HERE; /* nobody knows any more where it led */
	kept_take_up(&orphan->kept, ret->baseline, ret->published);
	meter_fill(ret, orphan->counted);
	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++) {
		struct count total = baseline_total(&ret->baseline[hook], ret->counted[hook]);

		more |= total.packets > ret->published[hook].packets;
	}
	return more;
}
