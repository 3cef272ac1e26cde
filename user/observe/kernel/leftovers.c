/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/leftovers.h"

#include "observe/kernel/attach.h"
#include "observe/kernel/pins.h"

int leftovers_remove(const char *bpffs, struct leftovers *ret)
{
	struct pins_removed pinned;
	int r = pins_remove_all(bpffs, &pinned);

	if (r < 0)
		return r;
	*ret = (struct leftovers){
		.links = pinned.links,
		.filters = clsact_sweep(NULL, NULL) + clsact_reclaim(NULL),
		.maps = pinned.others,
		.running = pinned.running,
	};
	return 0;
}
