/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "observe/namespaces/births.h"
#include "observe/namespaces/nsfs.h"
#include "observe/namespaces/places.h"
#include "observe/namespaces/proc_parse.h"
#include "observe/namespaces/proc_read.h"
#include "observe/namespaces/processes.h"
#include "observe/namespaces/seen_table.h"
#include "observe/namespaces/watch.h"

/* A namespace is made before a process is in it: one that has none is told of when it is older than this. */
#define BORN_IN_FACT_NS 1000000000ULL

struct namespaces {
	char *netns_dir;
	struct processes processes;
	struct places places; /* text of the rows */
	struct places spare_places;
	struct births births;   /* of the living, as the probes told */
	struct arena held_text; /* owns the text of held */
	struct array held;      /* of struct ns_seen: what has no process, and what keeps it alive */
	struct watch watch;
	struct seen_table table;
	struct seen_table spare; /* where the next look is put together */
	bool places_stale;       /* mounts or names changed since they were read */
	bool table_stale;        /* something changed since the table was made */
	struct ns_seen observing;
	struct ns_seen machine;
	struct fault no_tasks; /* why the kernel is not asked for the processes */
};

static int read_observing(int proc, uint64_t *ret)
{
	char target[64];
	ssize_t len = readlinkat(proc, "self/ns/net", target, sizeof(target));

	return len < 0 ? -errno : proc_parse_netns(target, (size_t)len, ret);
}

/*
 * The machine's own namespace: that of process 1, or, where that may not be read, of the parent of all kernel threads, which never
 * leave the first namespace.
 */
static void find_machine(int proc, struct ns_seen *machine)
{
	struct proc_stat stat = { .pid = 0 };
	uint64_t inode;

	if (proc_read_netns(proc, 1, &inode) == 0) {
		(void)proc_read_stat(proc, 1, &stat);
	} else if (proc_read_netns(proc, 2, &inode) < 0 || proc_read_stat(proc, 2, &stat) < 0 ||
	           !(stat.flags & PROC_FLAG_KTHREAD)) {
		return;
	}
	machine->inode = inode;
	machine->pid = stat.pid;
	memcpy(machine->comm, stat.comm, sizeof(machine->comm));
}

static int open_parts(struct namespaces *namespaces, const struct namespaces_options *options, struct fault *fault)
{
	int proc;
	int r;

	namespaces->netns_dir = strdup(options->netns_dir);
	if (!namespaces->netns_dir)
		return -ENOMEM;
	r = processes_open(&namespaces->processes, options->proc);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot open %s: %s", options->proc, strerror(-r));
	proc = processes_dir(&namespaces->processes);
	r = read_observing(proc, &namespaces->observing.inode);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME,
		                 "cannot read %s/self/ns/net: %s; is procfs mounted there?", options->proc,
		                 strerror(-r));
	find_machine(proc, &namespaces->machine);
	namespaces->processes.home[0] = namespaces->observing.inode;
	namespaces->processes.home[1] = namespaces->machine.inode;
	if (options->ask_kernel)
		(void)processes_ask_kernel(&namespaces->processes, &namespaces->no_tasks);
	r = watch_open(&namespaces->watch, proc, options->netns_dir);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot watch %s/self/mountinfo and %s: %s",
		                 options->proc, options->netns_dir, strerror(-r));
	return 0;
}

static void cleanup_namespaces(struct namespaces **namespaces)
{
	namespaces_free(*namespaces);
}

int namespaces_open(const struct namespaces_options *options, struct namespaces **ret, struct fault *fault)
{
	_cleanup_(cleanup_namespaces) struct namespaces *namespaces = malloc(sizeof(*namespaces));
	int r;

	if (!namespaces)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "out of memory");
	*namespaces = (struct namespaces){
		.processes = PROCESSES_INIT,
		.places = PLACES_INIT,
		.spare_places = PLACES_INIT,
		.watch = WATCH_INIT,
		.places_stale = true,
		.table_stale = true,
		.observing.nsid = NSID_HERE,
		.machine.nsid = NSID_HERE,
	};
	births_init(&namespaces->births);
	namespaces->held = ARRAY_OF(struct ns_seen);
	r = open_parts(namespaces, options, fault);
	if (r == -ENOMEM)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "out of memory");
	if (r < 0)
		return r;
	*ret = TAKE_PTR(namespaces);
	return 0;
}

