/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/array.h"

struct buf;

/** The programs whose command lines tell where an engine keeps its state. */
enum daemon_kind {
	DAEMON_DOCKERD,
	DAEMON_CONTAINERD,
	DAEMON_CONMON, /* one for each container of Podman and CRI-O */
	DAEMON_NSPAWN, /* one for each container of systemd-nspawn */
	DAEMON_KINDS,
};

/** One that runs. The inode number of its /proc/PID tells it from a later process with its id. */
struct daemon {
	enum daemon_kind kind;
	pid_t pid;
	uint64_t identity;
	uid_t uid;
};

/** Without a reason /proc is gone through again after so many looks. */
#define DAEMONS_EVERY 12

/**
 * The running daemons, found by one walk through /proc for all engines. Only those that see the same root directory as we do are met: in
 * a container there may be one too, whose paths mean something else.
 */
struct daemons {
	struct array items;  /* struct daemon, sorted by process id */
	struct array known;  /* every process met in the last walk */
	struct array spare;  /* where the next walk is put together */
	struct array found;  /* likewise, the next items */
	uint64_t generation; /* goes up with every change of the items */
	unsigned int looks;  /* since the last walk */
	bool walked;
};

void daemons_init(struct daemons *daemons);

/**
 * Sees to it that the daemons are known: goes through /proc at the first call, where @due, when a daemon other than a container's own has
 * ended, and every DAEMONS_EVERY calls. A process whose name was read twice is not read again.
 *
 * @proc: descriptor of /proc
 * @due: something appeared that a new daemon may have made
 * Returns 0, or -errno: those known so far stand.
 */
int daemons_refresh(struct daemons *daemons, int proc, bool due);

/** Appends the arguments of a daemon, separated by NUL. Returns 0, -ESRCH where it is gone, or -errno. */
int daemon_read_cmdline(int proc, const struct daemon *daemon, struct buf *ret);

void daemons_free(struct daemons *daemons);
