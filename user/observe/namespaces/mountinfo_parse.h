/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

/** A network namespace that is mounted somewhere. */
struct netns_mount {
	uint64_t inode;
	char path[PATH_MAX]; /* raw bytes, absolute, unescaped */
};

/**
 * Reads one line of /proc/PID/mountinfo, without its newline.
 *
 * @ret: filled where 1 is returned, else its content is undefined
 * Returns 1 for a mount of a network namespace, 0 for any other mount, -EINVAL where the line is none.
 * Source: proc_pid_mountinfo(5); the kernel escapes space, tab, newline and backslash as three octal digits (seq_path())
 */
int mountinfo_parse_netns(const char *line, size_t len, struct netns_mount *ret);
