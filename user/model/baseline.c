/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/baseline.h"

/* One bound on what the device had counted before the program. The program may be ahead of the device: then 0. */
static uint64_t bound(uint64_t device, uint64_t hook)
{
	return device > hook ? device - hook : 0;
}

static uint64_t tighten(enum hook_side side, uint64_t value, uint64_t next)
{
	bool tighter = side == HOOK_BEFORE_DEVICE ? next > value : next < value;

	return tighter ? next : value;
}

static bool same(struct count a, struct count b)
{
	return a.packets == b.packets && a.bytes == b.bytes;
}

void baseline_tighten(struct baseline *baseline, enum hook_side side, struct count device, struct count hook)
{
	const struct count next = {
		.packets = bound(device.packets, hook.packets),
		.bytes = bound(device.bytes, hook.bytes),
	};

	if (baseline->settled)
		return;
	if (!baseline->set) {
		baseline->value = next;
		baseline->set = true;
		return;
	}
	baseline->value.packets = tighten(side, baseline->value.packets, next.packets);
	baseline->value.bytes = tighten(side, baseline->value.bytes, next.bytes);
}

void baseline_sample(struct baseline *baseline, enum hook_side side, struct count device, struct count hook)
{
	bool again = baseline->sampled && same(device, baseline->device) && same(hook, baseline->hook);

	if (baseline->settled)
		return;
	baseline_tighten(baseline, side, device, hook);
	baseline->settled = again;
	baseline->sampled = true;
	baseline->device = device;
	baseline->hook = hook;
}

struct count baseline_total(const struct baseline *baseline, struct count hook)
{
	return (struct count){
		.packets = baseline->value.packets + hook.packets,
		.bytes = baseline->value.bytes + hook.bytes,
	};
}
