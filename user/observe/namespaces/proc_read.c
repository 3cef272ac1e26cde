/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/proc_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "observe/namespaces/proc_parse.h"

#define CGROUP_MAX ((size_t)64 * 1024)

static int gone(int error)
{
	return error == ENOENT ? -ESRCH : -error;
}

int proc_read_netns(int proc, pid_t pid, uint64_t *ret_inode)
{
	char path[PROC_PATH_MAX], target[64];
	ssize_t len;

	(void)snprintf(path, sizeof(path), "%d/ns/net", (int)pid);
	len = readlinkat(proc, path, target, sizeof(target));
	return len < 0 ? gone(errno) : proc_parse_netns(target, (size_t)len, ret_inode);
}

int proc_read_stat(int proc, pid_t pid, struct proc_stat *ret)
{
	_cleanup_close_ int fd = -1;
	char path[PROC_PATH_MAX], text[1024]; /* what is read of the 52 numbers comes early */
	ssize_t len;

	(void)snprintf(path, sizeof(path), "%d/stat", (int)pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return gone(errno);
	len = read(fd, text, sizeof(text));
	return len < 0 ? gone(errno) : proc_parse_stat(text, (size_t)len, ret);
}

uint64_t proc_identity(int proc, pid_t pid)
{
	char path[PROC_PATH_MAX];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%d", (int)pid);
	return fstatat(proc, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ? 0 : st.st_ino;
}

int proc_in_cgroup(int proc, pid_t pid, const char *text, size_t len)
{
	_cleanup_buf_ struct buf cgroups = BUF_INIT;
	char path[PROC_PATH_MAX];
	int r;

	(void)snprintf(path, sizeof(path), "%d/cgroup", (int)pid);
	r = file_read_at(proc, path, CGROUP_MAX, &cgroups);
	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	return cgroups.len > 0 && memmem(cgroups.data, cgroups.len, text, len);
}
