/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/machined.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "observe/namespaces/proc_parse.h"
#include "observe/namespaces/proc_read.h"
#include "observe/owners/containers.h"
#include "observe/owners/daemons.h"
#include "observe/owners/machined_parse.h"
#include "observe/owners/residents.h"
#include "observe/owners/state_file.h"

#define MACHINES_DIR "/run/systemd/machines"
#define MACHINE_MAX  ((size_t)64 * 1024)

/* A running systemd-nspawn, and the name that its command line gives. */
struct nspawn {
	pid_t pid;
	char name[MACHINE_NAME_MAX + 1];
};

struct machined {
	struct containers containers; /* registered ones */
	struct array nspawns;         /* struct nspawn, sorted by process id */
	uint64_t daemons;             /* generation they were taken from */
	uint64_t residents;           /* generation that was told */
	bool told;
};

static void machined_free(void *state)
{
	struct machined *machined = state;

	if (!machined)
		return;
	containers_free(&machined->containers);
	array_free(&machined->nspawns);
	free(machined);
}

static bool is_child_of_nspawn(int proc, pid_t pid)
{
	struct proc_stat stat, parent;

	return proc_read_stat(proc, pid, &stat) == 0 && stat.parent > 0 &&
	       proc_read_stat(proc, stat.parent, &parent) == 0 && strcmp(parent.comm, "systemd-nspawn") == 0;
}

/* The unit that machined has for it: a scope of its own, or the service that nspawn runs in. */
static bool owns(int proc, const struct container *container)
{
	if (container->cgroup && state_in_named_cgroup(proc, container->pid, container->cgroup))
		return true;
	return is_child_of_nspawn(proc, container->pid);
}

static void *machined_open(const struct owners_options *options)
{
	struct machined *machined = calloc(1, sizeof(*machined));

	(void)options;
	if (!machined)
		return NULL;
	machined->containers = CONTAINERS_OF(owns);
	machined->nspawns = ARRAY_OF(struct nspawn);
	return machined;
}

/* ---- registered machines */

static int read_machine(int dir, const char *name, struct container *ret)
{
	_cleanup_(machine_free) struct machine machine = { .unit = NULL };
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r = file_read_at(dir, name, MACHINE_MAX, &text);

	if (r < 0)
		return r;
	r = machine_parse(text.len ? text.data : "", text.len, name, &machine);
	if (r < 0)
		return r;
	if (!machine.is_container)
		return 0;
	ret->kind = machine.is_lxc ? OWNER_LXC : OWNER_NSPAWN;
	ret->pid = machine.leader;
	ret->cgroup = TAKE_PTR(machine.unit);
	ret->name = strdup(name);
	return ret->name ? 1 : -ENOMEM;
}

static void look_at(struct machined *machined, int dir, const char *name, uint64_t *ret_bad)
{
	_cleanup_(container_free) struct container container = { .pid = 0 };
	struct file_version versions[CONTAINER_FILES] = { 0 };
	struct container_entry *entry;
	bool is_new;
	int r;

	if (state_version(dir, name, &versions[0]) < 0)
		return;
	entry = containers_meet(&machined->containers, name, versions, ret_bad, &is_new);
	if (!entry || !is_new)
		return;
	r = read_machine(dir, name, &container);
	if (r < 0 && r != -ENOENT) /* ENOENT: it ended just now */
		(*ret_bad)++;
	if (r > 0)
		containers_set(&machined->containers, entry, &container);
	else
		containers_clear(&machined->containers, entry, r);
}

/* Beside the files there are symlinks, from the units to them. */
static int look_at_machines(struct machined *machined, const char *prefix, uint64_t *ret_bad)
{
	_cleanup_closedir_ DIR *dir = NULL;
	_cleanup_free_ char *path = NULL;
	const struct dirent *entry;

	if (asprintf(&path, "%s" MACHINES_DIR, prefix) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	dir = opendir(path);
	if (dir)
		(void)containers_watch(&machined->containers, dirfd(dir), "");
	while (dir && (entry = readdir(dir))) {
		if (entry->d_type != DT_LNK && machine_is_name(entry->d_name))
			look_at(machined, dirfd(dir), entry->d_name, ret_bad);
	}
	return 0;
}

/* ---- those that are not registered */

static int refresh_nspawns(struct machined *machined, const struct owner_scene *scene)
{
	const struct array *daemons = &scene->daemons->items;

	machined->nspawns.count = 0;
	for (size_t i = 0; i < daemons->count; i++) {
		const struct daemon *daemon = array_at(daemons, i);
		struct nspawn nspawn = { .pid = daemon->pid };
		_cleanup_buf_ struct buf cmdline = BUF_INIT;

		if (daemon->kind != DAEMON_NSPAWN || daemon->uid != geteuid() ||
		    daemon_read_cmdline(scene->proc, daemon, &cmdline) < 0 ||
		    !nspawn_parse_name(cmdline.data, cmdline.len, nspawn.name))
			continue;
		if (array_append(&machined->nspawns, &nspawn) < 0)
			return -ENOMEM;
	}
	machined->daemons = scene->daemons->generation;
	return 0;
}

static int compare_pid(const void *a, const void *b)
{
	const struct nspawn *x = a;
	const struct nspawn *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static bool is_registered(const struct machined *machined, uint64_t netns)
{
	for (size_t i = 0; i < machined->containers.count; i++) {
		if (machined->containers.items[i].netns == netns)
			return true;
	}
	return false;
}

static int list_nspawns(const struct machined *machined, const struct residents *residents, struct owner_list *list)
{
	for (size_t i = 0; machined->nspawns.count > 0 && i < residents->items.count; i++) {
		const struct resident *resident = array_at(&residents->items, i);
		const struct nspawn key = { .pid = resident->parent };
		struct owner_seen seen = { .inode = resident->netns, .owner = { OWNER_NSPAWN, .pid = resident->pid } };
		size_t at;

		if (!array_find(&machined->nspawns, &key, compare_pid, &at) || is_registered(machined, resident->netns))
			continue;
		seen.owner.name = ((const struct nspawn *)array_at(&machined->nspawns, at))->name;
		if (owner_list_add(list, &seen) < 0)
			return -ENOMEM;
	}
	return 0;
}

static bool knows_any(const struct machined *machined)
{
	for (size_t i = 0; i < machined->containers.count; i++) {
		if (machined->containers.items[i].runs)
			return true;
	}
	return machined->nspawns.count > 0;
}

static int machined_look(void *state, const struct owner_scene *scene, struct owner_list *list, bool *ret_same,
                         uint64_t *ret_bad, struct fault *fault)
{
	struct machined *machined = state;
	bool changed;
	int r;

	(void)fault;
	containers_begin(&machined->containers, scene);
	r = look_at_machines(machined, scene->prefix, ret_bad);
	if (r < 0)
		return r;
	changed = containers_end(&machined->containers) || machined->daemons != scene->daemons->generation ||
	          machined->residents != scene->residents->generation;
	*ret_same = machined->told && !changed;
	if (*ret_same)
		return knows_any(machined) ? 0 : -ENOENT;
	machined->told = false;
	if (refresh_nspawns(machined, scene) < 0 || containers_list(&machined->containers, list) < 0 ||
	    list_nspawns(machined, scene->residents, list) < 0)
		return -ENOMEM;
	machined->told = true;
	machined->residents = scene->residents->generation;
	return knows_any(machined) ? 0 : -ENOENT;
}

const struct owner_engine nspawn_engine = {
	.name = "nspawn",
	.by_process = true,
	.open = machined_open,
	.look = machined_look,
	.free = machined_free,
};
