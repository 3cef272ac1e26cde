/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/collector.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

#include "base/cleanup.h"
#include "model/observation.h"
#include "observe/census.h"
#include "observe/clock.h"
#include "observe/kernel/lifecycle.h"
#include "observe/meters.h"
#include "observe/namespaces/enter.h"
#include "observe/namespaces/namespaces.h"
#include "observe/netlink/wiring.h"
#include "observe/nsids.h"
#include "observe/owners/owners.h"
#include "observe/pace.h"
#include "observe/sources.h"
#include "observe/strays.h"

/* How often the nsids are asked for at most where they change hands meanwhile; what is still wrong then, the next look mends. */
#define NSID_ROUNDS 3

/* Where no probe tells of new namespaces, processes are looked through this often even if nothing else happened. */
#define WALK_PERIOD_NS (10 * 1000000000ULL)

struct collector {
	struct collector_options options;
	struct traffic_programs *programs; /* NULL: nothing is attached */
	struct wiring *wiring;
	struct namespaces *namespaces;
	struct owners *owners;
	struct meters *meters;
	struct nsids *nsids;
	struct lifecycle_probes *probes; /* NULL: no kprobes here */
	struct fault no_probes;          /* why not */
	struct census census;            /* counts instead of the probes */
	struct happenings happenings;
	bool ready; /* the first look is done: what comes now happens */
	struct strays strays;
	struct source_list sources;
	int epoll;
	int timer; /* when the next look is due */
	bool look_due;
	bool owners_due; /* state files of engines changed */
	struct pace looks;
	struct pace updates;       /* of owners: cheap, and a look that was dear is no reason to wait */
	uint64_t armed;            /* what the timer is set to; 0: it is not */
	uint64_t walked;           /* when /proc was last gone through */
	uint64_t asked;            /* when all engines were last asked */
	uint64_t failures;         /* of a step of a look, each counted */
	struct snapshot *live;     /* newest look; NULL when it is the published one */
	struct snapshot *latest;   /* last published */
	struct snapshot *previous; /* published before that */
};

/* ---- a look: who lives where, now */

static void note_failure(struct collector *c, int r)
{
	if (r < 0)
		c->failures++;
}

static const struct snapshot *newest(const struct collector *c)
{
	return c->live ? c->live : c->latest;
}

static void on_census(void *context, bool created, uint64_t inode)
{
	const struct collector *c = context;

	if (!c->probes)
		happenings_census(&c->happenings, created, inode, newest(c));
}

/* Who there is, and behind which nsid; what the links say of an nsid is no older than the answers. */
static struct ns_seen *look_for_namespaces(struct collector *c, uint64_t now, size_t *ret_count)
{
	struct ns_seen *seen;

	note_failure(c, namespaces_refresh(c->namespaces, now));
	seen = namespaces_seen(c->namespaces, ret_count);
	for (int i = 0; i < NSID_ROUNDS; i++) {
		note_failure(c, nsids_fill(c->nsids, c->wiring, c->namespaces, seen, *ret_count));
		note_failure(c, wiring_dispatch(c->wiring));
		if (nsids_confirm(c->nsids))
			break;
	}
	return seen;
}

/*
 * Who lives where: namespaces, nsids, owners. Asks nothing that waits for the kernel's RTNL lock, which is held for tens of
 * milliseconds at a time while namespaces are taken down: a name must not wait for that.
 */
static void look(struct collector *c)
{
	uint64_t start = clock_ns(CLOCK_BOOTTIME);
	struct ns_seen *seen;
	size_t count;
	int r;

	pace_begin(&c->looks);
	c->look_due = false;
	c->owners_due = false;
	c->walked = start;
	c->asked = start;
	seen = look_for_namespaces(c, start, &count);
	r = strays_search(&c->strays, c->options.proc, start, c->namespaces, c->nsids, c->wiring);
	note_failure(c, r);
	if (r > 0)
		seen = look_for_namespaces(c, start, &count);
	note_failure(c, owners_refresh(c->owners, seen, count));
	note_failure(c, census_take(&c->census, seen, count, on_census, c));
	pace_end(&c->looks);
}

