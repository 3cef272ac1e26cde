/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <net/if.h>
#include <stdint.h>
#include <sys/types.h>

#include "ctnet_lifecycle.h" /* enum ctnet_event_kind: the one list of what happens */

/**
 * One thing that happened to a namespace or an interface, as the kernel told it. What is not known is 0 or "". Text is cleaned.
 */
struct lifecycle_event {
	enum ctnet_event_kind kind;
	uint64_t time;   /* CLOCK_BOOTTIME ns */
	uint64_t inode;  /* namespace it happened in (MOVED: it came to) */
	uint64_t cookie; /* of that namespace, never reused; 0 before 5.12 */
	uint64_t
		birth; /* of that namespace, CLOCK_BOOTTIME ns: with the inode its identity; 0: older than the probes */
	uint64_t duration;    /* ns; CREATED: its setup, DYING: its life, DESTROYED: its teardown */
	uint64_t other_inode; /* MOVED: namespace it came from */
	uint64_t cgroup;      /* v2 id of the cgroup of the task that did it */
	pid_t pid;            /* process that did it, as the initial pid namespace counts; 0 in DYING and DESTROYED */
	pid_t tid;
	char comm[CTNET_NAME_SIZE];
	uint32_t ifindex;
	uint32_t other_ifindex; /* MOVED: index before; JOINED, LEFT: of the bridge */
	char name[IFNAMSIZ];
	char other_name[IFNAMSIZ]; /* MOVED, RENAMED: name before; JOINED, LEFT: of the bridge */
};

/** "created", "dying", "destroyed", "registered", "moved", "renamed", "unregistered", "joined", "left"; never NULL for a valid kind. */
const char *lifecycle_kind_name(enum ctnet_event_kind kind);
