/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/meter_attach.h"

#include <errno.h>

#include "observe/kept.h"

/* Pairs of readings that are taken at an attach at most, while traffic flows. */
#define FIRST_PAIRS 3

/* Who reads along knows of the baselines what the agent knows now. */
void meter_read(struct meter *m, const struct traffic_programs *programs)
{
	struct ctnet_counters counted[CTNET_HOOKS];
	struct ctnet_kept kept;

	if (!m->attached) {
		meter_fill(m, NULL);
		return;
	}
	if (traffic_is_along(programs) && traffic_kept(programs, m->link.index, &kept))
		kept_take_up(&kept, m->baseline, NULL);
	if (traffic_read(programs, m->link.index, counted) == 0)
		meter_fill(m, counted);
}

int meter_sample(struct meter *m, struct traffic_programs *programs, struct wiring *wiring, take_pair_fn take)
{
	struct meter_pair pair;
	int r;

	r = traffic_read(programs, m->link.index, pair.before);
	if (r < 0)
		return r;
	r = wiring_stats_of(wiring, m->link.index, &m->stats);
	if (r < 0)
		return r;
	r = traffic_read(programs, m->link.index, pair.after);
	return r < 0 ? r : meter_take_pair(m, &pair, take);
}

void meter_keep(const struct meter *m, const struct traffic_programs *programs)
{
	const struct ctnet_kept kept = kept_of(m->baseline, m->published);

	traffic_keep(programs, m->link.index, &kept);
}

/* What the agent before us knew of it, or the one that we read along. */
static void take_up(struct meter *m, const struct traffic_programs *programs)
{
	struct ctnet_kept kept;

	if (traffic_kept(programs, m->link.index, &kept))
		kept_take_up(&kept, m->baseline, m->published);
	traffic_note_name(programs, m->link.index, m->link.name, link_kind_name(m->link.kind));
}

int meter_attach(struct meter *m, struct traffic_programs *programs, struct wiring *wiring)
{
	int r = traffic_attach(programs, m->link.index);

	m->behind = r == -EAGAIN;
	if (r < 0)
		return r;
	m->attached = true;
	take_up(m, programs);
	/* a life that sees no tick has only these; where packets came in between, what they count twice shows in the next pair */
	for (int i = 0; i < FIRST_PAIRS && !meter_settled(m); i++)
		if (meter_sample(m, programs, wiring, baseline_tighten) <= 0)
			break;
	meter_keep(m, programs);
	m->traffic.midlife =
		m->baseline[CTNET_INGRESS].value.packets > 0 || m->baseline[CTNET_EGRESS].value.packets > 0;
	return 0;
}