/* The links inside that no event told of. They are looked at once for each namespace; what that shows is no reason to look again. */
static void refresh_wiring(struct collector *c)
{
	bool due = c->look_due;

	note_failure(c, wiring_refresh(c->wiring));
	c->look_due = due;
}

/* Engines change their files without a namespace being made: a container is renamed, or joins another. */
static void update_owners(struct collector *c)
{
	size_t count;
	const struct ns_seen *seen = namespaces_seen(c->namespaces, &count);

	pace_begin(&c->updates);
	c->owners_due = false;
	note_failure(c, owners_update(c->owners));
	c->look_due |= owners_have_stranger(c->owners, seen, count);
	pace_end(&c->updates);
}

/* What of the owners is to be asked for a snapshot without a look. All of them now and then, for what no event tells of. */
static void refresh_owners(struct collector *c, uint64_t now)
{
	size_t count;
	const struct ns_seen *seen = namespaces_seen(c->namespaces, &count);

	if (now - c->asked >= WALK_PERIOD_NS) {
		c->asked = now;
		note_failure(c, owners_refresh(c->owners, seen, count));
	} else if (c->owners_due) {
		update_owners(c);
	}
}

/* Arms the timer for what is due first. */
static void arm_look(struct collector *c)
{
	uint64_t look_at = c->look_due ? pace_time(&c->looks) : UINT64_MAX;
	uint64_t update_at = c->owners_due ? pace_time(&c->updates) : UINT64_MAX;

	pace_arm(c->timer, look_at < update_at ? look_at : update_at, &c->armed);
}

/* Puts together what is known now. Where @ask_device the kernel's counters are read anew. */
static int build(struct collector *c, bool ask_device, double duration, struct snapshot **ret)
{
	struct observation obs = { .now = clock_ns(CLOCK_BOOTTIME), .duration = duration };
	const struct sources_about about = { c->programs, c->probes, c->no_probes.text, c->meters,
		                             c->wiring,   c->owners, c->failures };
	int r;

	obs.time = (double)clock_ns(CLOCK_REALTIME) / 1e9;
	obs.observing_inode = namespaces_observing(c->namespaces);
	obs.machine_inode = namespaces_machine(c->namespaces);
	r = meters_read(c->meters, ask_device, &obs.traffic, &obs.traffic_count);
	if (r == -ENOMEM)
		return r;
	note_failure(c, r);
	obs.ns_links = wiring_links(c->wiring, &obs.ns_links_count);
	obs.namespaces = namespaces_seen(c->namespaces, &obs.namespace_count);
	obs.owners = owners_seen(c->owners, &obs.owner_count);
	obs.lifecycle = c->census.lifecycle;
	if (c->probes)
		lifecycle_read(c->probes, &obs.lifecycle);
	r = sources_fill(&c->sources, &about);
	if (r < 0)
		return r;
	obs.sources = c->sources.items;
	obs.source_count = c->sources.count;
	obs.losses = c->sources.losses;
	obs.loss_count = c->sources.loss_count;
	return snapshot_build(&obs, newest(c), ret);
}

/* A look between two snapshots: remembers who is wired how, for those that will be gone at the next one. */
static void take_live_look(struct collector *c)
{
	struct snapshot *live;

	if (c->look_due && pace_is_over(&c->looks))
		look(c);
	else if (c->owners_due)
		update_owners(c);
	else
		return;
	if (build(c, false, 0, &live) < 0) {
		c->failures++;
		return;
	}
	snapshot_free(c->live);
	c->live = live;
}

/* ---- what the observers tell */

