/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "observe/namespaces/namespaces.h"
#include "observe/netlink/wiring.h"
#include "observe/nsids.h"

/**
 * The search for namespaces that no process and no mount of ours tells of, and for what keeps them alive. It goes through all
 * descriptors of all processes, so it is made once at the start, and after that only while something asks for it (a host end that leads
 * to a stranger, a birth without a process, a holder that may have let go), and then not more often than each STRAYS_PERIOD_NS.
 */
struct strays {
	uint64_t searched;  /* CLOCK_BOOTTIME ns; 0: never */
	bool found;         /* the last search found some: it is to be repeated */
	struct array known; /* of uint64_t; reused */
};

#define STRAYS_PERIOD_NS (10 * 1000000000ULL)

void strays_init(struct strays *strays);

/**
 * Searches, where it is time and there is a reason, and tells @namespaces what was found.
 *
 * Returns 1 where it found other than nothing, now or before, and @namespaces is to be refreshed, 0, or -errno.
 */
int strays_search(struct strays *strays, const char *proc, uint64_t now, struct namespaces *namespaces,
                  struct nsids *nsids, const struct wiring *wiring);

void strays_free(struct strays *strays);