int namespaces_fd(const struct namespaces *namespaces)
{
	return namespaces->watch.epoll;
}

bool namespaces_dispatch(struct namespaces *namespaces)
{
	namespaces->places_stale |= watch_take(&namespaces->watch);
	return namespaces->places_stale;
}

static void add_processes(struct seen_table *table, const struct process *const *groups, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct ns_seen row = { .inode = groups[i]->netns, .nsid = NSID_HERE, .pid = groups[i]->pid };

		memcpy(row.comm, groups[i]->comm, sizeof(row.comm));
		seen_table_add(table, &row);
	}
}

static void add_places(struct seen_table *table, const struct places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		const struct place *place = &places->items[i];

		/* the first of each namespace is the best of it */
		if (i > 0 && places->items[i - 1].inode == place->inode)
			continue;
		seen_table_add(table, &(struct ns_seen){ .inode = place->inode,
		                                         .stamp = place->stamp,
		                                         .nsid = NSID_HERE,
		                                         .name = place->name,
		                                         .mount = place->path });
	}
}

/* What only the probes and the search for holders tell of, but the unborn (@now is their clock): who was seen is seen until the death is told. */
static void add_unseen(struct seen_table *table, const struct namespaces *namespaces, uint64_t now)
{
	for (size_t i = 0; i < namespaces->held.count; i++)
		seen_table_add(table, array_at(&namespaces->held, i));
	for (size_t i = 0; i < namespaces->births.items.count; i++) {
		const struct birth *birth = array_at(&namespaces->births.items, i);
		const struct ns_seen *old = seen_table_find(&namespaces->table, birth->inode);

		if (now > birth->time + BORN_IN_FACT_NS || (old && old->birth >= birth->time))
			seen_table_add(table, &(struct ns_seen){ .inode = birth->inode, .nsid = NSID_HERE });
	}
}

/* Puts the table together anew from what the last look gave. */
static int make_table(struct namespaces *namespaces, const struct places *places, uint64_t now)
{
	const struct process *const *groups = NULL;
	struct seen_table *next = &namespaces->spare;
	struct seen_table before = namespaces->table;
	size_t count = 0;
	int r;

	r = processes_group(&namespaces->processes, &groups, &count);
	if (r == 0)
		r = seen_table_reserve(next, count + places->count + namespaces->held.count +
		                                     namespaces->births.items.count + 2);
	if (r < 0)
		return r;
	next->count = 0;
	seen_table_add(next, &namespaces->observing);
	seen_table_add(next, &namespaces->machine);
	add_processes(next, groups, count);
	add_places(next, places);
	add_unseen(next, namespaces, now);
	seen_table_join(next);
	seen_table_keep_births(next, &before, &namespaces->births, now);
	namespaces->table = *next;
	namespaces->spare = before;
	return 0;
}

int namespaces_refresh(struct namespaces *namespaces, uint64_t now)
{
	bool read_places = namespaces_dispatch(namespaces);
	bool changed = false;
	int r;

	/* places before processes: a named namespace is never older than the process that is found in it */
	if (read_places) {
		r = places_read(processes_dir(&namespaces->processes), namespaces->netns_dir,
		                &namespaces->spare_places);
		if (r < 0)
			return r;
	}
	r = processes_look(&namespaces->processes, &changed);
	if (r < 0)
		return r;
	namespaces->table_stale |= changed;
	if (!read_places && !namespaces->table_stale)
		return 0;
	namespaces->table_stale = true;
	r = make_table(namespaces, read_places ? &namespaces->spare_places : &namespaces->places, now);
	if (r < 0)
		return r;
	if (read_places) {
		struct places before = namespaces->places;

		namespaces->places = namespaces->spare_places;
		namespaces->spare_places = before;
	}
	namespaces->places_stale = false;
	namespaces->table_stale = false;
	return 0;
}

struct ns_seen *namespaces_seen(struct namespaces *namespaces, size_t *ret_count)
{
	*ret_count = namespaces->table.count;
	return namespaces->table.rows;
}

