/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/array.h"
#include "observe/owners/containers.h"

/** Larger lists of containers are refused: parsed, one byte can take thirty of memory. Podman writes about 700 bytes a container. */
#define PODMAN_LIST_MAX ((size_t)4 * 1024 * 1024)

/** Podman 4.4 and later keep containers that end with the machine (--rm) in a list of their own. */
#define PODMAN_LISTS 2

/** One user's containers: what is kept of them for as long as they are, and what of them runs. */
struct podman_store {
	char *kept;    /* GRAPH/overlay-containers; owned */
	char *running; /* RUN/overlay-containers; owned */
	uid_t uid;
	struct file_version list_versions[PODMAN_LISTS];
	struct array listed; /* of both lists; sorted by id */
	struct array pods;   /* names found in the database; by id */
};

/**
 * @kept, @running: copied
 * Returns 0 or -ENOMEM.
 */
int podman_store_init(struct podman_store *store, const char *kept, const char *running, uid_t uid);

/**
 * Looks through a store: reads its lists where they changed, and of each container that runs what is not known yet.
 *
 * @containers: a look of them is under way
 * @ret_bad: goes up by one for each file that could not be read or parsed
 * Returns 0, or -errno where there is no such store or it cannot be read.
 */
int podman_store_look(struct podman_store *store, struct containers *containers, uint64_t *ret_bad);

void podman_store_free(struct podman_store *store);
