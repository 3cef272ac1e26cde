/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/fault.h"
#include "model/snapshot.h"
#include <stdbool.h>

/** Room for the digits of an inode. */
#define NAME_INODE_SIZE 24

/**
 * Looks at a name that only the world can tell: the path of a namespace (/run/netns/blue, /proc/PID/ns/net) becomes the digits of its
 * inode, which model/query.h understands.
 *
 * Returns @name where it is no path; @inode; or NULL with @fault filled.
 */
const char *name_of_path(const char *name, char inode[NAME_INODE_SIZE], struct fault *fault);

/** The digits of the inode of the namespace that a process is in, owner or not. Returns whether there is such a process. */
bool name_of_pid(const char *name, char inode[NAME_INODE_SIZE]);

/** "NAME: no such …", with the remedy: -ENOENT and @fault filled. */
int name_unknown(const char *name, struct fault *fault);

/**
 * The one namespace that NAME means (model/query.h), or its path; a PID of any process in it will do as well.
 *
 * @ret: in @snap; untouched on failure
 * Returns 0; -ENOENT with @fault filled: there is none, or more than one, which are listed, or it is this host's; or -errno.
 */
int name_resolve(const struct snapshot *snap, const char *name, const struct netns **ret, struct fault *fault);
