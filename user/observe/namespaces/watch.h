/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

/** Watches the mount table and the directory of `ip netns` for changes. */
struct watch {
	int epoll; /* over the two below: the one to be polled from outside */
	int inotify;
	int waker;  /* /proc/self/mountinfo in the epoll set: wakes up whoever polls */
	int mounts; /* another of it, in no set: says whether the table changed since it was asked last */
	int dir;    /* watch descriptor of the directory; -1: it does not exist */
	int parent; /* of its parent, for as long as it does not exist; -1: none */
	char *path; /* of the directory; owned */
};

#define WATCH_INIT                                                                                                     \
	{                                                                                                              \
		-1, -1, -1, -1, -1, -1, NULL                                                                           \
	}

/**
 * @proc: descriptor of /proc; where its mount table is a plain file, that is not watched
 * @path: directory to be watched; need not exist
 * Returns 0 or -errno. watch_close() also after a failure.
 */
int watch_open(struct watch *watch, int proc, const char *path);

/** Takes what is waiting; never blocks. Returns whether mounts or names may have changed since the last call. */
bool watch_take(struct watch *watch);

/** Accepts WATCH_INIT. */
void watch_close(struct watch *watch);
