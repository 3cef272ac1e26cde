/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/state_watch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/cleanup.h"

#define EVENTS                                                                                                         \
	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF |        \
	 IN_ONLYDIR | IN_DONT_FOLLOW)

/* Room for "/proc/self/fd/NUMBER/NAME". */
#define WATCH_PATH_MAX 512

struct watched {
	int descriptor;
	uint32_t askers; /* a bit for each */
};

void state_watch_open(struct state_watch *watch)
{
	*watch = (struct state_watch){
		.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK),
		.of = ARRAY_OF(struct watched),
	};
}

static int compare_watched(const void *a, const void *b)
{
	const struct watched *x = a;
	const struct watched *y = b;

	return (x->descriptor > y->descriptor) - (x->descriptor < y->descriptor);
}

/* Descriptors are given out in rising order, so a new one is appended. */
static int remember(struct state_watch *watch, int descriptor, unsigned int asker)
{
	const struct watched one = { descriptor, 1U << asker };
	size_t at;

	if (array_find(&watch->of, &one, compare_watched, &at)) {
		((struct watched *)array_at(&watch->of, at))->askers |= one.askers;
		return 0;
	}
	return array_insert(&watch->of, at, &one) ? 0 : -ENOMEM;
}

bool state_watch_add(struct state_watch *watch, unsigned int asker, int dir, const char *name)
{
	char path[WATCH_PATH_MAX];
	int descriptor = -1;

	/* the dot: the descriptor itself is a symlink in /proc, and is to be followed */
	if (watch->fd >= 0 && watch->of.count < STATE_WATCHES_MAX &&
	    snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, *name ? name : ".") < (int)sizeof(path))
		descriptor = inotify_add_watch(watch->fd, path, EVENTS);
	else
		errno = ENOSPC;
	if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR))
		return false;
	if (descriptor < 0 || remember(watch, descriptor, asker) < 0)
		watch->blind |= 1U << asker;
	return true;
}

/*
 * What engines write beside their state: locks, and files under a name that begins with a dot until they are whole. A directory that goes
 * is told by the one above it.
 */
static bool is_noise(const struct inotify_event *event)
{
	static const char lock[] = ".lock";
	const char *name = event->len > 0 ? event->name : "";
	size_t len = strlen(name);

	return len == 0 || name[0] == '.' ||
	       (len >= sizeof(lock) - 1 && strcmp(name + len - (sizeof(lock) - 1), lock) == 0);
}

static void take_event(struct state_watch *watch, const struct inotify_event *event)
{
	const struct watched key = { .descriptor = event->wd };
	size_t at;

	if (event->mask & IN_Q_OVERFLOW) {
		watch->changed = UINT32_MAX;
		return;
	}
	if (!array_find(&watch->of, &key, compare_watched, &at))
		return;
	if (event->mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF) || !is_noise(event))
		watch->changed |= ((const struct watched *)array_at(&watch->of, at))->askers;
	if (event->mask & IN_MOVE_SELF)
		(void)inotify_rm_watch(watch->fd, event->wd); /* it is somewhere else now; IN_IGNORED follows */
	if (event->mask & IN_IGNORED)
		array_remove(&watch->of, at, 1);
}

bool state_watch_take(struct state_watch *watch)
{
	_Alignas(struct inotify_event) char events[8192];
	ssize_t len;

	while (watch->fd >= 0 && (len = read(watch->fd, events, sizeof(events))) > 0) {
		for (ssize_t at = 0; at < len;) {
			const struct inotify_event *event = (const struct inotify_event *)(void *)(events + at);

			take_event(watch, event);
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	}
	return watch->changed != 0;
}

bool state_watch_due(const struct state_watch *watch, unsigned int asker)
{
	return watch->fd < 0 || ((watch->changed | watch->blind) & (1U << asker)) != 0;
}

void state_watch_begin(struct state_watch *watch, unsigned int asker)
{
	watch->changed &= ~(1U << asker);
}

void state_watch_again(struct state_watch *watch, unsigned int asker)
{
	watch->changed |= 1U << asker;
}

void state_watch_close(struct state_watch *watch)
{
	cleanup_close(&watch->fd);
	array_free(&watch->of);
	*watch = (struct state_watch)STATE_WATCH_INIT;
}
