/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/pins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/magic.h>

#include "base/cleanup.h"
#include "ctnet_pins.h"

#define HOUSE_NAME "ctnet"
#define NET_PREFIX "net-"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* 5.14, commit e8b9eab99232 */
#endif

struct pins {
	char house[PATH_MAX]; /* BPFFS/ctnet */
	char net[PATH_MAX];   /* of this network namespace */
	char place[PATH_MAX]; /* of our layout */
	char layout[32];
	char replaced[256];
	int lock; /* -1: we look only */
};

static void cleanup_closedir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}
#define _cleanup_dir_ _cleanup_(cleanup_closedir)

static int join(char out[PATH_MAX], const char *dir, const char *name)
{
	int len = snprintf(out, PATH_MAX, "%s/%s", dir, name);

	return len < 0 || len >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* ---------------------------------------------------------------- taking away */

/* Detached at once: what unlink(2) lets go of is detached by a worker later (bpf_free_inode() in kernel/bpf/inode.c). */
static bool detach_link(const char *path)
{
	_cleanup_close_ int fd = bpf_obj_get(path);

	return fd >= 0 && bpf_link_detach(fd) == 0; /* a map is refused; of a device that is gone nothing is attached */
}

/* Takes all names in a place away, of whatever layout; one that was made meanwhile stays. */
static void clear_place(const char *place, struct pins_removed *removed)
{
	_cleanup_dir_ DIR *dir = opendir(place);
	const struct dirent *entry;
	char path[PATH_MAX];

	while (dir && (entry = readdir(dir))) {
		bool link;

		if (is_dot(entry->d_name) || join(path, place, entry->d_name) < 0)
			continue;
		link = detach_link(path);
		if (unlink(path) < 0)
			continue;
		removed->links += link;
		removed->others += !link;
	}
}

/* Clears and removes the places below a namespace's directory, but for the one named @but (NULL: none). @ret_last: the name of one, or "" */
static void clear_net(const char *net, const char *but, char *ret_last, size_t size, struct pins_removed *removed)
{
	_cleanup_dir_ DIR *dir = opendir(net);
	const struct dirent *entry;
	char path[PATH_MAX];

	while (dir && (entry = readdir(dir))) {
		if (is_dot(entry->d_name) || (but && strcmp(entry->d_name, but) == 0) ||
		    join(path, net, entry->d_name) < 0)
			continue;
		clear_place(path, removed);
		if (rmdir(path) == 0 && ret_last)
			(void)snprintf(ret_last, size, "%s", entry->d_name);
	}
}

/* ---------------------------------------------------------------- the place */

static int netns_cookie(uint64_t *ret)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(*ret);

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, ret, &len) < 0)
		return -errno;
	return 0;
}

static int name_places(const char *bpffs, struct pins *pins)
{
	char net[64];
	uint64_t cookie;
	int r = netns_cookie(&cookie);

	if (r < 0)
		return r;
	(void)snprintf(net, sizeof(net), NET_PREFIX "%" PRIu64, cookie);
	(void)snprintf(pins->layout, sizeof(pins->layout), "layout-%d-%d", CTNET_PINS_LAYOUT, CTNET_TRAFFIC_LAYOUT);
	r = join(pins->house, bpffs, HOUSE_NAME);
	r = r ?: join(pins->net, pins->house, net);
	return r ?: join(pins->place, pins->net, pins->layout);
}

static bool is_bpffs(const char *path)
{
	struct statfs status;

	return statfs(path, &status) == 0 && status.f_type == BPF_FS_MAGIC;
}

