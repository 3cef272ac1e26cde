/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "observe/census.h"
#include "observe/collector.h"
#include "observe/inner_meters.h"
#include "observe/kernel/lifecycle.h"
#include "observe/meters.h"
#include "observe/namespaces/namespaces.h"
#include "observe/netlink/wiring.h"
#include "observe/nsids.h"
#include "observe/owners/owners.h"
#include "observe/pace.h"
#include "observe/reach.h"
#include "observe/sources.h"
#include "observe/strays.h"

/*
 * The collector's own: what its parts share, for user/observe/collector*.c alone. collector_open.c opens and closes, collector_look.c
 * finds out who lives where and puts it together, collector_told.c acts on what the observers tell, collector.c is the clockwork.
 */

/*
 * How long a dispatch goes on at most while there is more to do: where births never end, the caller has a clock and readers of its own
 * that must not wait for that.
 */
#define DISPATCH_NS (50 * 1000000ULL)

/* Where no probe tells of new namespaces, processes are looked through this often even if nothing else happened. */
#define WALK_PERIOD_NS (10 * 1000000000ULL)

struct collector {
	struct collector_options options;
	struct traffic_programs *programs; /* NULL: nothing is attached */
	int not_along;                     /* why what an agent counts is not read; 0: it is, or it is not wanted */
	struct wiring *wiring;
	struct namespaces *namespaces;
	struct owners *owners;
	struct meters *meters;
	struct inner_meters *inner_meters;
	struct nsids *nsids;
	struct lifecycle_probes *probes; /* NULL: no kprobes here */
	struct fault no_probes;          /* why not */
	struct census census;            /* counts instead of the probes */
	struct happenings happenings;
	bool ready; /* the first look is done: what comes now happens */
	struct strays strays;
	struct reach reach;
	struct source_list sources;
	int epoll;
	int timer; /* when the next look is due */
	int more;  /* an event counter: a dispatch ended before its work did */
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
/** Meters the links that are here and have no meter yet. */
void collector_meet_links(struct collector *c);

/** Opens the programs as @c->options say: none, an agent's that runs, or our own. Returns 0 or -errno with @fault filled. */
int collector_open_traffic(struct collector *c, struct fault *fault);

/** Counts a step that failed; the next one may not. */
void collector_note(struct collector *c, int r);

/** The newest that is known: the last live look, else the last published snapshot; NULL before the first. */
const struct snapshot *collector_newest(const struct collector *c);

/** Who lives where: namespaces, nsids, owners. */
void collector_look(struct collector *c);

/** The links inside that no event told of. @refresh: wiring_refresh() or wiring_refresh_apart() */
void collector_look_inside(struct collector *c, int (*refresh)(struct wiring *wiring));

/** What of the owners is to be asked for a snapshot without a look. @now: CLOCK_BOOTTIME ns */
void collector_refresh_owners(struct collector *c, uint64_t now);

/** A look between two snapshots, where one is due and it is time: remembers who is wired how, for those that will be gone at the next one. */
void collector_look_live(struct collector *c);

/** Arms the timer for what is due first; a timer that is armed for an earlier time stays. */
void collector_arm(struct collector *c);

/**
 * Puts together what is known now. Where @ask_device the kernel's counters are read anew.
 *
 * Returns 0 or -errno.
 */
int collector_build(struct collector *c, bool ask_device, double duration, struct snapshot **ret);

/** What the observers call; the context is the collector. */
void collector_told_link(void *context, enum link_change change, int32_t nsid, const struct link *old,
                         const struct link *link);
void collector_told_end(void *context, int32_t nsid, const struct link *link, const struct device_stats *last);
void collector_told_nsid(void *context, int32_t nsid, bool gone);
void collector_told_event(const struct lifecycle_event *what, void *context);

/**
 * Takes events (@take, may be NULL) and attaches, by turns: with many births at once nobody's name waits for all. Where there is more to do
 * after that time the descriptor stays ready.
 */
void collector_go_on(struct collector *c, void (*take)(struct collector *), uint64_t ns);
