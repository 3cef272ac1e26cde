/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/nsfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <linux/magic.h>
#include <linux/nsfs.h>

#include "base/cleanup.h"
#include "observe/namespaces/namespaces.h"
#include "observe/namespaces/proc_read.h"

/* Whether it is a network namespace that stands open: nsfs holds those of all kinds; since Linux 4.11, ioctl_ns(2). */
static int check(int fd, uint64_t *ret_inode)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET)
		return -EINVAL;
	*ret_inode = st.st_ino;
	return 0;
}

int nsfs_open(int dir, const char *path, uint64_t *ret_inode)
{
	_cleanup_close_ int place = openat(dir, path, O_PATH | O_CLOEXEC);
	_cleanup_close_ int fd = -1;
	char again[32];
	struct statfs fs;
	int r;

	if (place < 0)
		return -errno;
	if (fstatfs(place, &fs) < 0)
		return -errno;
	if (fs.f_type != NSFS_MAGIC)
		return -EINVAL;
	(void)snprintf(again, sizeof(again), "/proc/self/fd/%d", place);
	fd = open(again, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = check(fd, ret_inode);
	return r < 0 ? r : TAKE_FD(fd);
}

int nsfs_open_of_process(int proc, pid_t pid, uint64_t *ret_inode)
{
	_cleanup_close_ int fd = -1;
	char path[PROC_PATH_MAX];
	int r;

	(void)snprintf(path, sizeof(path), "%d/ns/net", (int)pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = check(fd, ret_inode);
	return r < 0 ? r : TAKE_FD(fd);
}

int namespaces_inode_of_path(const char *path, uint64_t *ret)
{
	_cleanup_close_ int fd = nsfs_open(AT_FDCWD, path, ret);

	return fd < 0 ? fd : 0;
}
