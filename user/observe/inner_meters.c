/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/inner_meters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "model/inside.h"
#include "model/lookup.h"
#include "model/order.h"
#include "observe/inner_meter.h"
#include "observe/kept.h"
#include "observe/reach.h"

/* Pairs of readings that are taken at an attach. */
#define FIRST_PAIRS 2

/*
 * A device is asked with one question of its own (RTM_GETSTATS knows no target namespace), so one at which nothing passed is asked every so
 * many readings only: some ways go past the hooks (PACKET_QDISC_BYPASS), and what was sent there must be told in the end.
 */
#define ASK_EVERY 32

struct inner_meters {
	struct traffic_programs *programs; /* NULL: nothing is attached */
	struct wiring *wiring;
	struct namespaces *namespaces;
	const struct choice *choice; /* NULL: all are counted */
	struct array items;          /* of struct inner_meter, sorted by index, then birth */
	struct array told;           /* of struct link_traffic: what inner_meters_read() told last, in the same order */
	struct array changed;        /* of int32_t, sorted: nsids whose meters are to be put in order */
	struct reach reach;
	size_t waiting;    /* how many meters wait to be attached to */
	uint64_t readings; /* in which devices were asked */
	uint64_t attach_failures;
	uint64_t untold;
};

int inner_meters_new(struct traffic_programs *programs, struct wiring *wiring, struct namespaces *namespaces,
                     struct inner_meters **ret)
{
	struct inner_meters *meters = calloc(1, sizeof(*meters));

	if (!meters)
		return -ENOMEM;
	meters->programs = programs;
	meters->wiring = wiring;
	meters->namespaces = namespaces;
	reach_init(&meters->reach);
	meters->items = ARRAY_OF(struct inner_meter);
	meters->told = ARRAY_OF(struct link_traffic);
	meters->changed = ARRAY_OF(int32_t);
	*ret = meters;
	return 0;
}

static int compare_meters(const void *a, const void *b)
{
	const struct inner_meter *x = a;
	const struct inner_meter *y = b;
	int r = ORDER(x->link.index, y->link.index);

	r = r ? r : ORDER(x->link.birth, y->link.birth);
	return r ? r : ORDER(x->nsid, y->nsid);
}

static int compare_nsids(const void *a, const void *b)
{
	return ORDER(*(const int32_t *)a, *(const int32_t *)b);
}

static struct inner_meter *find(struct inner_meters *meters, int32_t nsid, const struct link *link, size_t *ret_at)
{
	const struct inner_meter key = { .nsid = nsid, .link = *link };

	return array_find(&meters->items, &key, compare_meters, ret_at) ? array_at(&meters->items, *ret_at) : NULL;
}

static int nsid_of_table(const void *key, const void *item)
{
	return ORDER(*(const int32_t *)key, ((const struct ns_links *)item)->nsid);
}

/* ---- their programs */

static bool attaches(const struct inner_meters *meters)
{
	return meters->programs && !traffic_inside_refusal(meters->programs);
}

static void set_waiting(struct inner_meters *meters, struct inner_meter *m, bool waiting)
{
	meters->waiting -= m->waiting;
	m->waiting = waiting;
	meters->waiting += m->waiting;
}

static void count(const struct inner_meters *meters, struct inner_meter *m)
{
	struct ctnet_counters counted[CTNET_HOOKS];

	if (m->attached && traffic_read_inside(meters->programs, m->row, counted) == 0)
		inner_meter_count(m, counted);
}

static void keep(const struct inner_meters *meters, const struct inner_meter *m)
{
	const struct count told[CTNET_HOOKS] = {
		[CTNET_INGRESS] = m->traffic.dir[RECEIVE].total,
		[CTNET_EGRESS] = m->traffic.dir[TRANSMIT].total,
	};
	const struct ctnet_kept kept = kept_of(m->baseline, told);

	traffic_keep_inside(meters->programs, m->row, &kept);
}

