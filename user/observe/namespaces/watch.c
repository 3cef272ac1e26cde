/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/cleanup.h"

#define DIR_EVENTS    (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define PARENT_EVENTS (IN_CREATE | IN_MOVED_TO | IN_ONLYDIR)

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int watch_parent(const struct watch *watch)
{
	const char *name = last_part(watch->path);
	char parent[PATH_MAX] = ".";
	size_t len = (size_t)(name - watch->path);

	if (len >= sizeof(parent))
		return -1;
	if (len > 0) {
		memcpy(parent, watch->path, len);
		parent[len] = '\0';
	}
	return inotify_add_watch(watch->inotify, parent, PARENT_EVENTS);
}

/* Watches the directory, or, where it does not exist, for its being made. */
static void arm(struct watch *watch)
{
	if (watch->dir >= 0)
		return;
	watch->dir = inotify_add_watch(watch->inotify, watch->path, DIR_EVENTS);
	if (watch->dir < 0 && watch->parent < 0) {
		watch->parent = watch_parent(watch);
		/* it may have been made in between */
		watch->dir = inotify_add_watch(watch->inotify, watch->path, DIR_EVENTS);
	}
	if (watch->dir >= 0 && watch->parent >= 0) {
		(void)inotify_rm_watch(watch->inotify, watch->parent);
		watch->parent = -1;
	}
}

static int add(int epoll, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

int watch_open(struct watch *watch, int proc, const char *path)
{
	int r;

	watch->path = strdup(path);
	watch->epoll = epoll_create1(EPOLL_CLOEXEC);
	watch->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	watch->waker = openat(proc, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	watch->mounts = openat(proc, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (!watch->path)
		return -ENOMEM;
	if (watch->epoll < 0 || watch->inotify < 0 || watch->waker < 0 || watch->mounts < 0)
		return -errno;
	r = add(watch->epoll, watch->inotify, EPOLLIN);
	if (r < 0)
		return r;
	r = add(watch->epoll, watch->waker, EPOLLPRI);
	if (r < 0 && r != -EPERM) /* EPERM: a plain file */
		return r;
	arm(watch);
	return 0;
}

/*
 * The table says once that it changed, to the first who polls the descriptor (mounts_poll() in fs/proc_namespace.c). For the waker that
 * is whoever polls the epoll descriptor from outside; hence a descriptor of our own.
 */
static bool mounts_changed(const struct watch *watch)
{
	struct pollfd fd = { .fd = watch->mounts, .events = POLLPRI };

	return poll(&fd, 1, 0) > 0 && (fd.revents & (POLLPRI | POLLERR)) != 0;
}

static bool take_event(struct watch *watch, const struct inotify_event *event)
{
	if (event->mask & IN_Q_OVERFLOW)
		return true;
	if (event->wd == watch->parent && watch->parent >= 0) {
		if (event->mask & IN_IGNORED)
			watch->parent = -1;
		return event->len > 0 && strcmp(event->name, last_part(watch->path)) == 0;
	}
	if (event->wd != watch->dir)
		return false; /* of a watch that was taken away */
	if (event->mask & IN_MOVE_SELF)
		(void)inotify_rm_watch(watch->inotify, watch->dir);
	if (event->mask & (IN_IGNORED | IN_MOVE_SELF))
		watch->dir = -1;
	return true;
}

static bool take_events(struct watch *watch)
{
	_Alignas(struct inotify_event) char events[4096];
	bool changed = false;
	ssize_t len;

	while ((len = read(watch->inotify, events, sizeof(events))) > 0) {
		for (ssize_t at = 0; at < len;) {
			const struct inotify_event *event = (const struct inotify_event *)(void *)(events + at);

			changed |= take_event(watch, event);
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	}
	return changed;
}

bool watch_take(struct watch *watch)
{
	struct epoll_event ready[2];
	bool changed = take_events(watch);

	/* makes the epoll set forget what was ready */
	(void)epoll_wait(watch->epoll, ready, ARRAY_SIZE(ready), 0);
	changed |= mounts_changed(watch);
	arm(watch);
	return changed;
}

void watch_close(struct watch *watch)
{
	cleanup_close(&watch->waker);
	cleanup_close(&watch->mounts);
	cleanup_close(&watch->inotify);
	cleanup_close(&watch->epoll);
	free(watch->path);
	*watch = (struct watch)WATCH_INIT;
}
