/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/agreement.h"

#include <inttypes.h>

#include "base/buf.h"
#include "model/accuracy.h"
#include "model/snapshot.h"
#include "render/heading.h"

static void put_differences(struct buf *out, const struct traffic *traffic)
{
	static const char *const names[DIRECTIONS] = { [RECEIVE] = "receive", [TRANSMIT] = "transmit" };
	const char *before = ":";

	for (size_t d = 0; d < DIRECTIONS; d++) {
		const struct difference *difference = &traffic->difference[d];

		if (difference->packets == 0 && difference->bytes == 0)
			continue;
		(void)buf_printf(out, "%s %s %+" PRId64 " packets %+" PRId64 " bytes", before, names[d],
		                 difference->packets, difference->bytes);
		before = ",";
	}
}

void agreement_put(struct buf *out, const struct agreement *agreement)
{
	if (agreement->bridge) {
		(void)buf_printf(out, "bridge %s", agreement->bridge->name);
		put_differences(out, &agreement->bridge->traffic);
	} else if (agreement->interface) {
		const struct interface *interface = agreement->interface;

		(void)buf_printf(out, "%s of ", interface->name[0] ? interface->name : interface->peer.name);
		heading_name(out, agreement->ns);
		put_differences(out, &interface->traffic);
	}
}