/* Asks the device, between two readings of what our programs counted. What is gone meanwhile an event will tell of. */
static void sample(const struct inner_meters *meters, struct inner_meter *m,
                   void (*take)(struct baseline *, enum hook_side, struct count, struct count))
{
	struct ctnet_counters before[CTNET_HOOKS], after[CTNET_HOOKS];
	struct device_stats stats;

	bool counted = m->attached && traffic_read_inside(meters->programs, m->row, before) == 0;

	if (wiring_stats_inside(meters->wiring, m->nsid, &m->link, &stats) < 0)
		return;
	if (!counted || traffic_read_inside(meters->programs, m->row, after) < 0) {
		inner_meter_take(m, &stats);
		return;
	}
	inner_meter_pair(m, &stats, before, after, take);
}

static void finish(struct inner_meters *meters, struct inner_meter *m)
{
	count(meters, m);
	if (m->attached)
		traffic_detach_inside(meters->programs, m->row);
	set_waiting(meters, m, false);
	m->attached = false;
	inner_meter_finish(m);
}

/* Opens the namespace of a meter. An inode may be another's by now; its nsid tells. */
static int open_netns(const struct inner_meters *meters, const struct inner_meter *m)
{
	_cleanup_close_ int fd = -1;
	size_t count, i;
	const struct ns_seen *seen = namespaces_seen(meters->namespaces, &count);
	int32_t nsid;
	int r;

	for (i = 0; i < count && seen[i].nsid != m->nsid; i++)
		;
	if (i == count)
		return -ENOENT;
	fd = namespaces_open_fd(meters->namespaces, &seen[i]);
	if (fd < 0)
		return fd;
	r = wiring_nsid_of_fd(meters->wiring, fd, &nsid);
	if (r < 0)
		return r;
	return nsid == m->nsid ? TAKE_FD(fd) : -ENODEV;
}

static void attach(struct inner_meters *meters, struct inner_meter *m)
{
	_cleanup_close_ int fd = open_netns(meters, m);
	int r = fd < 0 ? fd : traffic_attach_inside(meters->programs, fd, m->link.index, &m->row);
	struct ctnet_kept kept;

	m->tried = r != -ENOENT &&
	           r != -EAGAIN; /* nobody found the namespace, or attached to it, yet: with the next change */
	if (r < 0) {
		/* gone before we came, or not to be entered: its totals are told all the same */
		if (fd >= 0 && r != -ENODEV && r != -EPERM && r != -EAGAIN)
			meters->attach_failures++;
		return;
	}
	m->attached = true;
	if (traffic_kept_inside(meters->programs, m->row, &kept))
		kept_take_up(&kept, m->baseline, NULL);
	for (int i = 0; i < FIRST_PAIRS; i++)
		sample(meters, m, baseline_tighten);
	keep(meters, m);
}

static void let_wait(struct inner_meters *meters)
{
	for (size_t i = 0; attaches(meters) && i < meters->items.count; i++) {
		struct inner_meter *m = array_at(&meters->items, i);

		if (!m->gone && !m->tried && inner_meter_attachable(&m->link))
			set_waiting(meters, m, true);
	}
}

/* ---- which there are to be */

/* Without memory the change is forgotten: the namespace is looked through again with its next one. */
static void change(struct inner_meters *meters, int32_t nsid)
{
	size_t at;

	if (!array_find(&meters->changed, &nsid, compare_nsids, &at))
		(void)array_insert(&meters->changed, at, &nsid);
}

/* The links behind an nsid that are to be looked through, or NULL: none is to be counted there. */
static const struct ns_links *table_of(const struct inner_meters *meters, const struct ns_links *tables, size_t count,
                                       int32_t nsid)
{
	if (nsid == NSID_HERE || nsid == meters->reach.machine || count == 0)
		return NULL;
	return bsearch(&nsid, tables, count, sizeof(*tables), nsid_of_table);
}

static bool wants(const struct inner_meters *meters, const struct ns_links *ns, const struct link *link)
{
	return inside_counts(ns, link) && !(meters->choice && choice_refuses_link(meters->choice, link->name, ""));
}

