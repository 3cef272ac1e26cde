/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/**
 * Opens a network namespace by a path: a mount of it, /proc/PID/ns/net, or a symlink to one of these. Whatever else stands there is
 * looked at with O_PATH only, so that no device, FIFO or dead network file system feels it.
 *
 * @dir: directory descriptor, or AT_FDCWD
 * @path: relative to @dir
 * @ret_inode: of the namespace; untouched on failure
 *
 * Returns a descriptor (close it soon: it keeps the namespace alive), -EINVAL where it is no network namespace, or what open(2) said.
 */
int nsfs_open(int dir, const char *path, uint64_t *ret_inode);

/**
 * Opens the network namespace of a process, as above. What procfs has under that name is a namespace and nothing else, so it is opened in
 * one step.
 *
 * @proc: descriptor of /proc
 */
int nsfs_open_of_process(int proc, pid_t pid, uint64_t *ret_inode);
