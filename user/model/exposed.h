/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/snapshot.h"

/** Room for a name of `ip netns`: NAME_MAX and a NUL. */
#define EXPOSED_NAME_SIZE 256

/** A name of `ip netns` that ctnet gave to somebody's network namespace. */
struct exposed {
	char name[EXPOSED_NAME_SIZE];
	uint64_t inode;
	int64_t changed_s,
		changed_ns; /* ctime of the nsfs inode, which lives as long as the mount: inodes are handed out again */
	char owner[OWNER_TEXT_MAX]; /* as it was called then, cleaned text */
	bool there;                 /* the name still leads to that namespace */
};
