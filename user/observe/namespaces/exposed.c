/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/exposed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "observe/namespaces/exposed_text.h"
#include "observe/namespaces/nsfs.h"

#define MARKER_MAX ((size_t)1024)

/* A state directory that goes while somebody waits for its lock is made anew. */
#define LOCK_ATTEMPTS 8

const struct exposed_places exposed_usual_places = { "/run/netns", "/run/ctnet/exposed" };

/* ---- the state directory */

static int make_parents(const char *path)
{
	char parent[PATH_MAX];
	char *slash;

	if ((size_t)snprintf(parent, sizeof(parent), "%s", path) >= sizeof(parent))
		return -ENAMETOOLONG;
	slash = strrchr(parent, '/');
	if (slash && slash != parent) {
		*slash = '\0';
		if (mkdir(parent, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

/* Whether nobody but us can have put anything in there. */
static int check_ours(int dir)
{
	struct stat st;

	if (fstat(dir, &st) < 0)
		return -errno;
	return st.st_uid == geteuid() && (st.st_mode & 022) == 0 ? 0 : -EPERM;
}

/* Opens and locks it for one operation. With @make false a directory that is not there is -ENOENT. */
static int lock_state(const struct exposed_places *places, bool make)
{
	for (int i = 0; i < LOCK_ATTEMPTS; i++) {
		_cleanup_close_ int dir = -1;
		struct stat st;
		int r = make ? make_parents(places->state_dir) : 0;

		if (r < 0)
			return r;
		dir = open(places->state_dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (dir < 0 && errno == ENOENT && make)
			continue;
		if (dir < 0)
			return -errno;
		r = check_ours(dir);
		if (r < 0)
			return r;
		if (flock(dir, LOCK_EX) < 0 || fstat(dir, &st) < 0)
			return -errno;
		if (st.st_nlink > 0)
			return TAKE_FD(dir);
	}
	return -EAGAIN;
}

static int open_state(const struct exposed_places *places, bool make, struct fault *fault)
{
	int dir = lock_state(places, make);

	if (dir == -EPERM || dir == -EACCES)
		return fault_set(fault, dir, EXIT_CODE_NOT_PERMITTED,
		                 "%s: needs root, and to be writable by root alone", places->state_dir);
	if (dir < 0 && (make || dir != -ENOENT))
		return fault_set(fault, dir, EXIT_CODE_RUNTIME, "%s: %s", places->state_dir, strerror(-dir));
	return dir;
}

/* Nothing is left behind the last name; rmdir(2) takes only what is empty. */
static void drop_state(const struct exposed_places *places)
{
	char parent[PATH_MAX];
	char *slash;

	if (rmdir(places->state_dir) < 0)
		return;
	(void)snprintf(parent, sizeof(parent), "%s", places->state_dir);
	slash = strrchr(parent, '/');
	if (slash && slash != parent) {
		*slash = '\0';
		(void)rmdir(parent);
	}
}

static int read_marker(int state, const char *name, struct exposed *ret)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r = file_read_at(state, name, MARKER_MAX, &text);

	if (r < 0)
		return r;
	(void)snprintf(ret->name, sizeof(ret->name), "%s", name);
	return exposed_read(text.data, text.len, ret);
}

static int write_marker(const struct exposed_places *places, const struct exposed *row)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r = exposed_write(row, &text);

	return r < 0 ? r : file_replace(places->state_dir, row->name, text.data, text.len, 0600);
}

/* ---- the name */

/* What a path leads to. Returns 0, -ENOENT, or -EINVAL where it is no network namespace. */
static int identify(const char *path, struct exposed *ret)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	uint64_t inode;

	fd = nsfs_open(AT_FDCWD, path, &inode);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	ret->inode = inode;
	ret->changed_s = st.st_ctim.tv_sec;
	ret->changed_ns = st.st_ctim.tv_nsec;
	return 0;
}

static bool is_same(const struct exposed *a, const struct exposed *b)
{
	return a->inode == b->inode && a->changed_s == b->changed_s && a->changed_ns == b->changed_ns;
}

static int path_of(const struct exposed_places *places, const char *name, char out[PATH_MAX])
{
	return (size_t)snprintf(out, PATH_MAX, "%s/%s", places->netns_dir, name) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/*
 * As iproute2's netns_add(): the directory becomes a mount of its own that is shared, so that a name which is taken away here goes in every
 * mount namespace that has it; the lock is the one that `ip netns add` takes.
 */
static int share_dir(const char *dir)
{
	_cleanup_close_ int lock = -1;

	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return -errno;
	lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0 || flock(lock, LOCK_EX) < 0)
		return -errno;
	if (mount("", dir, "none", MS_SHARED | MS_REC, NULL) == 0)
		return 0;
	if (errno != EINVAL) /* not a mount of its own yet */
		return -errno;
	if (mount(dir, dir, "none", MS_BIND | MS_REC, NULL) < 0)
		return -errno;
	return mount("", dir, "none", MS_SHARED | MS_REC, NULL) < 0 ? -errno : 0;
}

static int mount_name(int netns_fd, const char *path)
{
	_cleanup_close_ int file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
	char source[32];
	int r;

	if (file < 0)
		return -errno;
	(void)snprintf(source, sizeof(source), "/proc/self/fd/%d", netns_fd);
	if (mount(source, path, "none", MS_BIND, NULL) == 0)
		return 0;
	r = -errno;
	(void)unlink(path);
	return r;
}

static int add(const struct exposed_places *places, int netns_fd, const char *path, const struct exposed *row,
               struct fault *fault)
{
	/* first: what is killed here leaves a mark of a name that is not there, never a name without a mark */
	int r = write_marker(places, row);

	if (r == 0)
		r = mount_name(netns_fd, path);
	if (r == 0)
		return 0;
	if (r == -EPERM || r == -EACCES)
		return fault_set(fault, r, EXIT_CODE_NOT_PERMITTED, "needs CAP_SYS_ADMIN to mount a namespace on %s",
		                 path);
	return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot mount the namespace on %s: %s", path, strerror(-r));
}

int exposed_add(const struct exposed_places *places, int netns_fd, struct exposed *row, bool *ret_already,
                struct fault *fault)
{
	_cleanup_close_ int state = open_state(places, true, fault);
	struct exposed there = { 0 };
	char source[32], path[PATH_MAX];
	int r;

	if (state < 0)
		return state;
	(void)snprintf(source, sizeof(source), "/proc/self/fd/%d", netns_fd);
	r = identify(source, row);
	if (r == 0)
		r = path_of(places, row->name, path);
	if (r == 0)
		r = share_dir(places->netns_dir);
	if (r < 0) {
		drop_state(places);
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "%s: %s", places->netns_dir, strerror(-r));
	}
	r = identify(path, &there);
	*ret_already = r == 0 && is_same(&there, row);
	row->there = true;
	if (*ret_already || r != -ENOENT) {
		drop_state(places);
		return *ret_already
		               ? 0
		               : fault_set(fault, -EEXIST, EXIT_CODE_RUNTIME,
		                           "%s is taken by another namespace or file: say another name (ctnet expose "
		                           "NAME AS)",
		                           path);
	}
	r = add(places, netns_fd, path, row, fault);
	if (r < 0) {
		(void)unlinkat(state, row->name, 0);
		drop_state(places);
	}
	return r;
}

/* A file that `ip netns add` and exposed_add() make, and on which nothing is mounted: we were killed before. */
static bool is_empty_place(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0 && (st.st_mode & 07777) == 0;
}

/* Returns 0; -ESTALE where the name is another's by now; or -errno. */
static int remove_name(const char *path, struct exposed *row)
{
	struct exposed there = { 0 };
	int r = identify(path, &there);

	row->there = r == 0 && is_same(&there, row);
	if (r == -ENOENT)
		return 0;
	if (row->there && umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		return -errno;
	if (!is_empty_place(path))
		return -ESTALE;
	return unlink(path) < 0 ? -errno : 0;
}

static int not_ours(const char *name, const char *path, struct fault *fault)
{
	struct exposed there = { 0 };

	if (identify(path, &there) == 0)
		return fault_set(fault, -EPERM, EXIT_CODE_RUNTIME,
		                 "%s was not exposed by ctnet, so it is left alone (to remove it: ip netns del %s)",
		                 name, name);
	return fault_set(fault, -ENOENT, EXIT_CODE_NO_SUCH_NAME,
	                 "%s: nothing is exposed under that name (see ctnet expose)", name);
}

int exposed_remove(const struct exposed_places *places, const char *name, struct exposed *ret, struct fault *fault)
{
	_cleanup_close_ int state = open_state(places, false, fault);
	struct exposed row = { 0 };
	char path[PATH_MAX];
	int r;

	if (state < 0 && state != -ENOENT)
		return state;
	r = path_of(places, name, path);
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_USAGE, "%s: %s", name, strerror(-r));
	if (state < 0 || read_marker(state, name, &row) < 0)
		return not_ours(name, path, fault);
	r = remove_name(path, &row);
	if (r < 0 && r != -ESTALE)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot take %s away: %s", path, strerror(-r));
	(void)unlinkat(state, name, 0);
	drop_state(places);
	if (r == -ESTALE)
		return not_ours(name, path, fault);
	*ret = row;
	return 0;
}

static int row_compare(const void *a, const void *b)
{
	const struct exposed *x = a;
	const struct exposed *y = b;

	return strcmp(x->name, y->name);
}

static void cleanup_closedir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

static int list_one(const struct exposed_places *places, int state, const char *name, struct array *ret)
{
	struct exposed row = { 0 }, there = { 0 };
	char path[PATH_MAX];

	/* what exposed_name() would not let in was not put there by us; neither were temporary files */
	if (exposed_name(name, row.name, NULL) < 0 || read_marker(state, name, &row) < 0 ||
	    path_of(places, name, path) < 0)
		return 0;
	row.there = identify(path, &there) == 0 && is_same(&there, &row);
	return array_append(ret, &row);
}

int exposed_list(const struct exposed_places *places, struct array *ret, struct fault *fault)
{
	_cleanup_(cleanup_closedir) DIR *dir = NULL;
	int state = open_state(places, false, fault);
	const struct dirent *entry;
	int r = 0;

	if (state < 0)
		return state == -ENOENT ? 0 : state;
	dir = fdopendir(state);
	if (!dir) {
		cleanup_close(&state);
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "out of memory");
	}
	while (r == 0 && (entry = readdir(dir)))
		r = list_one(places, state, entry->d_name, ret);
	array_sort(ret, row_compare);
	return r < 0 ? fault_set(fault, r, EXIT_CODE_RUNTIME, "%s", strerror(-r)) : 0;
}
