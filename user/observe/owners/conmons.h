/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/array.h"
#include "observe/owners/containers.h"
#include "observe/owners/storage_parse.h"

struct daemons;

/** Where the containers of one user are, as his conmons have it. */
struct conmon_root {
	struct conmon_place place;
	uid_t uid;
};

/** More places than this of one user other than our own are not looked at: anybody can call a program conmon. */
#define CONMON_ROOTS_OF_USER 4
/** More places than this are not looked at. */
#define CONMON_ROOTS_MAX 256

/** The places that the running conmons tell of, shared by Podman and CRI-O. A place stays when its last container is gone. */
struct conmons {
	struct array roots;  /* struct conmon_root, in the order they were met */
	struct array known;  /* conmons that were asked, sorted by process id */
	uint64_t generation; /* of the daemons they were taken from */
	uint64_t changes;    /* goes up with every change of the roots */
};

void conmons_init(struct conmons *conmons);

/**
 * Asks the conmons that were not asked before.
 *
 * @proc: descriptor of /proc
 * Returns 0 or -ENOMEM.
 */
int conmons_refresh(struct conmons *conmons, const struct daemons *daemons, int proc);

/**
 * Whether a process is the main process of a container with a conmon: it is in a cgroup with the container's id and the container is our
 * own user's, or its parent is a conmon of the container's user that has the id among its arguments. So nobody can give a name to
 * another user's process.
 */
bool conmon_owns(int proc, const struct container *container);

/**
 * Opens a directory that a user told of. Where he is another, it must be his.
 *
 * Returns the descriptor, or -errno (-EPERM: it is not).
 */
int conmon_open_dir(const char *path, uid_t uid);

void conmons_free(struct conmons *conmons);
