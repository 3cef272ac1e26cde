/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/meters.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "model/baseline.h"

struct meter {
	struct link link; /* as it was last; index and birth are its identity */
	bool attached;
	bool gone;
	struct baseline baseline[CTNET_HOOKS];
	struct device_stats stats; /* the last ones */
	struct traffic traffic;    /* as last told */
};

struct meters {
	struct traffic_programs *programs;
	struct wiring *wiring;
	struct array items; /* of struct meter, sorted by index, then birth */
	struct array
		told; /* of struct link_traffic: what meters_read() told last, in the same order */
	uint64_t attach_failures;
};

int meters_new(struct traffic_programs *programs, struct wiring *wiring, struct meters **ret)
{
	struct meters *meters = calloc(1, sizeof(*meters));

	if (!meters)
		return -ENOMEM;
	meters->programs = programs;
	meters->wiring = wiring;
	meters->items = ARRAY_OF(struct meter);
	meters->told = ARRAY_OF(struct link_traffic);
	*ret = meters;
	return 0;
}

bool meters_wants(const struct link *link)
{
	if (link->kind == LINK_BRIDGE)
		return true;
	return link->kind == LINK_VETH && (link->peer_elsewhere || link->master != 0);
}

static int compare_identity(const void *a, const void *b)
{
	const struct meter *x = a;
	const struct meter *y = b;

	if (x->link.index != y->link.index)
		return x->link.index < y->link.index ? -1 : 1;
	return (x->link.birth > y->link.birth) - (x->link.birth < y->link.birth);
}

/* The meter of a link, or NULL; @ret_at is its place in either case. */
static struct meter *find(struct meters *meters, const struct link *link, size_t *ret_at)
{
	const struct meter key = { .link = *link };
	bool found = array_find(&meters->items, &key, compare_identity, ret_at);

	return found ? array_at(&meters->items, *ret_at) : NULL;
}

/* ---- from hooks and device counters to the container's view */

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

static struct count hook_count(const struct meter *m, enum ctnet_hook hook,
                               const struct ctnet_counters *counted)
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

static void fill_direction(struct meter *m, enum ctnet_hook hook,
                           const struct ctnet_counters *counted)
{
	struct counters *c = &m->traffic.dir[direction_of(m, hook)];
	struct count seen = hook_count(m, hook, counted);
	struct count total = baseline_total(&m->baseline[hook], seen);
	uint64_t header = header_left_out(m, hook);

	/* a baseline that settles late may be lower than the first guess; what was told is not taken back */
	c->total.packets = max_u64(c->total.packets, total.packets);
	c->total.bytes = max_u64(c->total.bytes, total.bytes);
	c->segments = c->total.packets + counted->more_segments;
	c->wire_bytes = c->total.bytes + counted->more_wire_bytes + seen.packets * header;
	for (size_t i = 0; i < CTNET_CLASSES; i++) {
		c->by_class[i].packets = counted->by_class[i].packets;
		c->by_class[i].bytes =
			counted->by_class[i].bytes - counted->by_class[i].packets * header;
	}
}

/* Totals alone: from the device counters. */
static void fill_from_device(struct meter *m)
{
	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++) {
		struct counters *c = &m->traffic.dir[direction_of(m, hook)];

		c->total = device_count(&m->stats, hook);
		c->segments = c->total.packets;
		c->wire_bytes = c->total.bytes;
	}
}

static void fill_traffic(struct meters *meters, struct meter *m)
{
	struct ctnet_counters counted[CTNET_HOOKS];

	m->traffic.known = true;
	m->traffic.receive_dropped = m->link.kind == LINK_BRIDGE ? 0 : m->stats.tx_dropped;
	if (m->attached && traffic_read(meters->programs, m->link.index, counted) == 0) {
		m->traffic.split = true;
		for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++)
			fill_direction(m, hook, &counted[hook]);
	} else if (!m->attached) {
		fill_from_device(m);
	}
}

/* ---- attaching */

static bool settled(const struct meter *m)
{
	return m->baseline[CTNET_INGRESS].settled && m->baseline[CTNET_EGRESS].settled;
}

/* One pair of readings for each hook, in the order that model/baseline.h asks for. */
static int sample(struct meters *meters, struct meter *m)
{
	struct ctnet_counters before[CTNET_HOOKS];
	struct ctnet_counters after[CTNET_HOOKS];
	int r;

	r = traffic_read(meters->programs, m->link.index, before);
	if (r < 0)
		return r;
	r = wiring_stats_of(meters->wiring, m->link.index, &m->stats);
	if (r < 0)
		return r;
	r = traffic_read(meters->programs, m->link.index, after);
	if (r < 0)
		return r;
	baseline_sample(&m->baseline[CTNET_INGRESS], HOOK_AFTER_DEVICE,
	                device_count(&m->stats, CTNET_INGRESS),
	                hook_count(m, CTNET_INGRESS, &before[CTNET_INGRESS]));
	baseline_sample(&m->baseline[CTNET_EGRESS], HOOK_BEFORE_DEVICE,
	                device_count(&m->stats, CTNET_EGRESS),
	                hook_count(m, CTNET_EGRESS, &after[CTNET_EGRESS]));
	return 0;
}