static void end_unwanted(struct inner_meters *meters, const struct ns_links *tables, size_t count)
{
	for (size_t i = 0; i < meters->items.count; i++) {
		struct inner_meter *m = array_at(&meters->items, i);
		const struct ns_links *ns = table_of(meters, tables, count, m->nsid);
		const struct link *link = lookup_link(ns, m->link.index);

		if (m->gone)
			continue;
		if (!link || link->birth != m->link.birth || !wants(meters, ns, link))
			finish(meters, m);
		else
			m->link = *link;
	}
}

static void add_wanted(struct inner_meters *meters, const struct ns_links *ns)
{
	for (size_t i = 0; ns && i < ns->link_count; i++) {
		const struct inner_meter fresh = { .nsid = ns->nsid, .link = ns->links[i] };
		struct inner_meter *m;
		size_t at;

		if (!wants(meters, ns, &fresh.link))
			continue;
		m = find(meters, ns->nsid, &fresh.link, &at);
		if (m && m->gone)
			*m = fresh; /* it counted, then did not, and does again */
		else if (!m)
			(void)array_insert(&meters->items, at, &fresh);
	}
}

/* Where not all namespaces are ours, the change of one can bring others near or out of reach. */
static void put_in_order(struct inner_meters *meters)
{
	const struct ns_links *tables;
	size_t count;

	if (meters->changed.count == 0 ||
	    reach_find(&meters->reach, meters->wiring, meters->namespaces, &tables, &count) < 0)
		return;
	end_unwanted(meters, tables, count);
	for (size_t i = 0; meters->reach.nested && i < count; i++)
		add_wanted(meters, table_of(meters, tables, count, tables[i].nsid));
	for (size_t i = 0; !meters->reach.nested && i < meters->changed.count; i++)
		add_wanted(meters, table_of(meters, tables, count, *(int32_t *)array_at(&meters->changed, i)));
	meters->changed.count = 0;
	let_wait(meters);
}

void inner_meters_choose(struct inner_meters *meters, const struct choice *choice)
{
	size_t count;
	const struct ns_links *tables = wiring_links(meters->wiring, &count);

	meters->choice = choice;
	for (size_t i = 0; i < count; i++)
		change(meters, tables[i].nsid);
}

bool inner_meters_attach_next(struct inner_meters *meters)
{
	struct inner_meter *newest = NULL;

	put_in_order(meters);
	for (size_t i = 0; meters->waiting > 0 && i < meters->items.count; i++) {
		struct inner_meter *m = array_at(&meters->items, i);

		if (m->waiting && (!newest || m->link.birth >= newest->link.birth))
			newest = m;
	}
	if (!newest)
		return false;
	set_waiting(meters, newest, false);
	attach(meters, newest);
	return true;
}

/* ---- their end */

/* One of a namespace that was not looked at yet counts as lost where its kind alone says that it was a way out. */
static bool surely_counted(const struct link *link, const struct device_stats *last)
{
	const struct ns_links alone = { .links = link, .link_count = 1 };

	return (last->rx_packets > 0 || last->tx_packets > 0) && !link_is_pair(link->kind) && link->kind != LINK_TUN &&
	       inside_counts(&alone, link);
}

void inner_meters_ended(struct inner_meters *meters, int32_t nsid, const struct link *link,
                        const struct device_stats *last)
{
	const struct link *known = wiring_find(meters->wiring, nsid, link->index);
	struct inner_meter *m;
	size_t at;

	put_in_order(meters);
	m = known ? find(meters, nsid, known, &at) : NULL;
	if (m && !m->gone) {
		m->ended = true;
		inner_meter_take(m, last);
	} else if (!known && !meters->reach.nested && surely_counted(link, last)) {
		meters->untold++;
	}
}

/*
 * What a device without our programs counted after it was last asked is lost where its namespace ends, for nobody may ask any more by then:
 * - cleanup_net() takes the nsids of the namespace back (unhash_nsid()) before it ends the devices, and RTM_DELLINK, which has their last
 *   counters, reaches listeners of other namespaces by nsid alone (do_one_broadcast() in net/netlink/af_netlink.c);
 * - from the last reference on, before that, an nsid finds only what still has one (maybe_get_net() in get_net_ns_by_id());
 * - a socket in there, which would hear all, keeps the namespace alive.
 */
