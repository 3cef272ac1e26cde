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
#include "observe/namespaces/watch.h"

/* A namespace is made before a process is in it: one that has none is told of when it is older than this. */
#define BORN_IN_FACT_NS 1000000000ULL

struct table {
	struct ns_seen *rows; /* sorted by inode */
	bool *forgotten;      /* for each row: its namespace was destroyed */
	size_t count, cap;
};

struct namespaces {
	char *netns_dir;
	struct processes processes;
	struct places places; /* text of the rows */
	struct places spare_places;
	struct births births;   /* of the living, as the probes told */
	struct arena held_text; /* owns the text of held */
	struct array held;      /* of struct ns_seen: what has no process, and what keeps it alive */
	struct watch watch;
	struct table table;
	struct table spare; /* where the next look is put together */
	bool places_stale;  /* mounts or names changed since they were read */
	bool table_stale;   /* something changed since the table was made */
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

static int compare_inode(const void *a, const void *b)
{
	const struct ns_seen *x = a;
	const struct ns_seen *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static struct ns_seen *find_row(const struct table *table, uint64_t inode)
{
	const struct ns_seen key = { .inode = inode };

	if (table->count == 0)
		return NULL;
	return bsearch(&key, table->rows, table->count, sizeof(key), compare_inode);
}

static int table_reserve(struct table *table, size_t need)
{
	struct ns_seen *rows;
	bool *forgotten;
	size_t cap = need + need / 2;

	if (need <= table->cap)
		return 0;
	rows = reallocarray(table->rows, cap, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	table->rows = rows;
	forgotten = reallocarray(table->forgotten, cap, sizeof(*forgotten));
	if (!forgotten)
		return -ENOMEM;
	table->forgotten = forgotten;
	table->cap = cap;
	return 0;
}

static void table_add(struct table *table, const struct ns_seen *row)
{
	if (row->inode != 0)
		table->rows[table->count++] = *row;
}

static void add_processes(struct table *table, const struct process *const *groups, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct ns_seen row = { .inode = groups[i]->netns, .nsid = NSID_HERE, .pid = groups[i]->pid };

		memcpy(row.comm, groups[i]->comm, sizeof(row.comm));
		table_add(table, &row);
	}
}

static void add_places(struct table *table, const struct places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		const struct place *place = &places->items[i];

		/* the first of each namespace is the best of it */
		if (i > 0 && places->items[i - 1].inode == place->inode)
			continue;
		table_add(table, &(struct ns_seen){ .inode = place->inode,
		                                    .stamp = place->stamp,
		                                    .nsid = NSID_HERE,
		                                    .name = place->name,
		                                    .mount = place->path });
	}
}

/* Makes one row of those that tell of the same namespace. */
static void join_rows(struct table *table)
{
	size_t kept = 0;

	qsort(table->rows, table->count, sizeof(*table->rows), compare_inode);
	for (size_t i = 0; i < table->count; i++) {
		const struct ns_seen *row = &table->rows[i];
		struct ns_seen *last = kept > 0 ? &table->rows[kept - 1] : NULL;

		if (!last || last->inode != row->inode) {
			table->rows[kept++] = *row;
			continue;
		}
		if (last->pid == 0 && row->pid != 0) {
			last->pid = row->pid;
			memcpy(last->comm, row->comm, sizeof(last->comm));
		}
		if (!last->mount) {
			last->mount = row->mount;
			last->name = row->name;
			last->stamp = row->stamp;
		}
		if (!last->holder)
			last->holder = row->holder;
	}
	table->count = kept;
}

/* What only the probes and the search for holders tell of, but the unborn (@now is their clock): who was seen is seen until the death is told. */
static void add_unseen(struct table *table, const struct namespaces *namespaces, uint64_t now)
{
	for (size_t i = 0; i < namespaces->held.count; i++)
		table_add(table, array_at(&namespaces->held, i));
	for (size_t i = 0; i < namespaces->births.items.count; i++) {
		const struct birth *birth = array_at(&namespaces->births.items, i);
		const struct ns_seen *old = find_row(&namespaces->table, birth->inode);

		if (now > birth->time + BORN_IN_FACT_NS || (old && old->birth >= birth->time))
			table_add(table, &(struct ns_seen){ .inode = birth->inode, .nsid = NSID_HERE });
	}
}

/*
 * Whether a row of the last look is of the same namespace. A birth that was told tells; a row that was there before the event of its
 * own birth came is older than nothing. Else another mounted file is another namespace, unless a process stayed in it all the time.
 */
static bool is_same(const struct ns_seen *old, const struct ns_seen *row, uint64_t told)
{
	bool stayed = old->pid != 0 && old->pid == row->pid;

	if (told != 0 && old->told_birth == told)
		return true;
	if (old->stamp != 0 && row->stamp != 0 && old->stamp != row->stamp && !stayed)
		return false;
	return old->told_birth == told || (old->told_birth == 0 && told <= old->birth);
}

static void keep_births(struct table *table, const struct table *before, const struct births *births, uint64_t now)
{
	for (size_t i = 0; i < table->count; i++) {
		struct ns_seen *row = &table->rows[i];
		const struct ns_seen *old = find_row(before, row->inode);
		uint64_t told = births_of(births, row->inode);
		bool same = old && !before->forgotten[old - before->rows] && is_same(old, row, told);

		row->told_birth = told;
		row->birth = told ? told : now;
		if (same)
			row->birth = old->birth;
		table->forgotten[i] = false;
	}
}

/* Puts the table together anew from what the last look gave. */
static int make_table(struct namespaces *namespaces, const struct places *places, uint64_t now)
{
	const struct process *const *groups = NULL;
	struct table *next = &namespaces->spare;
	struct table before = namespaces->table;
	size_t count = 0;
	int r;

	r = processes_group(&namespaces->processes, &groups, &count);
	if (r == 0)
		r = table_reserve(next,
		                  count + places->count + namespaces->held.count + namespaces->births.items.count + 2);
	if (r < 0)
		return r;
	next->count = 0;
	table_add(next, &namespaces->observing);
	table_add(next, &namespaces->machine);
	add_processes(next, groups, count);
	add_places(next, places);
	add_unseen(next, namespaces, now);
	join_rows(next);
	keep_births(next, &before, &namespaces->births, now);
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
	const struct table *table = &namespaces->table;
	const struct ns_seen *row = find_row(table, inode);

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
	const struct ns_seen *row = find_row(&namespaces->table, inode);

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

/* Opens one way into the namespace; the inode tells whether it still leads there. */
static int open_checked(int dir, const char *path, uint64_t wanted)
{
	_cleanup_close_ int fd = -1;
	uint64_t inode;

	fd = nsfs_open(dir, path, &inode);
	if (fd < 0)
		return fd;
	return inode == wanted ? TAKE_FD(fd) : -ESTALE;
}

int namespaces_open_fd(const struct namespaces *namespaces, const struct ns_seen *seen)
{
	int r = -ENOENT;

	if (seen->pid > 0) {
		char path[PROC_PATH_MAX];

		(void)snprintf(path, sizeof(path), "%d/ns/net", (int)seen->pid);
		r = open_checked(processes_dir(&namespaces->processes), path, seen->inode);
	}
	if (r < 0 && seen->mount) {
		int by_process = r;

		r = open_checked(AT_FDCWD, seen->mount, seen->inode);
		if (r < 0 && by_process == -ESTALE)
			r = by_process;
	}
	return r;
}

int namespaces_inode_of_pid(const struct namespaces *namespaces, pid_t pid, uint64_t *ret)
{
	return proc_read_netns(processes_dir(&namespaces->processes), pid, ret);
}

static void table_free(struct table *table)
{
	free(table->rows);
	free(table->forgotten);
}

void namespaces_free(struct namespaces *namespaces)
{
	if (!namespaces)
		return;
	watch_close(&namespaces->watch);
	processes_close(&namespaces->processes);
	places_free(&namespaces->places);
	places_free(&namespaces->spare_places);
	table_free(&namespaces->table);
	table_free(&namespaces->spare);
	births_free(&namespaces->births);
	array_free(&namespaces->held);
	arena_free(&namespaces->held_text);
	free(namespaces->netns_dir);
	free(namespaces);
}
