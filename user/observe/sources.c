/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/sources.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

#define OWN_SOURCES 4

/* Why some of what is counted inside other namespaces is totals alone. */
static void say_totals_inside(struct source_list *list, const struct sources_about *about)
{
	const char *refusal = traffic_inside_refusal(about->programs);
	size_t totals, standing = inner_meters_count(about->inner_meters, &totals);

	list->totals_inside[0] = '\0';
	if (totals > 0)
		(void)snprintf(list->totals_inside, sizeof(list->totals_inside),
		               "totals only for %zu of %zu interfaces counted inside their namespace%s%s", totals,
		               standing, refusal ? ": " : "", refusal ? refusal : "");
}

/* To attach waits for the kernel (attach.h), so with many interfaces the first snapshots come before the last is attached to. */
static struct source attached_source(struct source_list *list, const struct sources_about *about)
{
	size_t waiting = meters_waiting(about->meters) + inner_meters_waiting(about->inner_meters);
	struct source source = { .name = "traffic", .state = traffic_mode_name(about->programs), .up = true };

	say_totals_inside(list, about);
	source.detail = list->totals_inside;
	if (!source.detail[0] && traffic_is_along(about->programs))
		source.detail = "as the running ctnetd counts";
	if (waiting == 0)
		return source;
	(void)snprintf(list->still_waiting, sizeof(list->still_waiting),
	               "totals only for %zu interfaces that are still to be attached to", waiting);
	source.detail = list->still_waiting;
	source.incomplete = true;
	return source;
}

static struct source traffic_source(struct source_list *list, const struct sources_about *about)
{
	if (about->programs)
		return attached_source(list, about);
	return (struct source){
		.name = "traffic",
		.state = "kernel",
		.detail = "totals from the kernel's interface counters; nothing is attached",
		.up = true,
	};
}

/* Names the events that this kernel cannot tell, with the reason. */
static void name_missing_probes(struct source_list *list, const struct lifecycle_probes *probes)
{
	size_t count;
	const struct probe_status *status = lifecycle_status(probes, &count);
	size_t used = 0;

	list->missing_probes[0] = '\0';
	for (size_t i = 0; i < count && used < sizeof(list->missing_probes); i++) {
		if (!status[i].attached)
			used += (size_t)snprintf(list->missing_probes + used, sizeof(list->missing_probes) - used,
			                         "%sno event \"%s\": %s", used ? "; " : "", status[i].name,
			                         status[i].why);
	}
}

static struct source lifecycle_source(struct source_list *list, const struct sources_about *about)
{
	if (about->probes) {
		name_missing_probes(list, about->probes);
		return (struct source){
			.name = "lifecycle", .state = "kprobe", .detail = list->missing_probes, .up = true
		};
	}
	return (struct source){
		.name = "lifecycle",
		.state = "fallback",
		.detail = about->no_probes,
		.up = false,
	};
}

static struct source netlink_source(struct source_list *list, const struct wiring *wiring)
{
	struct source source = { .name = "netlink", .state = "ok", .detail = "", .up = true };
	size_t count, refused = 0;
	const struct ns_links *links = wiring_links(wiring, &count);

	for (size_t i = 0; i < count; i++) {
		source.incomplete |= links[i].incomplete;
		refused += links[i].refused;
	}
	if (!source.incomplete)
		return source;
	source.state = "incomplete";
	source.detail = "an interrupted dump; the next look asks again";
	if (refused > 0) {
		(void)snprintf(
			list->refused, sizeof(list->refused),
			"namespaces that cannot be looked into: %zu (of user namespaces in which CAP_NET_ADMIN is "
			"missing here)",
			refused);
		source.detail = list->refused;
	}
	return source;
}

static struct source processes_source(const struct namespaces *namespaces)
{
	struct source source = { .name = "processes", .up = true };

	source.state = namespaces_tasks(namespaces, &source.detail) ? "iterator" : "proc";
	return source;
}

static uint64_t lost_events(const struct lifecycle_losses *losses)
{
	uint64_t sum = losses->malformed;

	for (size_t i = 0; i < CTNET_EVENT_KINDS; i++)
		sum += losses->events[i];
	return sum;
}

static void fill_losses(struct source_list *list, const struct sources_about *about)
{
	struct lifecycle_losses lifecycle = { 0 };
	uint64_t lost[CTNET_TRAFFIC_LOSSES] = { 0 };

	if (about->programs)
		traffic_losses(about->programs, lost);
	if (about->probes)
		lifecycle_losses(about->probes, &lifecycle);
	/* every kind that there is, also at zero: rate() needs a first value */
	const struct loss losses[] = {
		{ "no_row", lost[CTNET_LOST_NO_ROW] },
		{ "unparsed", lost[CTNET_LOST_UNPARSED] },
		{ "attach", meters_attach_failures(about->meters) + inner_meters_attach_failures(about->inner_meters) },
		{ "last_counters", meters_untold(about->meters) + inner_meters_untold(about->inner_meters) },
		{ "netlink_events", wiring_overruns(about->wiring) },
		{ "lifecycle_events", lost_events(&lifecycle) },
		{ "lifecycle_times", lifecycle.untimed },
		{ "lifecycle_probes", lifecycle.missed },
		{ "state_files", owners_bad_files(about->owners) },
		{ "looks", about->failures },
	};
	static_assert(ARRAY_SIZE(losses) <= ARRAY_SIZE(list->losses), "room for every kind of loss");

	for (size_t i = 0; i < ARRAY_SIZE(losses); i++)
		list->losses[i] = losses[i];
	list->loss_count = ARRAY_SIZE(losses);
}

int sources_fill(struct source_list *list, const struct sources_about *about)
{
	size_t engine_count;
	const struct source *engines = owners_sources(about->owners, &engine_count);
	size_t count = OWN_SOURCES + engine_count;

	if (count > list->cap) {
		struct source *items = reallocarray(list->items, count, sizeof(*items));

		if (!items)
			return -ENOMEM;
		list->items = items;
		list->cap = count;
	}
	list->items[0] = traffic_source(list, about);
	list->items[1] = lifecycle_source(list, about);
	list->items[2] = netlink_source(list, about->wiring);
	list->items[3] = processes_source(about->namespaces);
	for (size_t i = 0; i < engine_count; i++)
		list->items[OWN_SOURCES + i] = engines[i];
	list->count = count;
	fill_losses(list, about);
	return 0;
}

void sources_free(struct source_list *list)
{
	free(list->items);
	*list = (struct source_list){ 0 };
}
