/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/processes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "observe/kernel/tasks.h"
#include "observe/namespaces/proc_parse.h"
#include "observe/namespaces/proc_read.h"

/* A process that has just been forked is about to move into the namespace it was made for. */
#define YOUNG_LOOKS 2
/* How many looks it takes at most until an old process is found to have moved. */
#define READ_EVERY 8

int processes_open(struct processes *processes, const char *proc)
{
	processes->proc = opendir(proc);
	return processes->proc ? 0 : -errno;
}

/* Whether the link @path in /proc is @wanted. */
static bool leads_to(const struct processes *processes, const char *path, const char *wanted)
{
	char target[64];
	ssize_t len = readlinkat(processes_dir(processes), path, target, sizeof(target) - 1);

	if (len < 0)
		return false;
	target[len] = '\0';
	return strcmp(target, wanted) == 0;
}

/* The first pid namespace has a fixed inode: PROC_PID_INIT_INO in include/linux/proc_ns.h, 3.8. */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

int processes_ask_kernel(struct processes *processes, struct fault *fault)
{
	char own[16];

	(void)snprintf(own, sizeof(own), "%d", (int)getpid());
	if (!leads_to(processes, "self", own) || !leads_to(processes, "self/ns/pid", FIRST_PID_NAMESPACE))
		return fault_set(
			fault, -EXDEV, EXIT_CODE_KERNEL_LACKS,
			"no task iterator: it tells process ids of the first pid namespace, which is not this one");
	return tasks_open(processes->home, &processes->tasks, fault);
}

int processes_dir(const struct processes *processes)
{
	return dirfd(processes->proc);
}

