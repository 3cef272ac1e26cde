/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"

struct tasks;

/** One process, as far as its network namespace goes. */
struct process {
	pid_t pid;
	uint64_t identity;   /* inode number of its directory in /proc; 0: told by the iterator */
	uint64_t netns;      /* 0: not to be seen (a zombie, or not permitted) */
	uint64_t start_time; /* clock ticks since boot; read in foreign namespaces only, as is comm */
	char comm[16];       /* cleaned text */
	uint8_t looks;       /* at it so far; stays at its largest value */
	bool oldest;         /* of its foreign namespace, at the last processes_group() */
};

/**
 * The processes of the machine and the namespaces they live in, remembered from look to look. A foreign namespace is one that is not at
 * home: neither the observing one nor the machine's.
 *
 * Reading /proc/PID/ns/net costs ten times as much as the directory entry, so a process that was seen before is not read again each
 * time. It is known again by the inode number of /proc/PID, which comes with readdir(3) and is new for each process even where the
 * process id is reused (proc_fill_cache() in fs/proc/base.c; a process id's entry is dropped with its process).
 * What that number does not tell is that a process moved (setns(2), unshare(2)): therefore
 * young ones are read each time, those that are shown as the oldest of a namespace too, and all others every few looks.
 *
 * Where there is a task iterator (kernel/tasks.h) it tells of all foreign ones at each look, and nothing of this is needed. CPU
 * time on 6.18, 2 cores, with 1,100 and 10,100 processes, a tenth and a fiftieth of them foreign: a first look 0.5 and 4.3 ms, by /proc 6.8 and 58; each
 * later one 0.2 and 4.4, by /proc 1.1 and 16.4. To load the program takes 20 ms: a command that looks once is better off with /proc.
 */
struct processes {
	DIR *proc;
	uint64_t home[2];    /* inodes; 0: none */
	struct tasks *tasks; /* asked first; NULL: /proc is gone through */
	struct process *items;
	size_t count, cap;
	struct process *spare; /* where the next look is put together */
	size_t spare_cap;
	const struct process **groups;
	size_t groups_cap;
	size_t foreign; /* of items, those in foreign namespaces */
	uint64_t looks;
};

#define PROCESSES_INIT                                                                                                 \
	{                                                                                                              \
		.proc = NULL                                                                                           \
	}

/**
 * @proc: path of /proc
 * Returns 0 or -errno. processes_close() also after a failure.
 */
int processes_open(struct processes *processes, const char *proc);

/**
 * Has the kernel tell of the foreign processes from now on (kernel/tasks.h), where it can and where process ids mean the same to it and
 * in this /proc. After home[] is filled in.
 *
 * Returns 0; or -errno with @fault filled: /proc is gone through as before.
 */
int processes_ask_kernel(struct processes *processes, struct fault *fault);

/** The descriptor of the directory. */
int processes_dir(const struct processes *processes);

/**
 * Looks at all processes again.
 *
 * @ret_changed: whether one appeared in, left, or changed its name in a foreign namespace
 * Returns 0, or -errno: the last look stands.
 */
int processes_look(struct processes *processes, bool *ret_changed);

/**
 * The oldest process of each foreign namespace, sorted by namespace. Valid until the next look.
 *
 * Returns 0 or -ENOMEM.
 */
int processes_group(struct processes *processes, const struct process *const **ret, size_t *ret_count);

/** Accepts PROCESSES_INIT. */
void processes_close(struct processes *processes);