static void attach(struct meters *meters, struct meter *m)
{
	int r = traffic_attach(meters->programs, m->link.index);

	if (r < 0) {
		/* gone before we came is an ordinary thing; anything else is a loss */
		if (r != -ENODEV)
			meters->attach_failures++;
		return;
	}
	m->attached = true;
	(void)sample(meters, m); /* the next ones come with the ticks: model/baseline.h says why */
	m->traffic.midlife = m->baseline[CTNET_INGRESS].value.packets > 0 ||
	                     m->baseline[CTNET_EGRESS].value.packets > 0;
}

bool meters_link_seen(struct meters *meters, const struct link *link)
{
	const struct meter fresh = { .link = *link };
	size_t at;
	struct meter *m = find(meters, link, &at);

	if (m) {
		m->link = *link;
		return false;
	}
	if (!meters_wants(link))
		return false;
	m = array_insert(&meters->items, at, &fresh);
	if (!m) {
		meters->attach_failures++;
		return false;
	}
	if (meters->programs)
		attach(meters, m);
	return true;
}

static void finish(struct meters *meters, struct meter *m)
{
	fill_traffic(meters, m);
	if (m->attached)
		traffic_detach(meters->programs, m->link.index);
	m->attached = false;
	m->gone = true;
}

bool meters_link_gone(struct meters *meters, const struct link *link)
{
	size_t at;
	struct meter *m = find(meters, link, &at);

	if (!m || m->gone)
		return false;
	finish(meters, m);
	return true;
}

/* ---- reading */

/* Both lists are sorted by index; a gone meter's index may belong to another link already. */
static void take_stats(struct meters *meters, const struct link_stats *stats, size_t count)
{
	size_t s = 0;

	for (size_t i = 0; i < meters->items.count; i++) {
		struct meter *m = array_at(&meters->items, i);

		while (s < count && stats[s].index < m->link.index)
			s++;
		if (!m->gone && s < count && stats[s].index == m->link.index)
			m->stats = stats[s].stats;
	}
}

static int tell(struct meters *meters, const struct meter *m)
{
	const struct link_traffic row = {
		.index = m->link.index,
		.birth = m->link.birth,
		.gone = m->gone,
		.last = m->gone ? &m->link : NULL,
		.traffic = m->traffic,
	};

	return array_append(&meters->told, &row);
}

int meters_read(struct meters *meters, bool ask_device, const struct link_traffic **ret,
                size_t *ret_count)
{
	const struct link_stats *stats;
	size_t stats_count;
	int dump = 0;

	meters->told.count = 0;
	if (ask_device) {
		dump = wiring_stats(meters->wiring, &stats, &stats_count);
		if (dump == 0)
			take_stats(meters, stats, stats_count);
	}
	for (size_t i = 0; i < meters->items.count; i++) {
		struct meter *m = array_at(&meters->items, i);

		if (ask_device && m->attached && !settled(m))
			(void)sample(meters, m); /* the next round tries again */
		if (!m->gone)
			fill_traffic(meters, m);
		if (tell(meters, m) < 0)
			return -ENOMEM;
	}
	*ret = meters->told.data;
	*ret_count = meters->told.count;
	return dump;
}

/* Whether the last meters_read() told this meter's end. Both lists are in the same order; @told goes on where it was. */
static bool was_told_gone(const struct meters *meters, const struct meter *m, size_t *told)
{
	for (; *told < meters->told.count; ++*told) {
		const struct link_traffic *row = array_at(&meters->told, *told);

		if (row->index > m->link.index ||
		    (row->index == m->link.index && row->birth > m->link.birth))
			return false;
		if (row->index == m->link.index && row->birth == m->link.birth)
			return row->gone;
	}
	return false;
}

void meters_drop_told(struct meters *meters)
{
	size_t kept = 0;
	size_t told = 0;

	for (size_t i = 0; i < meters->items.count; i++) {
		const struct meter *m = array_at(&meters->items, i);

		if (!was_told_gone(meters, m, &told))
			*(struct meter *)array_at(&meters->items, kept++) = *m;
	}
	meters->items.count = kept;
	meters->told.count = 0;
}

uint64_t meters_attach_failures(const struct meters *meters)
{
	return meters->attach_failures;
}

void meters_free(struct meters *meters)
{
	if (!meters)
		return;
	for (size_t i = 0; i < meters->items.count; i++) {
		const struct meter *m = array_at(&meters->items, i);

		if (m->attached)
			traffic_detach(meters->programs, m->link.index);
	}
	array_free(&meters->items);
	array_free(&meters->told);
	free(meters);
}
