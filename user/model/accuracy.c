/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/accuracy.h"

#include "model/snapshot.h"

static bool same(struct count a, struct count b)
{
	return a.packets == b.packets && a.bytes == b.bytes;
}

static bool went_back(struct count before, struct count now)
{
	return now.packets < before.packets || now.bytes < before.bytes;
}

/* Told minus device, of numbers that are far from where their difference would not fit. */
static int64_t minus(uint64_t told, uint64_t device)
{
	return (int64_t)(told - device);
}

/* What is known stays as long as the two ticks allow it. */
static int64_t within(int64_t known, int64_t least, int64_t most)
{
	return known < least ? least : known > most ? most : known;
}

/* When nothing moved, what bytes there are beyond what was known are those of the dropped packets. */
static void learn_dropped_bytes(struct accuracy *accuracy, const struct accuracy_reading *now)
{
	int64_t more = minus(now->told.bytes, now->device.bytes) - accuracy->known.bytes;

	if (now->dropped != accuracy->dropped)
		accuracy->owing = true;
	else if (accuracy->owing && same(now->device, accuracy->device) && same(now->told, accuracy->told) &&
	         more >= accuracy->dropped_bytes) {
		accuracy->dropped_bytes = more;
		accuracy->owing = false;
	}
}

static void compare(struct accuracy *accuracy, const struct accuracy_reading *now)
{
	const struct accuracy before = *accuracy;
	struct difference *known = &accuracy->known;

	known->packets = within(known->packets, minus(before.told.packets, now->device.packets),
	                        minus(now->told.packets, before.device.packets));
	learn_dropped_bytes(accuracy, now);
	if (!accuracy->owing)
		known->bytes =
			within(known->bytes, minus(before.told.bytes, now->device.bytes) - accuracy->dropped_bytes,
		               minus(now->told.bytes, before.device.bytes) - accuracy->dropped_bytes);
}

bool accuracy_compare(struct accuracy *accuracy, const struct accuracy_reading *now, struct difference *ret)
{
	bool compared =
		accuracy->read && !went_back(accuracy->device, now->device) && !went_back(accuracy->told, now->told);

	if (compared) {
		compare(accuracy, now);
		*ret = accuracy->known;
	} else {
		*accuracy = (struct accuracy){ .read = true, .owing = now->dropped > 0 };
	}
	accuracy->told = now->told;
	accuracy->device = now->device;
	accuracy->dropped = now->dropped;
	return compared;
}

/* ---- of a whole snapshot */

static int64_t size_of(int64_t value)
{
	return value < 0 ? -value : value;
}

/* Takes one interface in. Returns whether it is the worst so far. */
static bool take(struct agreement *agreement, const struct traffic *traffic)
{
	struct difference *largest = &agreement->largest;
	bool worst = false;

	if (!traffic->compared)
		return false;
	agreement->compared++;
	for (size_t d = 0; d < DIRECTIONS; d++) {
		int64_t packets = size_of(traffic->difference[d].packets);
		int64_t bytes = size_of(traffic->difference[d].bytes);

		worst |= packets > largest->packets || (largest->packets == 0 && bytes > largest->bytes);
		largest->packets = packets > largest->packets ? packets : largest->packets;
		largest->bytes = bytes > largest->bytes ? bytes : largest->bytes;
	}
	return worst;
}

struct agreement snapshot_agreement(const struct snapshot *snap)
{
	struct agreement agreement = { .compared = 0 };

	for (size_t n = 0; n < snap->namespace_count; n++) {
		const struct netns *ns = &snap->namespaces[n];

		for (size_t i = 0; i < ns->interface_count; i++) {
			if (!ns->interfaces[i].gone && take(&agreement, &ns->interfaces[i].traffic)) {
				agreement.ns = ns;
				agreement.interface = &ns->interfaces[i];
			}
		}
	}
	for (size_t b = 0; b < snap->bridge_count; b++) {
		if (!snap->bridges[b].gone && take(&agreement, &snap->bridges[b].traffic)) {
			agreement.ns = NULL;
			agreement.interface = NULL;
			agreement.bridge = &snap->bridges[b];
		}
	}
	return agreement;
}
