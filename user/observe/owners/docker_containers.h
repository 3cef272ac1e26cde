/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "observe/owners/docker_parse.h"
#include "observe/owners/owners.h"

/** More containers than this, running or not, are not looked at; what is left out counts as bad once. */
#define DOCKER_CONTAINERS_MAX 65536

/** Larger state files are refused: parsed, one byte can take thirty of memory. Docker's own are 2 to 10 kB. */
#define DOCKER_STATE_MAX ((size_t)1024 * 1024)

/** What tells one version of a file from another; the daemon replaces it by rename(2). */
struct file_version {
	uint64_t inode;
	int64_t size;
	struct timespec changed; /* st_ctim: cannot be set back as st_mtim can */
};

/** One container directory. */
struct docker_entry {
	char id[DOCKER_ID_LEN + 1];
	struct file_version version;
	struct docker_container container; /* of that version; zeroed unless it runs */
	uint64_t netns;                    /* it lives in; 0: not known, or not running */
	pid_t pid;                         /* that was found to be its main process; 0: none */
	uint64_t identity;                 /* of that process (proc_identity()) */
	bool met;                          /* in the look under way */
};

/** The containers of all roots, remembered from look to look: no file is read again before it has changed. */
struct docker_containers {
	struct docker_entry *items; /* the first `sorted` by id, new ones behind */
	size_t count, cap;
	size_t sorted;
	uint64_t looks;
	uint64_t left_out;    /* beyond DOCKER_CONTAINERS_MAX, in the last look */
	uint64_t leaving_out; /* in the look under way */
	bool changed;
};

/** A look is begin, one docker_containers_look() for each root, end. */
void docker_containers_begin(struct docker_containers *containers);

/**
 * Looks through ROOT/containers. Symlinks in there are not followed.
 *
 * @ret_bad: goes up by one for each file that could not be read or parsed
 * Returns 0, or -errno where the directory cannot be read.
 */
int docker_containers_look(struct docker_containers *containers, const char *root, uint64_t *ret_bad);

/**
 * Drops the containers that were not met and finds out where the running ones live.
 *
 * @proc: descriptor of /proc
 * Returns whether anything is other than after the look before.
 */
bool docker_containers_end(struct docker_containers *containers, int proc);

/** Adds all that run to @list. Returns 0 or -ENOMEM. */
int docker_containers_list(const struct docker_containers *containers, struct owner_list *list);

/** Accepts a zeroed struct. */
void docker_containers_free(struct docker_containers *containers);