static void tell_link(const struct collector *c, enum link_change change, int32_t nsid, const struct link *old,
                      const struct link *link)
{
	const struct link_happening happening = {
		.change = change,
		.inode = nsid == NSID_HERE ? namespaces_observing(c->namespaces) : nsids_inode(c->nsids, nsid),
		.old = old,
		.link = link,
		.old_bridge = old ? wiring_find(c->wiring, nsid, old->master) : NULL,
		.bridge = wiring_find(c->wiring, nsid, link->master),
	};

	happenings_link(&c->happenings, &happening, newest(c));
}

static void on_link(void *context, enum link_change change, int32_t nsid, const struct link *old,
                    const struct link *link)
{
	struct collector *c = context;

	if (!c->meters) /* the first dump: meet_links() comes later */
		return;
	if (c->ready && !c->probes)
		tell_link(c, change, nsid, old, link);
	if (nsid != NSID_HERE) {
		c->look_due = true;
		return;
	}
	if (change == LINK_VANISHED)
		c->look_due |= meters_link_gone(c->meters, link);
	else
		c->look_due |= meters_link_seen(c->meters, link);
}

static void on_link_end(void *context, int32_t nsid, uint32_t index, const struct device_stats *last)
{
	const struct collector *c = context;

	if (c->meters)
		meters_link_ended(c->meters, nsid, index, last);
}

static void on_nsid(void *context, int32_t nsid, bool gone)
{
	struct collector *c = context;

	nsids_changed(c->nsids, c->namespaces, nsid, gone);
	c->look_due = true;
}

static void on_probe(const struct lifecycle_event *what, void *context)
{
	struct collector *c = context;

	happenings_probe(&c->happenings, what, newest(c));
	if (what->kind == CTNET_CREATED)
		namespaces_born(c->namespaces, what->inode, what->birth);
	else if (what->kind == CTNET_DYING)
		namespaces_died(c->namespaces, what->inode, what->birth);
	else
		return;
	c->look_due = true;
}

/* All that waits, but for what is to be attached to. */
static void take_events(struct collector *c)
{
	uint64_t expirations;

	note_failure(c, wiring_dispatch(c->wiring));
	if (c->probes)
		note_failure(c, lifecycle_dispatch(c->probes, on_probe, c));
	if (namespaces_dispatch(c->namespaces))
		c->look_due = true;
	c->owners_due |= owners_dispatch(c->owners);
	if (read(c->timer, &expirations, sizeof(expirations)) == sizeof(expirations)) {
		c->armed = 0;
		take_live_look(c);
	}
	arm_look(c);
}

/* Between one attachment and the next there is time for events and a look: with many births at once nobody's name waits for all. */
void collector_dispatch(struct collector *c)
{
	do
		take_events(c);
	while (meters_attach_next(c->meters));
}

int collector_snapshot(struct collector *c, const struct snapshot **ret, const struct snapshot **ret_previous,
                       struct fault *fault)
{
	uint64_t start = clock_ns(CLOCK_BOOTTIME);
	struct snapshot *snap;
	int r;

	collector_dispatch(c);
	if (c->look_due || (!c->probes && start - c->walked >= WALK_PERIOD_NS))
		look(c);
	else
		refresh_owners(c, start);
	refresh_wiring(c);
	r = build(c, true, (double)(clock_ns(CLOCK_BOOTTIME) - start) / 1e9, &snap);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot take a snapshot: %s", strerror(-r));
	snap->published = true;
	meters_drop_told(c->meters);
	snapshot_free(c->live);
	c->live = NULL;
	snapshot_free(c->previous);
	c->previous = c->latest;
	c->latest = snap;
	*ret = snap;
	if (ret_previous)
		*ret_previous = c->previous;
	return 0;
}

/* ---- opening and closing */

