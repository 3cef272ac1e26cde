/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/meters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "observe/meter_attach.h"

/* How often all devices are asked while meters wait to be attached to. */
#define READ_PERIOD_NS (100 * 1000000ULL)

struct meters {
	struct traffic_programs *programs;
	struct wiring *wiring;
	const struct choice *choice; /* NULL: all are counted */
	struct array items;          /* of struct meter, sorted by index, then birth */
	struct array told;           /* of struct link_traffic: what meters_read() told last, in the same order */
	size_t waiting;              /* how many meters wait to be attached to */
	bool reading_due;            /* one is dying */
	uint64_t read;               /* when all devices were asked for it */
	uint64_t attach_failures;
	uint64_t untold;
};

static uint64_t now_ns(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

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
	return (link->kind == LINK_VETH || link->kind == LINK_NETKIT) && (link->peer_elsewhere || link->master != 0);
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

/* ---- attaching */

static void attach(struct meters *meters, struct meter *m)
{
	int r = meter_attach(m, meters->programs, meters->wiring);

	/* gone before we came is an ordinary thing, and so is an agent that is not there yet; anything else is a loss */
	if (r < 0 && r != -ENODEV && r != -EAGAIN)
		meters->attach_failures++;
}

static void set_waiting(struct meters *meters, struct meter *m, bool waiting)
{
	meters->waiting -= m->waiting;
	m->waiting = waiting;
	meters->waiting += m->waiting;
}

/*
 * How a link with a meter looks now. The kernel takes the nsid of a namespace back first, then waits, then ends its devices: the last
 * occasion to ask for what the namespace sent, and none to attach any more.
 */
static void follow(struct meters *meters, struct meter *m, const struct link *link)
{
	bool led = m->link.peer_elsewhere && m->link.peer_nsid != NSID_HERE;
	bool leads = link->peer_elsewhere && link->peer_nsid != NSID_HERE;

	m->link = *link;
	if (led && link->peer_elsewhere && !leads) {
		m->dying = true;
		set_waiting(meters, m, false);
		meters->reading_due = true;
	} else if (m->dying && leads) {
		m->dying = false;
		set_waiting(meters, m, meters->programs && !m->attached);
	}
}

/* ---- which are refused */

/* The bridge that a link is, or is a port of; "": none. */
static const char *bridge_of(const struct meters *meters, const struct link *link)
{
	const struct link *master = link->master != 0 ? wiring_find(meters->wiring, NSID_HERE, link->master) : NULL;

	if (link->kind == LINK_BRIDGE)
		return link->name;
	return master && master->kind == LINK_BRIDGE ? master->name : "";
}

static void forget(struct meters *meters, size_t at)
{
	struct meter *m = array_at(&meters->items, at);

	if (m->attached)
		traffic_detach(meters->programs, m->link.index);
	set_waiting(meters, m, false);
	array_remove(&meters->items, at, 1);
}

void meters_choose(struct meters *meters, const struct choice *choice)
{
	meters->choice = choice;
	for (size_t at = meters->items.count; choice && at-- > 0;) {
		const struct meter *m = array_at(&meters->items, at);

		if (!m->gone && choice_refuses_link(choice, m->link.name, bridge_of(meters, &m->link)))
			forget(meters, at);
	}
}

bool meters_link_seen(struct meters *meters, const struct link *link)
{
	const struct choice *choice = meters->choice;
	const struct meter fresh = { .link = *link };
	size_t at;
	struct meter *m = find(meters, link, &at);

	if (m && !m->gone && choice && choice_excludes_link(choice, link->name, bridge_of(meters, link))) {
		forget(meters, at);
		return false;
	}
	if (m) {
		follow(meters, m, link);
		return false;
	}
	if (!meters_wants(link) || (choice && choice_refuses_link(choice, link->name, bridge_of(meters, link))))
		return false;
	m = array_insert(&meters->items, at, &fresh);
	if (!m) {
		meters->attach_failures++;
		return false;
	}
	set_waiting(meters, m, meters->programs != NULL);
	return true;
}

/* Both lists are sorted by index; a gone meter's index may belong to another link already. */
static void take_stats(struct meters *meters, const struct link_stats *stats, size_t count)
{
	size_t s = 0;

	for (size_t i = 0; i < meters->items.count; i++) {
		struct meter *m = array_at(&meters->items, i);

		while (s < count && stats[s].index < m->link.index)
			s++;
		m->fresh = !m->gone && s < count && stats[s].index == m->link.index;
		if (m->fresh)
			m->stats = stats[s].stats;
	}
}

/*
 * One reading of all devices, for those that wait to be attached to and those that will not be there at the next tick: what the
 * containers of these sent stays as it is.
 */
static void read_devices(struct meters *meters)
{
	const struct link_stats *stats;
	struct meter_pair pair;
	size_t count;

	meters->reading_due = false;
	meters->read = now_ns();
	if (wiring_stats(meters->wiring, &stats, &count) < 0)
		return;
	take_stats(meters, stats, count);
	for (size_t i = 0; i < meters->items.count; i++) {
		struct meter *m = array_at(&meters->items, i);

		if (!m->dying || !m->attached || meter_settled(m) ||
		    traffic_read(meters->programs, m->link.index, pair.after) < 0)
			continue;
		memcpy(pair.before, pair.after, sizeof(pair.before));
		(void)meter_take_pair(m, &pair, baseline_tighten);
	}
}

/* The newest that waits, or NULL: what was plugged in just now does not wait behind a thousand that were there at our start. */
static struct meter *newest_waiting(struct meters *meters)
{
	struct meter *newest = NULL;

	for (size_t i = 0; meters->waiting > 0 && i < meters->items.count; i++) {
		struct meter *m = array_at(&meters->items, i);

		if (m->waiting && (!newest || m->link.birth >= newest->link.birth))
			newest = m;
	}
	return newest;
}

bool meters_attach_next(struct meters *meters)
{
	struct meter *next;

	/* one that waits alone is asked when it is attached to */
	if (meters->reading_due || (meters->waiting > 1 && now_ns() - meters->read >= READ_PERIOD_NS)) {
		read_devices(meters);
		return true;
	}
	next = newest_waiting(meters);
	if (!next)
		return false;
	set_waiting(meters, next, false);
	attach(meters, next);
	return true;
}

static void finish(struct meters *meters, struct meter *m)
{
	meter_read(m, meters->programs);
	if (m->attached)
		traffic_detach(meters->programs, m->link.index);
	set_waiting(meters, m, false);
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

/* The meter of a living link here, else of the host end whose other end that link was, the living and the young first. */
static struct meter *find_ended(struct meters *meters, int32_t nsid, uint32_t index)
{
	struct meter *found = NULL;

	for (size_t i = 0; i < meters->items.count; i++) {
		struct meter *m = array_at(&meters->items, i);
		const struct link *link = &m->link;

		if (nsid == NSID_HERE ? m->gone || link->index != index
		                      : !link->peer_elsewhere || link->peer_nsid != nsid || link->peer_index != index)
			continue;
		if (!found || (found->gone && !m->gone) || (found->gone == m->gone && link->birth >= found->link.birth))
			found = m;
	}
	return found;
}

/* What was known may be more: a veth without its peer knows nothing of what it received. */
static void raise(uint64_t *known, uint64_t told)
{
	if (told > *known)
		*known = told;
}

void meters_link_ended(struct meters *meters, int32_t nsid, uint32_t index, const struct device_stats *stats)
{
	struct meter *m = find_ended(meters, nsid, index);

	if (!m)
		return;
	if (!m->gone)
		meter_read(m, meters->programs);
	if (nsid != NSID_HERE) {
		raise(&m->stats.rx_packets, stats->tx_packets);
		raise(&m->stats.rx_bytes, stats->tx_bytes);
		meter_end(m, CTNET_INGRESS);
		return;
	}
	raise(&m->stats.rx_packets, stats->rx_packets);
	raise(&m->stats.rx_bytes, stats->rx_bytes);
	raise(&m->stats.tx_packets, stats->tx_packets);
	raise(&m->stats.tx_bytes, stats->tx_bytes);
	raise(&m->stats.tx_dropped, stats->tx_dropped);
	meter_end(m, CTNET_EGRESS);
	if (m->link.kind == LINK_BRIDGE)
		meter_end(m, CTNET_INGRESS);
}

/* ---- reading */

/* Those that ended while no agent ran. Only of host ends anything can be told: who they were of nobody knows. */
static void take_orphans(struct meters *meters)
{
	struct traffic_orphan orphan;
	struct meter m;
	size_t at;

	while (meters->programs && traffic_orphan_next(meters->programs, &orphan)) {
		if (!meter_of_orphan(&orphan, &m))
			continue;
		if (orphan.inside || !m.link.peer_elsewhere || find(meters, &m.link, &at) ||
		    !array_insert(&meters->items, at, &m))
			meters->untold++;
	}
}

/* Those that the agent, which we read along, was not attached to when we looked. */
static void catch_up(struct meters *meters)
{
	for (size_t i = 0; i < meters->items.count; i++) {
		struct meter *m = array_at(&meters->items, i);

		if (m->behind && !m->gone && !m->waiting)
			attach(meters, m);
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

int meters_read(struct meters *meters, bool ask_device, const struct link_traffic **ret, size_t *ret_count)
{
	const struct link_stats *stats;
	size_t stats_count;
	int dump = 0;

	meters->told.count = 0;
	take_orphans(meters);
	if (ask_device) {
		catch_up(meters);
		dump = wiring_stats(meters->wiring, &stats, &stats_count);
		take_stats(meters, stats, dump == 0 ? stats_count : 0);
	}
	for (size_t i = 0; i < meters->items.count; i++) {
		struct meter *m = array_at(&meters->items, i);

		if (ask_device && m->attached && !meter_settled(m) && !traffic_is_along(meters->programs))
			(void)meter_sample(m, meters->programs, meters->wiring,
			                   baseline_sample); /* the next round tries again */
		if (!m->gone)
			meter_read(m, meters->programs);
		if (ask_device && !m->gone)
			meter_compare(m);
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

		if (row->index > m->link.index || (row->index == m->link.index && row->birth > m->link.birth))
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
		struct meter *m = array_at(&meters->items, i);

		meter_published(m);
		if (m->attached)
			meter_keep(m, meters->programs);
		if (!was_told_gone(meters, m, &told))
			*(struct meter *)array_at(&meters->items, kept++) = *m;
		else if (!m->traffic.split && !(m->ended[CTNET_INGRESS] && m->ended[CTNET_EGRESS]))
			meters->untold++;
	}
	meters->items.count = kept;
	meters->told.count = 0;
}

size_t meters_waiting(const struct meters *meters)
{
	return meters->waiting;
}

uint64_t meters_attach_failures(const struct meters *meters)
{
	return meters->attach_failures;
}

uint64_t meters_untold(const struct meters *meters)
{
	return meters->untold;
}

void meters_turn_to(struct meters *meters, struct traffic_programs *programs)
{
	meters->programs = programs;
	for (size_t i = 0; i < meters->items.count; i++) {
		struct meter *m = array_at(&meters->items, i);

		m->attached = false;
		m->behind = false;
		memset(m->baseline, 0, sizeof(m->baseline));
		set_waiting(meters, m, programs && !m->gone && !m->dying);
	}
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