/* A directory of ours: nobody but root looks in. */
static int make_dir(const char *path)
{
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

/* Whoever else has the lock looks for a moment whether an agent runs, or removes what one left: both end soon. */
static int take_lock(const char *net)
{
	_cleanup_close_ int fd = open(net, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat held, named;

	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return -errno;
	/* it may have been removed while we waited */
	if (fstat(fd, &held) < 0 || stat(net, &named) < 0 || held.st_ino != named.st_ino)
		return -EAGAIN;
	return TAKE_FD(fd);
}

static int make_and_lock(struct pins *pins)
{
	int r = -EAGAIN;

	for (int tries = 0; r == -EAGAIN && tries < 10; tries++) {
		r = make_dir(pins->house);
		r = r ?: make_dir(pins->net);
		r = r ?: take_lock(pins->net);
		if (r == -ENOENT)
			r = -EAGAIN;
	}
	if (r < 0)
		return r;
	pins->lock = r;
	return 0;
}

static void free_pins(struct pins **pins)
{
	pins_close(*pins, true);
}

static struct pins *new_pins(void)
{
	struct pins *pins = calloc(1, sizeof(*pins));

	if (pins)
		pins->lock = -1;
	return pins;
}

int pins_open(const char *bpffs, struct pins **ret, struct fault *fault)
{
	_cleanup_(free_pins) struct pins *pins = new_pins();
	struct pins_removed removed = { 0 };
	int r = pins ? 0 : -ENOMEM;

	if (r == 0 && !is_bpffs(bpffs))
		return fault_set(fault, -ENOENT, EXIT_CODE_RUNTIME,
		                 "no bpffs is mounted on %s: counters begin anew with each start (mount -t bpf bpf %s)",
		                 bpffs, bpffs);
	r = r ?: name_places(bpffs, pins);
	r = r ?: make_and_lock(pins);
	if (r == 0) {
		clear_net(pins->net, pins->layout, pins->replaced, sizeof(pins->replaced), &removed);
		r = make_dir(pins->place);
	}
	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME,
		                 "cannot keep counters below %s/" HOUSE_NAME ": %s; they begin anew with each start",
		                 bpffs, strerror(-r));
	*ret = TAKE_PTR(pins);
	return 0;
}

/* Whether somebody has the lock: 0 or -ENOENT; or -errno. */
static int is_locked(const char *net)
{
	_cleanup_close_ int fd = open(net, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_SH | LOCK_NB) == 0)
		return -ENOENT;
	return errno == EWOULDBLOCK ? 0 : -errno;
}

int pins_look(const char *bpffs, struct pins **ret)
{
	_cleanup_(free_pins) struct pins *pins = new_pins();
	int r = pins ? name_places(bpffs, pins) : -ENOMEM;

	r = r ?: is_locked(pins->net);
	if (r < 0)
		return r;
	if (access(pins->place, X_OK) < 0)
		return errno == ENOENT ? -ESTALE : -errno;
	*ret = TAKE_PTR(pins);
	return 0;
}

const char *pins_replaced(const struct pins *pins)
{
	return pins->replaced;
}

unsigned long pins_identity(const struct pins *pins)
{
	struct stat status;

	return stat(pins->place, &status) == 0 ? status.st_ino : 0;
}

void pins_close(struct pins *pins, bool leave)
{
	if (!pins)
		return;
	if (!leave && pins->lock >= 0) {
		pins_clear(pins);
		(void)rmdir(pins->place);
		(void)rmdir(pins->net);
		(void)rmdir(pins->house); /* another namespace's agent may have its place there */
	}
	cleanup_close(&pins->lock);
	free(pins);
}

/* ---------------------------------------------------------------- what is pinned */

int pins_put(const struct pins *pins, const char *name, int fd)
{
	char path[PATH_MAX];
	int r = join(path, pins->place, name);

	if (r < 0)
		return r;
	(void)unlink(path);
	return bpf_obj_pin(fd, path) < 0 ? -errno : 0;
}

int pins_get(const struct pins *pins, const char *name)
{
	char path[PATH_MAX];
	int r = join(path, pins->place, name);

	if (r < 0)
		return r;
	r = bpf_obj_get(path);
	return r < 0 ? -errno : r;
}

void pins_drop(const struct pins *pins, const char *name)
{
	char path[PATH_MAX];

	if (join(path, pins->place, name) == 0)
		(void)unlink(path);
}

void pins_clear(const struct pins *pins)
{
	struct pins_removed removed = { 0 };

	clear_place(pins->place, &removed);
}

/* ---------------------------------------------------------------- the places of all */

static void remove_net(const char *house, const char *name, struct pins_removed *removed)
{
	_cleanup_close_ int fd = -1;
	char net[PATH_MAX];

	if (join(net, house, name) < 0)
		return;
	fd = open(net, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		removed->running++;
		return;
	}
	clear_net(net, NULL, NULL, 0, removed);
	(void)rmdir(net);
}

int pins_remove_all(const char *bpffs, struct pins_removed *ret)
{
	struct pins_removed removed = { 0 };
	const struct dirent *entry;
	_cleanup_dir_ DIR *dir = NULL;
	char house[PATH_MAX];
	int r = join(house, bpffs, HOUSE_NAME);

	if (r < 0)
		return r;
	dir = opendir(house);
	if (!dir && errno != ENOENT)
		return -errno;
	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, NET_PREFIX, strlen(NET_PREFIX)) == 0)
			remove_net(house, entry->d_name, &removed);
	}
	(void)rmdir(house);
	*ret = removed;
	return 0;
}