static int compare_pid(const void *a, const void *b)
{
	const struct process *x = a;
	const struct process *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static bool is_foreign(const struct processes *processes, uint64_t netns)
{
	return netns != 0 && netns != processes->home[0] && netns != processes->home[1];
}

/* Whether it is the turn of a process to be read in full. */
static bool is_turn(const struct processes *processes, const struct process *process)
{
	return process->looks < YOUNG_LOOKS || (processes->looks + (uint64_t)process->pid) % READ_EVERY == 0;
}

/*
 * Reads what is due of one process. Where those that are shown live is read in every look, so that nobody is named who has moved
 * out. Returns whether something is other than before that matters outside.
 */
static bool read_process(const struct processes *processes, struct process *process)
{
	const struct process before = *process;
	bool turn = is_turn(processes, process);
	int proc = processes_dir(processes);
	struct proc_stat stat;

	if (!turn && !process->oldest)
		return false;
	process->netns = 0;
	(void)proc_read_netns(proc, process->pid, &process->netns);
	/* the start never changes; a name does with execve(2), soon after the fork or hardly ever */
	if (is_foreign(processes, process->netns) && (turn || process->netns != before.netns)) {
		if (proc_read_stat(proc, process->pid, &stat) < 0) {
			process->netns = 0; /* it ended in between */
		} else {
			process->start_time = stat.start_time;
			memcpy(process->comm, stat.comm, sizeof(process->comm));
		}
	}
	if (!is_foreign(processes, process->netns) && !is_foreign(processes, before.netns))
		return false;
	return process->netns != before.netns || process->start_time != before.start_time ||
	       strcmp(process->comm, before.comm) != 0;
}

static const struct process *find_process(const struct processes *processes, pid_t pid, uint64_t identity)
{
	const struct process key = { .pid = pid };
	const struct process *found;

	if (processes->count == 0)
		return NULL;
	found = bsearch(&key, processes->items, processes->count, sizeof(key), compare_pid);
	return found && found->identity == identity ? found : NULL;
}

static int make_room(struct process **items, size_t *cap, size_t need)
{
	size_t more = *cap ? *cap * 2 : 256;
	struct process *grown;

	if (need <= *cap)
		return 0;
	grown = reallocarray(*items, more, sizeof(**items));
	if (!grown)
		return -ENOMEM;
	*items = grown;
	*cap = more;
	return 0;
}

/* One look in the making. */
struct look {
	size_t count;
	size_t foreign_kept; /* processes of foreign namespaces that are still there */
	size_t foreign;
	bool changed;
};

static void look_at(struct processes *processes, pid_t pid, uint64_t identity, struct look *look)
{
	const struct process *old = find_process(processes, pid, identity);
	struct process *process = &processes->spare[look->count++];

	*process = old ? *old : (struct process){ .pid = pid, .identity = identity };
	if (old && is_foreign(processes, old->netns))
		look->foreign_kept++;
	look->changed |= read_process(processes, process);
	if (process->looks < UINT8_MAX)
		process->looks++;
	if (is_foreign(processes, process->netns))
		look->foreign++;
}

static void take_over(struct processes *processes, const struct look *look)
{
	struct process *items = processes->items;
	size_t cap = processes->cap;

	processes->items = processes->spare;
	processes->cap = processes->spare_cap;
	processes->count = look->count;
	processes->foreign = look->foreign;
	processes->looks++;
	processes->spare = items;
	processes->spare_cap = cap;
}

static bool is_same(const struct process *a, const struct process *b)
{
	return a->pid == b->pid && a->netns == b->netns && a->start_time == b->start_time &&
	       strcmp(a->comm, b->comm) == 0;
}

static void take_task(const struct ctnet_task *task, uint64_t tick_ns, struct process *ret)
{
	*ret = (struct process){ .pid = (pid_t)task->pid,
		                 .netns = task->netns,
		                 .start_time = task->start_ns / tick_ns };
	(void)text_clean(task->comm, strnlen(task->comm, sizeof(task->comm)), ret->comm, sizeof(ret->comm));
}

/* A look that the kernel tells. What was remembered of /proc before is another list, and different from this one. */
static int look_by_tasks(struct processes *processes, bool *ret_changed)
{
	uint64_t tick_ns = 1000000000ULL / (uint64_t)sysconf(_SC_CLK_TCK);
	const struct ctnet_task *tasks;
	struct look look = { .count = 0 };
	int r = tasks_read(processes->tasks, &tasks, &look.count);

	if (r < 0)
		return r;
	while (processes->spare_cap < look.count) {
		r = make_room(&processes->spare, &processes->spare_cap, processes->spare_cap + 1);
		if (r < 0)
			return r;
	}
	look.foreign = look.count;
	look.changed = look.count != processes->count;
	for (size_t i = 0; i < look.count; i++) {
		take_task(&tasks[i], tick_ns, &processes->spare[i]);
		look.changed = look.changed || !is_same(&processes->spare[i], &processes->items[i]);
	}
	*ret_changed = look.changed;
	take_over(processes, &look);
	return 0;
}

static int look_by_proc(struct processes *processes, bool *ret_changed)
{
	struct look look = { .count = 0 };
	bool sorted = true;

	rewinddir(processes->proc);
	for (;;) {
		struct dirent *entry;
		pid_t pid;

		errno = 0;
		entry = readdir(processes->proc);
		if (!entry)
			break;
		if (proc_parse_pid(entry->d_name, &pid) < 0)
			continue;
		if (make_room(&processes->spare, &processes->spare_cap, look.count + 1) < 0)
			return -ENOMEM;
		look_at(processes, pid, entry->d_ino, &look);
		sorted = sorted && (look.count < 2 || processes->spare[look.count - 2].pid < pid);
	}
	if (errno != 0)
		return -errno;
	if (!sorted) /* procfs gives them in order, another file system need not */
		qsort(processes->spare, look.count, sizeof(*processes->spare), compare_pid);
	*ret_changed = look.changed || look.foreign_kept != processes->foreign;
	take_over(processes, &look);
	return 0;
}

int processes_look(struct processes *processes, bool *ret_changed)
{
	if (processes->tasks && look_by_tasks(processes, ret_changed) == 0)
		return 0;
	return look_by_proc(processes, ret_changed);
}

static int compare_age(const void *a, const void *b)
{
	const struct process *x = *(const struct process *const *)a;
	const struct process *y = *(const struct process *const *)b;

	if (x->netns != y->netns)
		return x->netns < y->netns ? -1 : 1;
	if (x->start_time != y->start_time)
		return x->start_time < y->start_time ? -1 : 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

int processes_group(struct processes *processes, const struct process *const **ret, size_t *ret_count)
{
	const struct process **groups = processes->groups;
	size_t all = 0, kept = 0;

	if (processes->foreign > processes->groups_cap) {
		groups = reallocarray(groups, processes->foreign, sizeof(struct process *));
		if (!groups)
			return -ENOMEM;
		processes->groups = groups;
		processes->groups_cap = processes->foreign;
	}
	for (size_t i = 0; i < processes->count; i++) {
		processes->items[i].oldest = false;
		if (is_foreign(processes, processes->items[i].netns))
			groups[all++] = &processes->items[i];
	}
	if (all > 0)
		qsort(groups, all, sizeof(*groups), compare_age);
	for (size_t i = 0; i < all; i++) {
		if (kept > 0 && groups[kept - 1]->netns == groups[i]->netns)
			continue;
		groups[kept++] = groups[i];
		processes->items[groups[i] - processes->items].oldest = true;
	}
	*ret = groups;
	*ret_count = kept;
	return 0;
}

void processes_close(struct processes *processes)
{
	if (processes->proc)
		(void)closedir(processes->proc);
	tasks_free(processes->tasks);
	free(processes->items);
	free(processes->spare);
	free(processes->groups);
	*processes = (struct processes)PROCESSES_INIT;
}
