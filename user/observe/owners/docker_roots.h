/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** More daemons than this on one machine are not looked at. */
#define DOCKER_ROOTS_MAX 16

/** A dockerd that runs; the inode number of its /proc/PID tells it from a later process with its id. */
struct docker_process {
	pid_t pid;
	uint64_t identity;
};

/** Where Docker keeps its state on this machine. */
struct docker_roots {
	char *paths[DOCKER_ROOTS_MAX]; /* distinct data roots; owned */
	size_t count;
	struct docker_process daemons[DOCKER_ROOTS_MAX];
	size_t daemon_count;
	unsigned int looks; /* since /proc was searched */
};

/**
 * Sees to it that the roots are known: those of the running daemons, by their command lines and configuration files; where none ran
 * yet, what /etc/docker/daemon.json says, else /var/lib/docker. /proc is searched on the first call, when a known daemon has ended,
 * and every DOCKER_SEARCH_EVERY calls for as long as none is known.
 *
 * Only daemons of our own user that see the same root directory as we do count: in a container there may be one too, whose paths mean
 * something else.
 *
 * @proc: descriptor of /proc
 * Returns 0, or -errno: the roots known so far stand.
 */
int docker_roots_refresh(struct docker_roots *roots, int proc);

#define DOCKER_SEARCH_EVERY 12

/** Accepts a zeroed struct. */
void docker_roots_free(struct docker_roots *roots);
