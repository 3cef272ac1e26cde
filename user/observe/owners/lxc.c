/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/lxc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "observe/namespaces/proc_read.h"
#include "observe/owners/cgroup_parse.h"
#include "observe/owners/lxc_parse.h"
#include "observe/owners/residents.h"

#define CMDLINE_MAX ((size_t)128 * 1024)

struct lxc {
	uint64_t generation; /* of the residents that were told */
	bool told;
	bool any; /* container was found */
};

static void *lxc_open(const struct owners_options *options)
{
	(void)options;
	return calloc(1, sizeof(struct lxc));
}

/*
 * LXC calls a second cgroup of the same name "NAME-1" (and the monitor's own stays as it is), so what stands behind the last dash may be
 * LXC's.
 */
static bool without_number(char *name)
{
	char *dash = strrchr(name, '-');

	if (!dash || dash == name || !dash[1] || dash[1 + strspn(dash + 1, "0123456789")])
		return false;
	*dash = '\0';
	return true;
}

/* Finds the name of the container that a process is the first of. */
static bool name_of(int proc, const struct resident *resident, char *name)
{
	_cleanup_buf_ struct buf cmdline = BUF_INIT;
	char path[PROC_PATH_MAX];

	if (!resident->cgroup || resident->parent <= 0 || !cgroup_lxc(resident->cgroup, resident->cgroup_len, name))
		return false;
	(void)snprintf(path, sizeof(path), "%d/cmdline", (int)resident->parent);
	if (file_read_at(proc, path, CMDLINE_MAX, &cmdline) < 0 || cmdline.len == 0)
		return false;
	return lxc_is_monitor_of(cmdline.data, cmdline.len, name) ||
	       (without_number(name) && lxc_is_monitor_of(cmdline.data, cmdline.len, name));
}

static int lxc_look(void *state, const struct owner_scene *scene, struct owner_list *list, bool *ret_same,
                    uint64_t *ret_bad, struct fault *fault)
{
	const struct residents *residents = scene->residents;
	struct lxc *lxc = state;

	(void)ret_bad;
	(void)fault;
	*ret_same = lxc->told && lxc->generation == residents->generation;
	if (*ret_same)
		return lxc->any ? 0 : -ENOENT;
	lxc->told = false;
	lxc->any = false;
	for (size_t i = 0; i < residents->items.count; i++) {
		const struct resident *resident = array_at(&residents->items, i);
		char name[CGROUP_NAME_MAX];
		const struct owner_seen seen = { .inode = resident->netns,
			                         .owner = { OWNER_LXC, .name = name, .pid = resident->pid } };

		if (!name_of(scene->proc, resident, name))
			continue;
		if (owner_list_add(list, &seen) < 0)
			return -ENOMEM;
		lxc->any = true;
	}
	lxc->told = true;
	lxc->generation = residents->generation;
	return lxc->any ? 0 : -ENOENT;
}

const struct owner_engine lxc_engine = {
	.name = "lxc",
	.by_process = true,
	.open = lxc_open,
	.look = lxc_look,
	.free = free,
};
