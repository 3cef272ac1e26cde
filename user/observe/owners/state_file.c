/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/number.h"
#include "observe/namespaces/proc_parse.h"
#include "observe/namespaces/proc_read.h"
#include "observe/owners/cgroup_parse.h"
#include "observe/owners/containers.h"

#define CGROUP_MAX ((size_t)64 * 1024)
#define PID_MAX    ((size_t)32)

/* Copies the next name of a path and goes behind it. Returns 1, 0 at the end, or -ENAMETOOLONG. */
static int next_name(const char **path, char *name, size_t size)
{
	size_t len = strcspn(*path, "/");

	if (len == 0)
		return 0;
	if (len >= size)
		return -ENAMETOOLONG;
	memcpy(name, *path, len);
	name[len] = '\0';
	*path += len;
	*path += strspn(*path, "/");
	return 1;
}

int state_open_dir(int dir, const char *path)
{
	_cleanup_close_ int at = openat(dir, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char name[NAME_MAX + 1];
	int r;

	if (at < 0)
		return -errno;
	while ((r = next_name(&path, name, sizeof(name))) > 0) {
		int next = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

		if (next < 0)
			return -errno;
		cleanup_close(&at);
		at = next;
	}
	return r < 0 ? r : TAKE_FD(at);
}

int state_version(int dir, const char *path, struct file_version *ret)
{
	struct stat st;

	if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	*ret = file_version_of(&st);
	return 0;
}

int state_read(int dir, const char *path, size_t max, struct buf *ret)
{
	const char *slash = strrchr(path, '/');
	_cleanup_close_ int sub = -1;
	char above[PATH_MAX];

	if (!slash)
		return file_read_at(dir, path, max, ret);
	if ((size_t)(slash - path) >= sizeof(above))
		return -ENAMETOOLONG;
	memcpy(above, path, (size_t)(slash - path));
	above[slash - path] = '\0';
	sub = state_open_dir(dir, above);
	return sub < 0 ? sub : file_read_at(sub, slash + 1, max, ret);
}

int state_read_pid(int dir, const char *path, pid_t *ret)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	uint64_t pid;
	int r = state_read(dir, path, PID_MAX, &text);

	if (r < 0)
		return r;
	while (text.len > 0 && text.data[text.len - 1] == '\n')
		text.data[--text.len] = '\0';
	if (text.len == 0 || strlen(text.data) != text.len || parse_u64(text.data, 1, PROC_PID_MAX, &pid) < 0)
		return -EBADMSG;
	*ret = (pid_t)pid;
	return 0;
}

static int read_cgroup(int proc, pid_t pid, struct buf *ret)
{
	char path[PROC_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%d/cgroup", (int)pid);
	return file_read_at(proc, path, CGROUP_MAX, ret);
}

bool state_in_named_cgroup(int proc, pid_t pid, const char *name)
{
	_cleanup_buf_ struct buf cgroup = BUF_INIT;

	return read_cgroup(proc, pid, &cgroup) == 0 && cgroup.len > 0 && cgroup_has_name(cgroup.data, cgroup.len, name);
}

bool state_in_oci_cgroup(int proc, pid_t pid, const char *cgroup)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *prefix = cgroup ? strchr(cgroup, ':') : NULL;
	const char *name = prefix ? strchr(prefix + 1, ':') : NULL;
	char unit[CGROUP_NAME_MAX];
	int len;

	if (!cgroup || read_cgroup(proc, pid, &text) < 0 || text.len == 0)
		return false;
	if (cgroup[0] == '/')
		return cgroup_has_path(text.data, text.len, cgroup);
	if (!name || !name[1])
		return false;
	len = snprintf(unit, sizeof(unit), "%.*s-%s", (int)(name - prefix - 1), prefix + 1, name + 1);
	return len < (int)sizeof(unit) && cgroup_has_name(text.data, text.len, unit);
}
