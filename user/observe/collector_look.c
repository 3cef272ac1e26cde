/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <time.h>

#include "model/observation.h"
#include "observe/clock.h"
#include "observe/collector_state.h"

void collector_note(struct collector *c, int r)
{
	if (r < 0)
		c->failures++;
}

const struct snapshot *collector_newest(const struct collector *c)
{
	return c->live ? c->live : c->latest;
}

static void on_census(void *context, bool created, uint64_t inode)
{
	const struct collector *c = context;

	if (!c->probes)
		happenings_census(&c->happenings, created, inode, collector_newest(c));
}

/* Who there is, and behind which nsid; what the links say of an nsid is no older than the answers. */
static struct ns_seen *look_for_namespaces(struct collector *c, uint64_t now, size_t *ret_count)
{
	struct ns_seen *seen;

	collector_note(c, namespaces_refresh(c->namespaces, now));
	seen = namespaces_seen(c->namespaces, ret_count);
	collector_note(c, nsids_settle(c->nsids, c->wiring, c->namespaces, seen, *ret_count));
	return seen;
}

/*
 * Who lives where: namespaces, nsids, owners. Asks nothing that waits for the kernel's RTNL lock, which is held for tens of
 * milliseconds at a time while namespaces are taken down: a name must not wait for that.
 */
void collector_look(struct collector *c)
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
	collector_note(c, r);
	if (r > 0)
		seen = look_for_namespaces(c, start, &count);
	collector_note(c, owners_refresh(c->owners, seen, count));
	collector_note(c, census_take(&c->census, seen, count, on_census, c));
	pace_end(&c->looks);
}

/* The links inside that no event told of. They are looked at once for each namespace; what that shows is no reason to look again. */
void collector_look_inside(struct collector *c, int (*refresh)(struct wiring *wiring))
{
	bool due = c->look_due;

	collector_note(c, refresh(c->wiring));
	c->look_due = due;
}

/* Engines change their files without a namespace being made: a container is renamed, or joins another. */
static void update_owners(struct collector *c)
{
	size_t count;
	const struct ns_seen *seen = namespaces_seen(c->namespaces, &count);

	pace_begin(&c->updates);
	c->owners_due = false;
	collector_note(c, owners_update(c->owners));
	c->look_due |= owners_have_stranger(c->owners, seen, count);
	pace_end(&c->updates);
}

/* What of the owners is to be asked for a snapshot without a look. All of them now and then, for what no event tells of. */
void collector_refresh_owners(struct collector *c, uint64_t now)
{
	size_t count;
	const struct ns_seen *seen = namespaces_seen(c->namespaces, &count);

	if (now - c->asked >= WALK_PERIOD_NS) {
		c->asked = now;
		collector_note(c, owners_refresh(c->owners, seen, count));
	} else if (c->owners_due) {
		update_owners(c);
	}
}

/* Arms the timer for what is due first. */
void collector_arm(struct collector *c)
{
	uint64_t look_at = c->look_due ? pace_time(&c->looks) : UINT64_MAX;
	uint64_t update_at = c->owners_due ? pace_time(&c->updates) : UINT64_MAX;

	pace_arm(c->timer, look_at < update_at ? look_at : update_at, &c->armed);
}

/* Puts together what is known now. Where @ask_device the kernel's counters are read anew. */
int collector_build(struct collector *c, bool ask_device, double duration, struct snapshot **ret)
{
	struct observation obs = { .now = clock_ns(CLOCK_BOOTTIME), .duration = duration };
	const struct sources_about about = { c->programs,     c->probes, c->no_probes.text, c->namespaces, c->meters,
		                             c->inner_meters, c->wiring, c->owners,         c->failures };
	int r;

	obs.time = (double)clock_ns(CLOCK_REALTIME) / 1e9;
	obs.observing_inode = namespaces_observing(c->namespaces);
	obs.machine_inode = namespaces_machine(c->namespaces);
	r = meters_read(c->meters, ask_device, &obs.traffic, &obs.traffic_count);
	if (r == -ENOMEM)
		return r;
	collector_note(c, r);
	r = inner_meters_read(c->inner_meters, ask_device, &obs.inside, &obs.inside_count);
	if (r < 0)
		return r;
	r = reach_find(&c->reach, c->wiring, c->namespaces, &obs.ns_links, &obs.ns_links_count);
	if (r < 0)
		return r;
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
	return snapshot_build(&obs, collector_newest(c), ret);
}

/* A look between two snapshots: remembers who is wired how, for those that will be gone at the next one. */
void collector_look_live(struct collector *c)
{
	struct snapshot *live;

	if (c->look_due && pace_is_over(&c->looks))
		collector_look(c);
	else if (c->owners_due)
		update_owners(c);
	else
		return;
	collector_look_inside(c, wiring_refresh_apart);
	if (collector_build(c, false, 0, &live) < 0) {
		c->failures++;
		return;
	}
	snapshot_free(c->live);
	c->live = live;
}
