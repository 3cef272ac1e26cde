/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "observe/owners/owners.h"

/*
 * The containers of an engine that keeps a state file for each, remembered from look to look: no file is read again before it has
 * changed, and no container's place is looked for again while its process is the same.
 */

/** More containers than this, running or not, are not looked at; what is left out counts as bad once. */
#define CONTAINERS_MAX 65536

/** What tells one version of a file from another; all zero: no file. */
struct file_version {
	uint64_t inode;
	int64_t size;
	struct timespec changed; /* st_ctim: cannot be set back as st_mtim can */
};

struct file_version file_version_of(const struct stat *st);
bool file_version_same(const struct file_version *a, const struct file_version *b);

/** A container that runs, as its engine's files tell. Text is raw and owned; NULL: not told. */
struct container {
	enum owner_kind kind;
	char *id;
	char *name;
	char *image;
	char *pod_name;
	char *pod_namespace;
	char *pod_id;  /* of the container that holds its pod's namespace */
	char *sandbox; /* where its namespace is mounted */
	char *cgroup; /* of its main process, as the engine has it: what tells the process from a later one with its id */
	uid_t uid;    /* whose container it is */
	pid_t pid;    /* its main process; 0: not told */
	bool joined; /* its namespace was made for another container */
};

/** Accepts a zeroed container, which it leaves behind. */
void container_free(struct container *container);

/** Says who a pod is: kind and name ("namespace/pod"), for the container that holds its namespace. Returns 0 or -ENOMEM. */
int container_name_pod(struct container *container);

/** The file versions an entry is made of. */
#define CONTAINER_FILES 2

struct container_entry {
	char *key; /* owned */
	struct file_version versions[CONTAINER_FILES];
	bool runs;
	struct container container; /* zeroed unless it runs */
	uint64_t netns;             /* it lives in; 0: not known, or not running */
	pid_t pid;                  /* that was found to be its main process; 0: none */
	uint64_t identity;          /* of that process (proc_identity()) */
	uint64_t started;           /* that process, clock ticks since boot */
	uint8_t tries;              /* to find where it lives; stays at its largest value */
	bool met;                   /* in the look under way */
};

/** Returns whether the process @pid, which has its id, is the container's main process. @proc: descriptor of /proc */
typedef bool (*container_owns_fn)(int proc, const struct container *container);

struct containers {
	container_owns_fn owns;
	const struct owner_scene *scene; /* of the look under way */
	struct container_entry *items;   /* the first `sorted` by key, new ones behind */
	size_t count, cap;
	size_t sorted;
	uint64_t looks;
	uint64_t left_out;    /* beyond CONTAINERS_MAX, in the last look */
	uint64_t leaving_out; /* in the look under way */
	bool changed;
};

#define CONTAINERS_OF(f) ((struct containers){ .owns = (f) })

/** A look is begin, one containers_meet() for each container, end. @scene: to be there until then */
void containers_begin(struct containers *containers, const struct owner_scene *scene);

/** Watches a directory of the engine, see state_watch_add(): all that is above a state file, before it is read. */
bool containers_watch(const struct containers *containers, int dir, const char *name);

/**
 * Meets a container.
 *
 * @key: what it is known by from look to look; copied
 * @versions: CONTAINER_FILES, of its files, from before they are read: a change in between is seen in the next look
 * @ret_bad: goes up where there are too many
 * @ret_read: whether the files are new, so that containers_set() or containers_clear() is due
 * Returns its entry, valid until the next call, or NULL where there are too many or there is no memory.
 */
struct container_entry *containers_meet(struct containers *containers, const char *key,
                                        const struct file_version *versions, uint64_t *ret_bad, bool *ret_read);

/** Takes over what the files of an entry say, for a container that runs. */
void containers_set(struct containers *containers, struct container_entry *entry, struct container *container);

/** The container of an entry does not run, or cannot be read (@error, < 0): then our own trouble is tried again. */
void containers_clear(struct containers *containers, struct container_entry *entry, int error);

/**
 * Drops the containers that were not met and finds out where the running ones live.
 *
 * Returns whether anything is other than after the look before.
 */
bool containers_end(struct containers *containers);

/** Adds all that were found to @list. Returns 0 or -ENOMEM. */
int containers_list(const struct containers *containers, struct owner_list *list);

/** Leaves it empty and ready. */
void containers_free(struct containers *containers);
