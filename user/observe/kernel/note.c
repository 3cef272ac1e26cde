/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/note.h"

#include <string.h>

#define TRIES 8 /* it is written once a tick: to be overtaken twice is rare */

void note_begin(struct ctnet_note *note, uint32_t ifindex, uint32_t netns)
{
	*note = (struct ctnet_note){ .generation = note->generation, .netns = netns };
	__atomic_store_n(&note->ifindex, ifindex, __ATOMIC_SEQ_CST);
}

void note_keep(struct ctnet_note *note, const struct ctnet_kept *kept)
{
	uint32_t count = note->kept_count + 1;

	note->kept[count & 1] = *kept;
	__atomic_store_n(&note->kept_count, count, __ATOMIC_SEQ_CST);
}

bool note_kept(const struct ctnet_note *note, uint32_t generation, struct ctnet_kept *ret)
{
	for (int i = 0; i < TRIES; i++) {
		uint32_t count = __atomic_load_n(&note->kept_count, __ATOMIC_SEQ_CST);
		struct ctnet_kept kept = note->kept[count & 1];

		if (count == 0 || __atomic_load_n(&note->generation, __ATOMIC_SEQ_CST) != generation)
			return false;
		if (__atomic_load_n(&note->kept_count, __ATOMIC_SEQ_CST) == count) {
			*ret = kept;
			return true;
		}
	}
	return false;
}
