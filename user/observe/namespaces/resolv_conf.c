/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/resolv_conf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "observe/namespaces/nsfs.h"

/* As though @root were "/": neither "..", nor an absolute symlink, nor a magic link of a /proc in there leads out of it. */
static int open_in_root(int root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

/* The process stays the one it was while its directory is open: of a process that is gone everything in there is ESRCH. */
static int open_root(const char *proc, pid_t pid, uint64_t netns)
{
	_cleanup_close_ int dir = -1;
	_cleanup_close_ int root = -1;
	char path[PATH_MAX];
	uint64_t inode;
	int r;

	if ((size_t)snprintf(path, sizeof(path), "%s/%d", proc, (int)pid) >= sizeof(path))
		return -ENAMETOOLONG;
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	root = openat(dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	r = nsfs_open(dir, "ns/net", &inode);
	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	(void)close(r);
	return inode == netns ? TAKE_FD(root) : -ESRCH;
}

int resolv_conf_of_process(const char *proc, pid_t pid, uint64_t netns, struct buf *ret)
{
	_cleanup_close_ int root = open_root(proc, pid, netns);
	_cleanup_close_ int file = -1;

	if (root < 0)
		return root;
	file = open_in_root(root, "etc/resolv.conf");
	return file < 0 ? file : file_read_place(file, RESOLV_CONF_MAX, ret);
}

int resolv_conf_of_name(const char *dir, const char *name, struct buf *ret)
{
	_cleanup_close_ int file = -1;
	char path[PATH_MAX];

	if (strchr(name, '/') || strcmp(name, "..") == 0 || strcmp(name, ".") == 0)
		return -ENOENT;
	if ((size_t)snprintf(path, sizeof(path), "%s/%s/resolv.conf", dir, name) >= sizeof(path))
		return -ENAMETOOLONG;
	file = open(path, O_PATH | O_CLOEXEC);
	return file < 0 ? -errno : file_read_place(file, RESOLV_CONF_MAX, ret);
}
