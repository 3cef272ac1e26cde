/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "observe/owners/containers.h"

/** Larger state files are refused: parsed, one byte can take thirty of memory. Docker's own are 2 to 10 kB. */
#define DOCKER_STATE_MAX ((size_t)1024 * 1024)

/**
 * Looks through ROOT/containers. Symlinks in there are not followed.
 *
 * @containers: a look of them is under way
 * @ret_bad: goes up by one for each file that could not be read or parsed
 * Returns 0, or -errno where the directory cannot be read.
 */
int docker_containers_look(struct containers *containers, const char *root, uint64_t *ret_bad);

/** Whether a process is a container's: its cgroup has the container's id, 64 digits that nobody gives to another by chance. */
bool docker_container_owns(int proc, const struct container *container);
