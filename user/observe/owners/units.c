/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/units.h"

#include <errno.h>
#include <stdlib.h>

#include "observe/owners/cgroup_parse.h"
#include "observe/owners/residents.h"

struct units {
	uint64_t generation; /* of the residents that were told */
	bool told;
	bool any; /* unit was found */
};

static void *units_open(const struct owners_options *options)
{
	(void)options;
	return calloc(1, sizeof(struct units));
}

static int units_look(void *state, const struct owner_scene *scene, struct owner_list *list, bool *ret_same,
                      uint64_t *ret_bad, struct fault *fault)
{
	const struct residents *residents = scene->residents;
	struct units *units = state;

	(void)ret_bad;
	(void)fault;
	*ret_same = units->told && units->generation == residents->generation;
	if (*ret_same)
		return units->any ? 0 : -ENOENT;
	units->told = false;
	units->any = false;
	for (size_t i = 0; i < residents->items.count; i++) {
		const struct resident *resident = array_at(&residents->items, i);
		char name[CGROUP_NAME_MAX];
		const struct owner_seen seen = { .inode = resident->netns,
			                         .owner = { OWNER_UNIT, .name = name, .pid = resident->pid } };

		if (!resident->cgroup || !cgroup_service(resident->cgroup, resident->cgroup_len, name))
			continue;
		if (owner_list_add(list, &seen) < 0)
			return -ENOMEM;
		units->any = true;
	}
	units->told = true;
	units->generation = residents->generation;
	return units->any ? 0 : -ENOENT;
}

const struct owner_engine units_engine = {
	.name = "units",
	.by_process = true,
	.open = units_open,
	.look = units_look,
	.free = free,
};
