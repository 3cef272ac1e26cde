/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;

/** Longest resolv.conf that is taken over. glibc reads three servers and a search list of it, so a longer one is no such file. */
#define RESOLV_CONF_MAX ((size_t)64 * 1024)

/**
 * Reads /etc/resolv.conf as a process of a container has it: the engines mount one of their own there. A symlink in it leads nowhere but within
 * the container's own root (openat2(2), RESOLVE_IN_ROOT, Linux 5.6); what is no regular file is never opened.
 *
 * @proc: "/proc"
 * @netns: inode of the network namespace the process has to be in: process ids are handed out again
 * @ret: appended to; untouched on failure
 * Returns 0; -ENOENT: it has none; -ESRCH: the process is gone, or elsewhere; -EINVAL: no regular file; -EFBIG; or another -errno.
 */
int resolv_conf_of_process(const char *proc, pid_t pid, uint64_t netns, struct buf *ret);

/**
 * Reads the one that the administrator has put down for a name of `ip netns`: DIR/NAME/resolv.conf, as `ip netns exec` takes it.
 *
 * @dir: "/etc/netns"
 * Returns as above.
 */
int resolv_conf_of_name(const char *dir, const char *name, struct buf *ret);
