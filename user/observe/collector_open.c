/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include "base/cleanup.h"
#include "observe/collector_state.h"

/* How long the opening waits at most for what is to be attached to, here and then inside; beyond that it goes on while events are taken. */
#define OPEN_NS (500 * 1000000ULL)

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
	c->more = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c->epoll < 0 || c->timer < 0 || c->more < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot make an event loop: %s", strerror(errno));
	r = watch(c, c->timer);
	if (r == 0)
		r = watch(c, c->more);
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

void collector_meet_links(struct collector *c)
{
	size_t count;
	const struct ns_links *here = wiring_links(c->wiring, &count);

	for (size_t i = 0; count > 0 && i < here->link_count; i++)
		(void)meters_link_seen(c->meters, &here->links[i]);
}

int collector_open_traffic(struct collector *c, struct fault *fault)
{
	const struct collector_options *o = &c->options;

	c->not_along = 0;
	if (o->along) {
		int r = traffic_read_along(o->bpffs, &c->programs);

		if (r == 0)
			return 0;
		c->not_along = r == -ENOENT ? 0 : r;
	}
	if (!o->attach)
		return 0;
	if (o->lasting)
		return traffic_open_lasting(o->mode, o->bpffs, &c->programs, fault);
	return traffic_open(o->mode, &c->programs, fault);
}

static int open_observers(struct collector *c, struct fault *fault)
{
	const struct collector_options *o = &c->options;
	const struct wiring_callbacks callbacks = { c, collector_told_link, collector_told_nsid, collector_told_end };
	const struct namespaces_options places = {
		.proc = o->proc,
		.netns_dir = o->netns_dir ? o->netns_dir : "/run/netns",
		.ask_kernel = o->attach, /* to load a program takes longer than one look */
	};
	const struct owners_options engines = { .proc = places.proc, .roots = o->engine_roots };
	int r;

	r = collector_open_traffic(c, fault);
	if (r < 0)
		return r;
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
	if (r == 0)
		r = inner_meters_new(c->programs, c->wiring, c->namespaces, &c->inner_meters);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "%s", strerror(-r));
	meters_choose(c->meters, o->choice);
	inner_meters_choose(c->inner_meters, o->choice);
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
	if (!c->options.bpffs)
		c->options.bpffs = "/sys/fs/bpf";
	census_init(&c->census);
	strays_init(&c->strays);
	reach_init(&c->reach);
	c->epoll = -1;
	c->timer = -1;
	c->more = -1;
	r = open_observers(c, fault);
	if (r < 0)
		return r;
	r = open_descriptors(c, fault);
	if (r < 0)
		return r;
	collector_meet_links(c); /* those that were there before us */
	collector_go_on(c, NULL, OPEN_NS);
	collector_look(c);
	collector_look_inside(c, wiring_refresh);
	collector_go_on(c, NULL, OPEN_NS);
	c->ready = true;
	*ret = TAKE_PTR(c);
	return 0;
}

void collector_free(struct collector *c)
{
	if (!c)
		return;
	meters_free(c->meters);
	inner_meters_free(c->inner_meters);
	wiring_free(c->wiring);
	nsids_free(c->nsids);
	owners_free(c->owners);
	namespaces_free(c->namespaces);
	lifecycle_free(c->probes);
	traffic_free(c->programs);
	sources_free(&c->sources);
	census_free(&c->census);
	strays_free(&c->strays);
	reach_free(&c->reach);
	snapshot_free(c->live);
	snapshot_free(c->latest);
	snapshot_free(c->previous);
	cleanup_close(&c->epoll);
	cleanup_close(&c->timer);
	cleanup_close(&c->more);
	free(c);
}