static void vanish(struct inner_meters *meters, int32_t nsid, const struct link *link)
{
	size_t at;
	struct inner_meter *m = find(meters, nsid, link, &at);

	if (!m || m->gone)
		return;
	finish(meters, m);
	if (!m->ended && !m->traffic.split)
		meters->untold++;
}

void inner_meters_follow(struct inner_meters *meters, enum link_change how, int32_t nsid, const struct link *link)
{
	if (how == LINK_VANISHED)
		vanish(meters, nsid, link);
	change(meters, nsid);
}

/* ---- reading */

static int tell(struct inner_meters *meters, const struct inner_meter *m)
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

/* Reads what our programs counted, and asks the device where that moved, or where it is its turn. */
static void read_one(const struct inner_meters *meters, struct inner_meter *m, bool ask_device, size_t i)
{
	count(meters, m);
	if (ask_device && !m->gone && !(m->quiet && (meters->readings + i) % ASK_EVERY))
		sample(meters, m, baseline_sample);
}

int inner_meters_read(struct inner_meters *meters, bool ask_device, const struct link_traffic **ret, size_t *ret_count)
{
	put_in_order(meters);
	meters->told.count = 0;
	meters->readings += ask_device;
	for (size_t i = 0; i < meters->items.count; i++) {
		struct inner_meter *m = array_at(&meters->items, i);

		read_one(meters, m, ask_device, i);
		if (tell(meters, m) < 0)
			return -ENOMEM;
	}
	*ret = meters->told.data;
	*ret_count = meters->told.count;
	return 0;
}

/* Both lists are in the same order and as long, unless there was an event in between: then the next reading tells and drops. */
void inner_meters_drop_told(struct inner_meters *meters)
{
	size_t kept = 0;

	if (meters->told.count != meters->items.count)
		return;
	for (size_t i = 0; i < meters->items.count; i++) {
		const struct inner_meter *m = array_at(&meters->items, i);
		const struct link_traffic *row = array_at(&meters->told, i);

		if (m->attached)
			keep(meters, m);
		if (!m->gone || !row->gone)
			*(struct inner_meter *)array_at(&meters->items, kept++) = *m;
	}
	meters->items.count = kept;
	meters->told.count = 0;
}

uint64_t inner_meters_untold(const struct inner_meters *meters)
{
	return meters->untold;
}

uint64_t inner_meters_attach_failures(const struct inner_meters *meters)
{
	return meters->attach_failures;
}

size_t inner_meters_waiting(const struct inner_meters *meters)
{
	return meters->waiting;
}

size_t inner_meters_count(const struct inner_meters *meters, size_t *ret_totals)
{
	size_t standing = 0;

	*ret_totals = 0;
	for (size_t i = 0; i < meters->items.count; i++) {
		const struct inner_meter *m = array_at(&meters->items, i);

		standing += !m->gone;
		*ret_totals += !m->gone && !m->attached;
	}
	return standing;
}

void inner_meters_turn_to(struct inner_meters *meters, struct traffic_programs *programs)
{
	meters->programs = programs;
	for (size_t i = 0; i < meters->items.count; i++) {
		struct inner_meter *m = array_at(&meters->items, i);

		m->attached = false;
		m->tried = false;
		memset(m->baseline, 0, sizeof(m->baseline));
		set_waiting(meters, m, false);
	}
	let_wait(meters);
}

void inner_meters_free(struct inner_meters *meters)
{
	if (!meters)
		return;
	for (size_t i = 0; i < meters->items.count; i++) {
		const struct inner_meter *m = array_at(&meters->items, i);

		if (m->attached)
			traffic_detach_inside(meters->programs, m->row);
	}
	array_free(&meters->items);
	array_free(&meters->told);
	array_free(&meters->changed);
	reach_free(&meters->reach);
	free(meters);
}
