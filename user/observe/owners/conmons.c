/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/conmons.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "observe/namespaces/proc_parse.h"
#include "observe/namespaces/proc_read.h"
#include "observe/owners/daemons.h"
#include "observe/owners/state_file.h"

/* A conmon that was asked. */
struct asked {
	pid_t pid;
	uint64_t identity;
};

void conmons_init(struct conmons *conmons)
{
	*conmons = (struct conmons){
		.roots = ARRAY_OF(struct conmon_root),
		.known = ARRAY_OF(struct asked),
	};
}

static int compare_asked(const void *a, const void *b)
{
	const struct asked *x = a;
	const struct asked *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static bool same_place(const struct conmon_place *a, const struct conmon_place *b)
{
	return strcmp(a->bundle, b->bundle) == 0 && strcmp(a->pidfile, b->pidfile) == 0;
}

/* Whether a place is new, and its user may have one more. */
static bool is_wanted(const struct conmons *conmons, const struct conmon_root *root)
{
	size_t of_user = 0;

	for (size_t i = 0; i < conmons->roots.count; i++) {
		const struct conmon_root *other = array_at(&conmons->roots, i);

		if (other->uid != root->uid)
			continue;
		if (same_place(&other->place, &root->place))
			return false;
		of_user++;
	}
	return conmons->roots.count < CONMON_ROOTS_MAX && (root->uid == geteuid() || of_user < CONMON_ROOTS_OF_USER);
}

static int ask(struct conmons *conmons, int proc, const struct daemon *daemon)
{
	_cleanup_(conmon_place_free) struct conmon_place place = { NULL, NULL };
	_cleanup_buf_ struct buf cmdline = BUF_INIT;
	struct conmon_root root;
	int r = daemon_read_cmdline(proc, daemon, &cmdline);

	if (r == 0)
		r = conmon_parse_cmdline(cmdline.data, cmdline.len, &place);
	if (r < 0)
		return r == -ENOMEM ? r : 0; /* it is ending, or no conmon as we know it */
	root = (struct conmon_root){ place, daemon->uid };
	if (!is_wanted(conmons, &root))
		return 0;
	if (array_append(&conmons->roots, &root) < 0)
		return -ENOMEM;
	place = (struct conmon_place){ NULL, NULL };
	conmons->changes++;
	return 0;
}

int conmons_refresh(struct conmons *conmons, const struct daemons *daemons, int proc)
{
	_cleanup_array_ struct array known = ARRAY_OF(struct asked);

	if (conmons->generation == daemons->generation)
		return 0;
	for (size_t i = 0; i < daemons->items.count; i++) {
		const struct daemon *daemon = array_at(&daemons->items, i);
		const struct asked one = { daemon->pid, daemon->identity };
		size_t at;

		if (daemon->kind != DAEMON_CONMON)
			continue;
		if (!array_find(&conmons->known, &one, compare_asked, &at) ||
		    ((struct asked *)array_at(&conmons->known, at))->identity != one.identity) {
			if (ask(conmons, proc, daemon) < 0)
				return -ENOMEM;
		}
		if (array_append(&known, &one) < 0)
			return -ENOMEM;
	}
	array_swap(&conmons->known, &known);
	conmons->generation = daemons->generation;
	return 0;
}

/* Whether the parent of a process is a conmon of this user that has this container's id. */
static bool has_conmon(int proc, pid_t pid, const char *id, uid_t uid)
{
	static const char conmon[] = "conmon";
	_cleanup_buf_ struct buf cmdline = BUF_INIT;
	struct daemon parent = { .kind = DAEMON_CONMON };
	struct proc_stat stat, parent_stat;
	char path[PROC_PATH_MAX];
	struct stat st;

	if (proc_read_stat(proc, pid, &stat) < 0 || stat.parent <= 0 ||
	    proc_read_stat(proc, stat.parent, &parent_stat) < 0 || strcmp(parent_stat.comm, conmon) != 0)
		return false;
	(void)snprintf(path, sizeof(path), "%d", (int)stat.parent);
	if (fstatat(proc, path, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_uid != uid)
		return false;
	parent.pid = stat.parent;
	parent.identity = st.st_ino;
	return daemon_read_cmdline(proc, &parent, &cmdline) == 0 &&
	       memmem(cmdline.data, cmdline.len, id, strlen(id)) != NULL;
}

bool conmon_owns(int proc, const struct container *container)
{
	if (container->uid == geteuid() && state_in_named_cgroup(proc, container->pid, container->id))
		return true;
	return has_conmon(proc, container->pid, container->id, container->uid);
}

int conmon_open_dir(const char *path, uid_t uid)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (uid != geteuid() && st.st_uid != uid)
		return -EPERM;
	return TAKE_FD(fd);
}

void conmons_free(struct conmons *conmons)
{
	for (size_t i = 0; i < conmons->roots.count; i++)
		conmon_place_free(&((struct conmon_root *)array_at(&conmons->roots, i))->place);
	array_free(&conmons->roots);
	array_free(&conmons->known);
}
