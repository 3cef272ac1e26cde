/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"
#include "observe/inner_meters.h"
#include "observe/kernel/lifecycle.h"
#include "observe/kernel/traffic.h"
#include "observe/meters.h"
#include "observe/namespaces/namespaces.h"
#include "observe/netlink/wiring.h"
#include "observe/owners/owners.h"

/** The state of every source and the count of every loss, as a snapshot takes them. */
struct source_list {
	struct source *items;
	size_t count, cap;
	struct loss losses[16];
	size_t loss_count;
	char missing_probes[256]; /* detail of the lifecycle source */
	char totals_inside[256];  /* of the traffic source */
	char still_waiting[96];   /* likewise */
	char refused[160];        /* of the netlink source */
};

/** Who is asked. */
struct sources_about {
	const struct traffic_programs *programs; /* NULL: nothing is attached */
	const struct lifecycle_probes *probes;   /* NULL: there are none */
	const char *no_probes;                   /* why not */
	const struct namespaces *namespaces;
	const struct meters *meters;
	const struct inner_meters *inner_meters;
	const struct wiring *wiring;
	const struct owners *owners;
	uint64_t failures; /* steps of looks that failed */
};

/**
 * Asks every observer how it is.
 *
 * Returns 0 or -ENOMEM; the text belongs to the observers or is constant.
 */
int sources_fill(struct source_list *list, const struct sources_about *about);

/** Accepts an empty list. */
void sources_free(struct source_list *list);
