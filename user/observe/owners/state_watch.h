/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"

/** More directories than this are not watched; the state is then looked at in every look. */
#define STATE_WATCHES_MAX 32768

/**
 * Watches the directories that engines keep their state in, so that nothing need be asked of files while nothing happens to them. A watch
 * is gone with its directory. The kernel holds no reference to the file system for it.
 */
struct state_watch {
	int fd;           /* of inotify; -1: there is none, so everything counts as changed all the time */
	struct array of;  /* struct watched, sorted by watch descriptor: for which askers */
	uint32_t changed; /* askers whose directories changed, a bit for each */
	uint32_t
		blind; /* askers that once had a directory that cannot be watched: theirs count as changed all the time */
};

#define STATE_WATCH_INIT                                                                                               \
	{                                                                                                              \
		.fd = -1                                                                                               \
	}

/** Where inotify cannot be had there is no watch, which is no failure. */
void state_watch_open(struct state_watch *watch);

/**
 * Watches a directory for names that come, go or are written to; one that is watched already stays so. To be called before what is in it is
 * looked at. A symlink is not followed.
 *
 * @asker: 0 to 31
 * @name: of a directory in @dir; "": @dir itself
 * Returns whether the directory is there.
 */
bool state_watch_add(struct state_watch *watch, unsigned int asker, int dir, const char *name);

/** Takes what is waiting; never blocks. Returns whether something changed for an asker since its state_watch_begin(). */
bool state_watch_take(struct state_watch *watch);

/** Whether an asker has to look: something changed, or cannot be watched. */
bool state_watch_due(const struct state_watch *watch, unsigned int asker);

/** An asker begins to look: what changes from now on makes it due again. */
void state_watch_begin(struct state_watch *watch, unsigned int asker);

/** An asker wants to look again, though nothing may change. */
void state_watch_again(struct state_watch *watch, unsigned int asker);

/** Accepts STATE_WATCH_INIT. */
void state_watch_close(struct state_watch *watch);
