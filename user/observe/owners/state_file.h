/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cleanup.h"

struct buf;
struct file_version;

/*
 * State files of engines, reached step by step: below the directory that is trusted no symlink is followed, whoever may write there.
 */

static inline void cleanup_closedir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}
#define _cleanup_closedir_ _cleanup_(cleanup_closedir)

/**
 * Opens a directory below another.
 *
 * @path: relative to @dir, of one or more names
 * Returns the descriptor, or -errno.
 */
int state_open_dir(int dir, const char *path);

/** The version of a file "SUB/NAME" below @dir, by one call. Returns 0 or -errno. */
int state_version(int dir, const char *path, struct file_version *ret);

/** Reads a file "SUB/NAME" below @dir of at most @max bytes. @ret: appended to. Returns 0 or -errno. */
int state_read(int dir, const char *path, size_t max, struct buf *ret);

/** Reads a process id from a file that holds nothing else. Returns 0, -EBADMSG where it holds none, or -errno. */
int state_read_pid(int dir, const char *path, pid_t *ret);

/**
 * Whether one of the cgroups of a process is named as an OCI runtime's cgroupsPath says: "/default/c1" or "system.slice:prefix:name".
 *
 * @proc: descriptor of /proc
 * @cgroup: NULL: no
 */
bool state_in_oci_cgroup(int proc, pid_t pid, const char *cgroup);

/** Whether one of the cgroups of a process has this name, see cgroup_has_name(). */
bool state_in_named_cgroup(int proc, pid_t pid, const char *name);
