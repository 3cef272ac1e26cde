/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/daemons.h"

#include <dirent.h>
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
#include "observe/namespaces/proc_read.h"
#include "observe/owners/state_file.h"

#define CMDLINE_MAX ((size_t)128 * 1024)
#define COMM_MAX    32

/* A process that has just been forked has the name of the one that made it. */
#define READS 2

static const char *const comms[DAEMON_KINDS] = {
	[DAEMON_DOCKERD] = "dockerd",
	[DAEMON_CONTAINERD] = "containerd",
	[DAEMON_CONMON] = "conmon",
	[DAEMON_NSPAWN] = "systemd-nspawn",
};

/* A process of the last walk. */
struct known {
	pid_t pid;
	uint64_t identity;
	uint8_t reads;
	bool is_daemon;
	struct daemon daemon;
};

void daemons_init(struct daemons *daemons)
{
	*daemons = (struct daemons){
		.items = ARRAY_OF(struct daemon),
		.known = ARRAY_OF(struct known),
		.spare = ARRAY_OF(struct known),
		.found = ARRAY_OF(struct daemon),
	};
}

static bool read_kind(int proc, pid_t pid, enum daemon_kind *ret)
{
	_cleanup_close_ int fd = -1;
	char path[PROC_PATH_MAX], comm[COMM_MAX];
	ssize_t len;

	(void)snprintf(path, sizeof(path), "%d/comm", (int)pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	len = read(fd, comm, sizeof(comm));
	for (int kind = 0; kind < DAEMON_KINDS; kind++) {
		size_t want = strlen(comms[kind]);

		if (len == (ssize_t)want + 1 && memcmp(comm, comms[kind], want) == 0 && comm[want] == '\n') {
			*ret = (enum daemon_kind)kind;
			return true;
		}
	}
	return false;
}

/* Fills in whose process it is. Returns whether its paths are ours. */
static bool read_place(int proc, struct daemon *daemon)
{
	struct stat owner, root, our_root;
	char path[PROC_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%d", (int)daemon->pid);
	if (fstatat(proc, path, &owner, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	daemon->uid = owner.st_uid;
	(void)snprintf(path, sizeof(path), "%d/root", (int)daemon->pid);
	if (fstatat(proc, path, &root, 0) < 0 || stat("/", &our_root) < 0)
		return false;
	return root.st_dev == our_root.st_dev && root.st_ino == our_root.st_ino;
}

static void read_known(int proc, struct known *known)
{
	struct daemon daemon = { .pid = known->pid, .identity = known->identity };

	known->reads++;
	known->is_daemon = read_kind(proc, known->pid, &daemon.kind) && read_place(proc, &daemon);
	known->daemon = daemon;
}

static int compare_known(const void *a, const void *b)
{
	const struct known *x = a;
	const struct known *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* Meets one process; those of the last walk are known again by pid and identity. */
static int meet(struct daemons *daemons, int proc, const struct dirent *entry)
{
	struct known one = { .identity = entry->d_ino };
	size_t at;

	if (proc_parse_pid(entry->d_name, &one.pid) < 0)
		return 0;
	if (array_find(&daemons->known, &one, compare_known, &at)) {
		const struct known *old = array_at(&daemons->known, at);

		if (old->identity == one.identity)
			one = *old;
	}
	if (one.reads < READS)
		read_known(proc, &one);
	return array_append(&daemons->spare, &one);
}

static bool same_items(const struct array *a, const struct array *b)
{
	for (size_t i = 0; a->count == b->count && i < a->count; i++) {
		const struct daemon *x = array_at(a, i);
		const struct daemon *y = array_at(b, i);

		if (x->kind != y->kind || x->pid != y->pid || x->identity != y->identity)
			return false;
	}
	return a->count == b->count;
}

static int take_over(struct daemons *daemons)
{
	array_sort(&daemons->spare, compare_known);
	daemons->found.count = 0;
	for (size_t i = 0; i < daemons->spare.count; i++) {
		const struct known *known = array_at(&daemons->spare, i);

		if (known->is_daemon && array_append(&daemons->found, &known->daemon) < 0)
			return -ENOMEM;
	}
	if (!same_items(&daemons->found, &daemons->items)) {
		array_swap(&daemons->found, &daemons->items);
		daemons->generation++;
	}
	array_swap(&daemons->known, &daemons->spare);
	daemons->looks = 0;
	daemons->walked = true;
	return 0;
}

static int walk(struct daemons *daemons, int proc)
{
	_cleanup_closedir_ DIR *dir = NULL;
	_cleanup_close_ int fd = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir)
		return -errno;
	(void)TAKE_FD(fd); /* the stream's now */
	daemons->spare.count = 0;
	while (r == 0) {
		struct dirent *entry;

		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return errno != 0 ? -errno : take_over(daemons);
		r = meet(daemons, proc, entry);
	}
	return r;
}

/* One that ends leaves its roots to another; those of a container are many, and end with it. */
static bool has_ended(const struct daemons *daemons, int proc)
{
	for (size_t i = 0; i < daemons->items.count; i++) {
		const struct daemon *daemon = array_at(&daemons->items, i);

		if (daemon->kind != DAEMON_CONMON && proc_identity(proc, daemon->pid) != daemon->identity)
			return true;
	}
	return false;
}

int daemons_refresh(struct daemons *daemons, int proc, bool due)
{
	daemons->looks++;
	if (daemons->walked && !due && daemons->looks < DAEMONS_EVERY && !has_ended(daemons, proc))
		return 0;
	return walk(daemons, proc);
}

int daemon_read_cmdline(int proc, const struct daemon *daemon, struct buf *ret)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char path[PROC_PATH_MAX];
	int r;

	(void)snprintf(path, sizeof(path), "%d/cmdline", (int)daemon->pid);
	r = file_read_at(proc, path, CMDLINE_MAX, &text);
	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	if (text.len == 0 || proc_identity(proc, daemon->pid) != daemon->identity)
		return -ESRCH; /* it is ending, or another's */
	return buf_append(ret, text.data, text.len);
}

void daemons_free(struct daemons *daemons)
{
	array_free(&daemons->items);
	array_free(&daemons->known);
	array_free(&daemons->spare);
	array_free(&daemons->found);
}
