/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** More daemons than this on one machine are not looked at. */
#define DOCKER_ROOTS_MAX 16

struct daemons;

/** Where Docker keeps its state on this machine. */
struct docker_roots {
	char *paths[DOCKER_ROOTS_MAX]; /* distinct data roots; owned */
	size_t count;
	uint64_t generation; /* of the daemons they were taken from */
};

/**
 * Sees to it that the roots are known: those of the running daemons, by their command lines and configuration files; where none ran
 * yet, what /etc/docker/daemon.json says, else /var/lib/docker. Only daemons of our own user count.
 *
 * @proc: descriptor of /proc
 * @prefix: before the two default paths
 * Returns 0 or -ENOMEM: the roots known so far stand.
 */
int docker_roots_refresh(struct docker_roots *roots, const struct daemons *daemons, int proc, const char *prefix);

/** Adds a root that was told; copied. What is told is not to be refreshed. Returns 0 or -ENOMEM. */
int docker_roots_add(struct docker_roots *roots, const char *path);

/** Accepts a zeroed struct. */
void docker_roots_free(struct docker_roots *roots);
