/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdint.h>
#include <sys/types.h>

struct proc_stat;

/*
 * What can be asked of one process. @proc is always a descriptor of /proc. A process that is gone is -ESRCH everywhere.
 */

/** Room for a path like "4194304/ns/net". */
#define PROC_PATH_MAX 32

/** Inode of its network namespace; -ESRCH for a zombie too. Returns 0 or -errno; @ret_inode is untouched then. */
int proc_read_netns(int proc, pid_t pid, uint64_t *ret_inode);

/** Returns 0, -EINVAL (not a line of that form) or -errno; @ret is untouched then. */
int proc_read_stat(int proc, pid_t pid, struct proc_stat *ret);

/**
 * Inode number of its directory: a process that is the same has the same one, and a process with the same id has another (see struct
 * processes). The kernel may give a living process a new one when it needs memory. Returns 0 where it is gone.
 */
uint64_t proc_identity(int proc, pid_t pid);

/**
 * Returns 1 where the path of one of its cgroups holds @text (@len bytes), 0 where none does, or -errno where they cannot be read.
 */
int proc_in_cgroup(int proc, pid_t pid, const char *text, size_t len);
