/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kept.h"

struct ctnet_kept kept_of(const struct baseline baseline[CTNET_HOOKS], const struct count told[CTNET_HOOKS])
{
	struct ctnet_kept kept;

	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++) {
		const struct baseline *b = &baseline[hook];

		kept.base[hook] = (struct ctnet_count){ b->value.packets, b->value.bytes };
		kept.told[hook] = (struct ctnet_count){ told[hook].packets, told[hook].bytes };
		kept.set[hook] = b->set;
		kept.settled[hook] = b->settled;
	}
	return kept;
}

void kept_take_up(const struct ctnet_kept *kept, struct baseline baseline[CTNET_HOOKS], struct count told[CTNET_HOOKS])
{
	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++) {
		const struct ctnet_count *base = &kept->base[hook];

		baseline[hook] = (struct baseline){
			.set = kept->set[hook] != 0,
			.settled = kept->settled[hook] != 0,
			.value = { base->packets, base->bytes },
		};
		if (told)
			told[hook] = (struct count){ kept->told[hook].packets, kept->told[hook].bytes };
	}
}
