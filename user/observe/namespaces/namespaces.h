/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "model/observation.h"
#include "observe/namespaces/holders.h"

struct namespaces;
struct tasks;

/** Where to look; tests point these at fixture trees. */
struct namespaces_options {
	const char *proc;      /* "/proc" */
	const char *netns_dir; /* "/run/netns", where `ip netns add` mounts */
	bool ask_kernel;       /* for the processes, rather than go through /proc, where that can be had */
};

/**
 * Makes the finder of network namespaces: by the processes in them (/proc/PID/ns/net), by the names of `ip netns`, and by nsfs mounts
 * (/proc/self/mountinfo, "nsfs net:[inode]"; Docker's and CNI's among them). Watches @netns_dir and the mount table for changes.
 * Keeps no descriptor on anybody's namespace.
 *
 * @options: copied
 * @ret: freed with namespaces_free(); untouched on failure
 * Returns 0 or -errno, with @fault filled.
 */
int namespaces_open(const struct namespaces_options *options, struct namespaces **ret, struct fault *fault);

/** The descriptor to poll (an epoll descriptor, POLLIN): mounts or names changed; then call namespaces_dispatch(). */
int namespaces_fd(const struct namespaces *namespaces);

/** Takes what was waiting on the descriptor. Returns whether names or mounts may have changed, so that a new look is due. */
bool namespaces_dispatch(struct namespaces *namespaces);

/**
 * Looks again. A process that vanishes or changes namespace meanwhile is an ordinary thing. Birth times of namespaces that were there before
 * (same inode without a gap in between) are kept.
 *
 * @now: CLOCK_BOOTTIME ns, the birth of those that are new
 * Returns 0, or -errno; the last state is kept on failure.
 */
int namespaces_refresh(struct namespaces *namespaces, uint64_t now);

/** What was seen, sorted by inode; nsid is NSID_HERE everywhere (the caller asks netlink). Valid until the next refresh. */
struct ns_seen *namespaces_seen(struct namespaces *namespaces, size_t *ret_count);

/**
 * Says that the namespace of this inode, as last seen, was destroyed (told by an nsid event, or by a probe that did not see its birth): should
 * the inode be seen again, it is another namespace with a birth of its own.
 */
void namespaces_forget(struct namespaces *namespaces, uint64_t inode);

/**
 * Says what a probe told of a birth or a death, so that an inode that is handed out again at once is never taken for the one before. A
 * namespace that was born is a row from the second on that it lives, even where no process and no mount of it is found.
 *
 * @birth: CLOCK_BOOTTIME ns; for a death 0 where the probe did not see the birth
 */
void namespaces_born(struct namespaces *namespaces, uint64_t inode, uint64_t birth);
void namespaces_died(struct namespaces *namespaces, uint64_t inode, uint64_t birth);

/** Says what keeps namespaces alive that have no process; replaces what was said before. Copied. */
int namespaces_set_holders(struct namespaces *namespaces, const struct holders *holders);

/** The namespace we run in, and that of process 1 (0 where it may not be read). */
uint64_t namespaces_observing(const struct namespaces *namespaces);
uint64_t namespaces_machine(const struct namespaces *namespaces);

/**
 * Whom the processes are asked of; NULL: /proc is gone through.
 *
 * @ret_why_not: "" where the kernel is asked, or was not to be
 */
const struct tasks *namespaces_tasks(const struct namespaces *namespaces, const char **ret_why_not);

/** How many processes the last look met; of foreign namespaces only, where the kernel is asked. */
uint64_t namespaces_processes(const struct namespaces *namespaces);

/**
 * Opens the network namespace of a seen row, by its process or its mount, for one call; the caller closes it at once, for an open
 * descriptor keeps a namespace alive. Checks that the inode is the one wanted.
 *
 * Returns the descriptor, or -errno (-ESTALE: another namespace stands there now).
 */
int namespaces_open_fd(const struct namespaces *namespaces, const struct ns_seen *seen);

/** Inode of the network namespace of a process. Returns 0, -ESRCH, or -errno. */
int namespaces_inode_of_pid(const struct namespaces *namespaces, pid_t pid, uint64_t *ret);

/** Inode of the network namespace behind an nsfs file. Returns 0, -EINVAL where it is no namespace, or -errno. */
int namespaces_inode_of_path(const char *path, uint64_t *ret);

/** Accepts NULL. */
void namespaces_free(struct namespaces *namespaces);