void namespaces_forget(struct namespaces *namespaces, uint64_t inode)
{
	const struct seen_table *table = &namespaces->table;
	const struct ns_seen *row = seen_table_find(table, inode);

	if (!row)
		return;
	table->forgotten[row - table->rows] = true;
	namespaces->table_stale = true;
}

void namespaces_born(struct namespaces *namespaces, uint64_t inode, uint64_t birth)
{
	/* without memory it is a namespace like one that was there before the probes */
	(void)births_add(&namespaces->births, inode, birth);
	namespaces->table_stale = true;
}

void namespaces_died(struct namespaces *namespaces, uint64_t inode, uint64_t birth)
{
	const struct ns_seen *row = seen_table_find(&namespaces->table, inode);

	births_remove(&namespaces->births, inode, birth);
	if (birth == 0 && row && row->told_birth == 0)
		namespaces_forget(namespaces, inode);
	namespaces->table_stale = true;
}

static int hold(struct namespaces *namespaces, const struct holder *holder)
{
	char path[2 * HOLDER_PATH_MAX];
	char text[2 * HOLDER_PATH_MAX];
	struct ns_seen row = { .inode = holder->inode, .nsid = NSID_HERE };

	holder_path(holder, path, sizeof(path));
	holder_format(holder, text, sizeof(text));
	row.holder = arena_strndup(&namespaces->held_text, text, sizeof(text));
	if (path[0])
		row.mount = arena_strndup(&namespaces->held_text, path, sizeof(path));
	return row.holder ? array_append(&namespaces->held, &row) : -ENOMEM;
}

int namespaces_set_holders(struct namespaces *namespaces, const struct holders *holders)
{
	uint64_t last = 0;
	int r = 0;

	namespaces->held.count = 0;
	arena_reset(&namespaces->held_text);
	namespaces->table_stale = true;
	for (size_t i = 0; i < holders->items.count && r == 0; i++) {
		const struct holder *holder = array_at(&holders->items, i);

		/* the first of each namespace says most */
		if (holder->inode != last)
			r = hold(namespaces, holder);
		last = holder->inode;
	}
	return r;
}

uint64_t namespaces_observing(const struct namespaces *namespaces)
{
	return namespaces->observing.inode;
}

uint64_t namespaces_machine(const struct namespaces *namespaces)
{
	return namespaces->machine.inode;
}

const struct tasks *namespaces_tasks(const struct namespaces *namespaces, const char **ret_why_not)
{
	*ret_why_not = namespaces->no_tasks.text;
	return namespaces->processes.tasks;
}

uint64_t namespaces_processes(const struct namespaces *namespaces)
{
	return namespaces->processes.count;
}

/* The inode tells whether what was opened is the namespace that is wanted. */
static int check_inode(int opened, uint64_t inode, uint64_t wanted)
{
	_cleanup_close_ int fd = opened;

	return fd >= 0 && inode != wanted ? -ESTALE : TAKE_FD(fd);
}

int namespaces_open_fd(const struct namespaces *namespaces, const struct ns_seen *seen)
{
	uint64_t inode = 0;
	int r = -ENOENT;

	if (seen->pid > 0) {
		r = nsfs_open_of_process(processes_dir(&namespaces->processes), seen->pid, &inode);
		r = check_inode(r, inode, seen->inode);
	}
	if (r < 0 && seen->mount) {
		int by_process = r;

		r = nsfs_open(AT_FDCWD, seen->mount, &inode);
		r = check_inode(r, inode, seen->inode);
		if (r < 0 && by_process == -ESTALE)
			r = by_process;
	}
	return r;
}

int namespaces_inode_of_pid(const struct namespaces *namespaces, pid_t pid, uint64_t *ret)
{
	return proc_read_netns(processes_dir(&namespaces->processes), pid, ret);
}

void namespaces_free(struct namespaces *namespaces)
{
	if (!namespaces)
		return;
	watch_close(&namespaces->watch);
	processes_close(&namespaces->processes);
	places_free(&namespaces->places);
	places_free(&namespaces->spare_places);
	seen_table_free(&namespaces->table);
	seen_table_free(&namespaces->spare);
	births_free(&namespaces->births);
	array_free(&namespaces->held);
	arena_free(&namespaces->held_text);
	free(namespaces->netns_dir);
	free(namespaces);
}
