/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/collector.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "observe/clock.h"
#include "observe/collector_state.h"
#include "observe/kernel/kernel_price.h"
#include "observe/kernel/tasks.h"
#include "observe/namespaces/enter.h"

/* All that waits, but for what is to be attached to. */
static void take_events(struct collector *c)
{
	uint64_t expirations, goes_on;

	(void)!read(c->more, &goes_on, sizeof(goes_on));
	collector_note(c, wiring_dispatch(c->wiring));
	if (c->probes)
		collector_note(c, lifecycle_dispatch(c->probes, collector_told_event, c));
	if (namespaces_dispatch(c->namespaces))
		c->look_due = true;
	c->owners_due |= owners_dispatch(c->owners);
	if (read(c->timer, &expirations, sizeof(expirations)) == sizeof(expirations)) {
		c->armed = 0;
		collector_look_live(c);
	}
	collector_arm(c);
}

void collector_go_on(struct collector *c, void (*take)(struct collector *), uint64_t ns)
{
	uint64_t start = clock_ns(CLOCK_BOOTTIME);
	const uint64_t more = 1;

	do {
		if (take)
			take(c);
		if (!meters_attach_next(c->meters) && !inner_meters_attach_next(c->inner_meters))
			return;
	} while (clock_ns(CLOCK_BOOTTIME) - start < ns);
	(void)!write(c->more, &more, sizeof(more));
}

void collector_dispatch(struct collector *c)
{
	collector_go_on(c, take_events, DISPATCH_NS);
}

/* The agent that we read along has ended and taken all away: from here on we count ourselves, or the device alone. */
static void go_on_alone(struct collector *c)
{
	struct fault fault = { 0 };

	meters_turn_to(c->meters, NULL);
	inner_meters_turn_to(c->inner_meters, NULL);
	traffic_free(c->programs);
	c->programs = NULL;
	collector_note(c, collector_open_traffic(c, &fault));
	meters_turn_to(c->meters, c->programs);
	inner_meters_turn_to(c->inner_meters, c->programs);
}

int collector_snapshot(struct collector *c, const struct snapshot **ret, const struct snapshot **ret_previous,
                       struct fault *fault)
{
	uint64_t start = clock_ns(CLOCK_BOOTTIME);
	struct snapshot *snap;
	int r;

	collector_dispatch(c);
	if (c->programs && traffic_along_ended(c->programs))
		go_on_alone(c);
	if (c->look_due || (!c->probes && start - c->walked >= WALK_PERIOD_NS))
		collector_look(c);
	else
		collector_refresh_owners(c, start);
	collector_look_inside(c, wiring_refresh);
	collector_go_on(c, NULL, DISPATCH_NS);
	if (c->programs && meters_waiting(c->meters) + inner_meters_waiting(c->inner_meters) == 0)
		traffic_settle(c->programs);
	r = collector_build(c, true, (double)(clock_ns(CLOCK_BOOTTIME) - start) / 1e9, &snap);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot take a snapshot: %s", strerror(-r));
	snap->published = true;
	meters_drop_told(c->meters);
	inner_meters_drop_told(c->inner_meters);
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

int collector_fd(const struct collector *c)
{
	return c->epoll;
}

void collector_choose(struct collector *c, const struct choice *choice)
{
	c->options.choice = choice;
	meters_choose(c->meters, choice);
	inner_meters_choose(c->inner_meters, choice);
	collector_meet_links(c);
	c->look_due = true;
}

int collector_price(const struct collector *c, struct kernel_price *price)
{
	const char *why;
	int r;

	kernel_price_clear(price);
	r = tasks_price(namespaces_tasks(c->namespaces, &why), price);
	if (r == 0 && c->programs)
		r = traffic_price(c->programs, price);
	return r == 0 && c->probes ? lifecycle_price(c->probes, price) : r;
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

int collector_story(const struct collector *c, struct buf *ret)
{
	return c->programs && !traffic_is_along(c->programs) ? traffic_story(c->programs, ret) : 0;
}

int collector_not_along(const struct collector *c)
{
	return c->not_along;
}

void collector_leave(struct collector *c)
{
	if (c && c->programs)
		traffic_leave(c->programs);
}
