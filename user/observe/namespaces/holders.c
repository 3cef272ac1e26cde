/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/holders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sockios.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/number.h"
#include "base/text.h"
#include "observe/namespaces/mountinfo_parse.h"
#include "observe/namespaces/nsfs.h"
#include "observe/namespaces/proc_parse.h"

#define MOUNTINFO_MAX ((size_t)16 * 1024 * 1024)
#define STAT_MAX      ((size_t)4096)
#define FDINFO_MAX    ((size_t)65536)

/* One search through all processes. */
struct search {
	int proc;
	const uint64_t *inodes;
	size_t inode_count;
	struct holders found;
	struct array mount_namespaces; /* of ino_t, sorted: those that were read already */
	bool others;                   /* what is not among the inodes is wanted */
	bool files;                    /* this round is for descriptors of namespaces */
	bool sockets;                  /* and for sockets */
};

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool is_wanted(const struct search *s, uint64_t inode)
{
	bool listed = s->inode_count > 0 && bsearch(&inode, s->inodes, s->inode_count, sizeof(*s->inodes), compare_u64);

	return listed != s->others;
}

static void fill_comm(const struct search *s, pid_t pid, struct holder *holder)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct proc_stat stat;
	char path[64];

	(void)snprintf(path, sizeof(path), "%d/stat", pid);
	if (file_read_at(s->proc, path, STAT_MAX, &text) == 0 && proc_parse_stat(text.data, text.len, &stat) == 0)
		memcpy(holder->comm, stat.comm, sizeof(holder->comm));
}

static int add(struct search *s, struct holder *holder)
{
	fill_comm(s, holder->pid, holder);
	return array_append(&s->found.items, holder);
}

/* ---- mounts */

static int compare_inode(const void *a, const void *b)
{
	ino_t x = *(const ino_t *)a;
	ino_t y = *(const ino_t *)b;

	return (x > y) - (x < y);
}

/* Whether the mount namespace of a process is one that was not read yet; @ret_at is its place among those that were. */
static bool is_new_mount_namespace(const struct search *s, pid_t pid, ino_t *ret, size_t *ret_at)
{
	struct stat st;
	char path[64];

	(void)snprintf(path, sizeof(path), "%d/ns/mnt", pid);
	if (fstatat(s->proc, path, &st, 0) < 0)
		return false;
	*ret = st.st_ino;
	return !array_find(&s->mount_namespaces, &st.st_ino, compare_inode, ret_at);
}

static int search_mountinfo(struct search *s, pid_t pid, char *text)
{
	char *rest;
	char *line;

	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct holder holder = { .kind = HOLDER_MOUNT, .pid = pid, .fd = -1 };
		struct netns_mount mount;

		if (mountinfo_parse_netns(line, strlen(line), &mount) != 1 || !is_wanted(s, mount.inode))
			continue;
		holder.inode = mount.inode;
		if (strlen(mount.path) >= sizeof(holder.path))
			continue; /* a path cut short would lead elsewhere */
		(void)snprintf(holder.path, sizeof(holder.path), "%s", mount.path);
		if (add(s, &holder) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int search_mounts(struct search *s, pid_t pid)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char path[64];
	ino_t inode;
	size_t at;

	if (!is_new_mount_namespace(s, pid, &inode, &at))
		return 0;
	(void)snprintf(path, sizeof(path), "%d/mountinfo", pid);
	if (file_read_at(s->proc, path, MOUNTINFO_MAX, &text) < 0 || text.len == 0)
		return 0; /* gone meanwhile: another process of this mount namespace may tell */
	if (!array_insert(&s->mount_namespaces, at, &inode))
		return -ENOMEM;
	return search_mountinfo(s, pid, text.data);
}

/* ---- descriptors and sockets */

/* The namespace of another process's socket, or 0. */
static uint64_t netns_of_socket(pid_t pid, int fd)
{
	_cleanup_close_ int process = (int)syscall(SYS_pidfd_open, pid, 0);
	_cleanup_close_ int socket = -1;
	_cleanup_close_ int netns = -1;
	struct stat st;

	if (process < 0)
		return 0;
	socket = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
	if (socket < 0)
		return 0;
	netns = ioctl(socket, SIOCGSKNS);
	if (netns < 0 || fstat(netns, &st) < 0)
		return 0;
	return st.st_ino;
}

/* Inodes of namespaces begin here: PROC_DYNAMIC_FIRST of the kernel's fs/proc/generic.c. */
#define FIRST_INODE UINT32_C(0xF0000000)

/*
 * The namespace of a descriptor that was opened through a mount which is no more (`ip netns del`), or 0: its link reads "/", and so do those of
 * directories, which are told apart by the inode before anything is opened.
 */
static uint64_t netns_of_detached(const struct search *s, pid_t pid, int fd_number, int dir, const char *name)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_close_ int fd = -1;
	uint64_t inode;
	char path[64];

	(void)snprintf(path, sizeof(path), "%d/fdinfo/%d", pid, fd_number);
	if (file_read_at(s->proc, path, FDINFO_MAX, &text) < 0 || text.len == 0 ||
	    proc_parse_fdinfo(text.data, text.len, &inode) < 0)
		return 0;
	if (inode < FIRST_INODE || inode > UINT32_MAX || !is_wanted(s, inode))
		return 0;
	fd = nsfs_open(dir, name, &inode);
	return fd < 0 ? 0 : inode;
}