static int watch(struct collector *c, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(c->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int open_descriptors(struct collector *c, struct fault *fault)
{
	int r;

	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	c->timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (c->epoll < 0 || c->timer < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot make an event loop: %s", strerror(errno));
	r = watch(c, c->timer);
	if (r == 0)
		r = watch(c, wiring_fd(c->wiring));
	if (r == 0)
		r = watch(c, namespaces_fd(c->namespaces));
	if (r == 0 && owners_fd(c->owners) >= 0)
		r = watch(c, owners_fd(c->owners));
	if (r == 0 && c->probes)
		r = watch(c, lifecycle_fd(c->probes));
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot watch for events: %s", strerror(-r));
	return 0;
}

/* The links that were there before us. */
static void meet_links(struct collector *c)
{
	size_t count;
	const struct ns_links *here = wiring_links(c->wiring, &count);

	for (size_t i = 0; count > 0 && i < here->link_count; i++)
		(void)meters_link_seen(c->meters, &here->links[i]);
	while (meters_attach_next(c->meters))
		;
}

static int open_observers(struct collector *c, struct fault *fault)
{
	const struct collector_options *o = &c->options;
	const struct wiring_callbacks callbacks = { c, on_link, on_nsid, on_link_end };
	const struct namespaces_options places = {
		.proc = o->proc,
		.netns_dir = o->netns_dir ? o->netns_dir : "/run/netns",
	};
	const struct owners_options engines = { .proc = places.proc, .roots = o->engine_roots };
	int r;

	if (o->attach) {
		r = traffic_open(o->mode, &c->programs, fault);
		if (r < 0)
			return r;
	}
	/* first, so that no birth falls between the first look and the probes; without them there is the census */
	(void)lifecycle_open(NULL, &c->probes, &c->no_probes);
	r = namespaces_open(&places, &c->namespaces, fault);
	if (r < 0)
		return r;
	r = owners_open(&engines, &c->owners, fault);
	if (r < 0)
		return r;
	r = nsids_new(&c->nsids);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "%s", strerror(-r));
	r = wiring_open(&callbacks, &c->wiring, fault);
	if (r < 0)
		return r;
	r = meters_new(c->programs, c->wiring, &c->meters);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "%s", strerror(-r));
	return 0;
}

static void collector_freep(struct collector **c)
{
	collector_free(*c);
}

int collector_open(const struct collector_options *options, struct collector **ret, struct fault *fault)
{
	_cleanup_(collector_freep) struct collector *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "no memory");
	c->options = *options;
	c->happenings = (struct happenings){ options->event, options->event_context };
	if (!c->options.proc)
		c->options.proc = "/proc";
	census_init(&c->census);
	strays_init(&c->strays);
	c->epoll = -1;
	c->timer = -1;
	r = open_observers(c, fault);
	if (r < 0)
		return r;
	r = open_descriptors(c, fault);
	if (r < 0)
		return r;
	meet_links(c);
	look(c);
	refresh_wiring(c);
	c->ready = true;
	*ret = TAKE_PTR(c);
	return 0;
}

int collector_fd(const struct collector *c)
{
	return c->epoll;
}

int collector_open_netns(const struct collector *c, const struct netns *ns, struct fault *fault)
{
	const struct ns_seen *seen;
	size_t count, i = 0;

	for (seen = namespaces_seen(c->namespaces, &count); i < count; i++, seen++) {
		if (!ns->gone && seen->inode == ns->inode && seen->birth == ns->birth)
			return enter_open(c->namespaces, seen, fault);
	}
	return fault_set(fault, -ESTALE, EXIT_CODE_RUNTIME, "netns %" PRIu64 ": it is gone", ns->inode);
}

void collector_free(struct collector *c)
{
	if (!c)
		return;
	meters_free(c->meters);
	wiring_free(c->wiring);
	nsids_free(c->nsids);
	owners_free(c->owners);
	namespaces_free(c->namespaces);
	lifecycle_free(c->probes);
	traffic_free(c->programs);
	sources_free(&c->sources);
	census_free(&c->census);
	strays_free(&c->strays);
	snapshot_free(c->live);
	snapshot_free(c->latest);
	snapshot_free(c->previous);
	cleanup_close(&c->epoll);
	cleanup_close(&c->timer);
	free(c);
}