static int search_descriptor(struct search *s, pid_t pid, int dir, const char *name)
{
	struct holder holder = { .kind = HOLDER_DESCRIPTOR, .pid = pid };
	char target[64];
	ssize_t len = readlinkat(dir, name, target, sizeof(target) - 1);
	uint64_t number;

	if (len < 0 || parse_u64(name, 0, INT_MAX, &number) < 0)
		return 0;
	target[len] = '\0';
	holder.fd = (int)number;
	if (strncmp(target, "socket:", 7) == 0) {
		holder.kind = HOLDER_SOCKET;
		holder.inode = s->sockets ? netns_of_socket(pid, holder.fd) : 0;
	} else if (s->files && strcmp(target, "/") == 0) {
		holder.inode = netns_of_detached(s, pid, holder.fd, dir, name);
	} else if (!s->files || proc_parse_netns(target, (size_t)len, &holder.inode) < 0) {
		return 0;
	}
	if (holder.inode == 0 || !is_wanted(s, holder.inode))
		return 0;
	return add(s, &holder);
}

static void cleanup_closedir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

static int search_descriptors(struct search *s, pid_t pid)
{
	_cleanup_(cleanup_closedir) DIR *dir = NULL;
	const struct dirent *entry;
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "%d/fd", pid);
	fd = openat(s->proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	dir = fdopendir(fd);
	if (!dir) {
		cleanup_close(&fd);
		return -ENOMEM;
	}
	while ((entry = readdir(dir))) {
		if (search_descriptor(s, pid, fd, entry->d_name) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* ---- the whole */

static int for_each_process(struct search *s, int (*search_one)(struct search *, pid_t))
{
	_cleanup_(cleanup_closedir) DIR *dir = NULL;
	const struct dirent *entry;
	int fd = openat(s->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pid_t pid;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		cleanup_close(&fd);
		return -ENOMEM;
	}
	while ((entry = readdir(dir))) {
		if (proc_parse_pid(entry->d_name, &pid) < 0 || pid == getpid())
			continue;
		if (search_one(s, pid) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int compare_holders(const void *a, const void *b)
{
	const struct holder *x = a;
	const struct holder *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->fd - y->fd;
}

static bool some_not_found(const struct search *s)
{
	for (size_t i = 0; i < s->inode_count; i++) {
		if (!holders_of(&s->found, s->inodes[i]))
			return true;
	}
	return false;
}

/* Sockets are asked with the rest where @s->sockets, else only where the rest does not tell of all that are wanted. */
static int search_all(struct search *s)
{
	int r = for_each_process(s, search_mounts);

	s->files = true;
	if (r == 0)
		r = for_each_process(s, search_descriptors);
	array_sort(&s->found.items, compare_holders);
	if (r < 0 || s->others || !some_not_found(s))
		return r;
	s->files = false;
	s->sockets = true;
	r = for_each_process(s, search_descriptors);
	array_sort(&s->found.items, compare_holders);
	return r;
}

static int search_with(struct search *s, const char *proc, struct holders *ret)
{
	_cleanup_close_ int dir = open(proc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (dir < 0)
		return -errno;
	s->proc = dir;
	s->found.items = ARRAY_OF(struct holder);
	s->mount_namespaces = ARRAY_OF(ino_t);
	r = search_all(s);
	array_free(&s->mount_namespaces);
	if (r < 0) {
		holders_free(&s->found);
		return r;
	}
	*ret = s->found;
	return 0;
}

int holders_find(const char *proc, const uint64_t *inodes, size_t count, struct holders *ret)
{
	struct search s = { .inodes = inodes, .inode_count = count };

	return search_with(&s, proc, ret);
}

int holders_find_others(const char *proc, const uint64_t *known, size_t count, bool sockets, struct holders *ret)
{
	struct search s = { .inodes = known, .inode_count = count, .others = true, .sockets = sockets };

	return search_with(&s, proc, ret);
}

const struct holder *holders_of(const struct holders *holders, uint64_t inode)
{
	const struct holder key = { .inode = inode, .kind = HOLDER_MOUNT };
	const struct holder *first;
	size_t at;

	(void)array_find(&holders->items, &key, compare_holders, &at);
	if (at == holders->items.count)
		return NULL;
	first = array_at(&holders->items, at);
	return first->inode == inode ? first : NULL;
}

void holder_path(const struct holder *holder, char *out, size_t size)
{
	out[0] = '\0';
	if (holder->kind == HOLDER_MOUNT) /* in that process's mount namespace, which need not be ours */
		(void)snprintf(out, size, "/proc/%d/root%s", holder->pid, holder->path);
	else if (holder->kind == HOLDER_DESCRIPTOR)
		(void)snprintf(out, size, "/proc/%d/fd/%d", holder->pid, holder->fd);
}

void holder_format(const struct holder *holder, char *out, size_t size)
{
	char path[HOLDER_PATH_MAX];

	switch (holder->kind) {
	case HOLDER_MOUNT:
		(void)text_clean(holder->path, strlen(holder->path), path, sizeof(path));
		(void)snprintf(out, size, "mount %s", path);
		return;
	case HOLDER_DESCRIPTOR:
		(void)snprintf(out, size, "process %d (%s), descriptor %d", holder->pid, holder->comm, holder->fd);
		return;
	case HOLDER_SOCKET:
		(void)snprintf(out, size, "socket %d of process %d (%s)", holder->fd, holder->pid, holder->comm);
		return;
	}
}

void holders_free(struct holders *holders)
{
	array_free(&holders->items);
}
