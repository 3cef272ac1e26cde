/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/fault.h"
#include "model/snapshot.h"

/**
 * The one namespace that NAME means (model/query.h); a PID of any process in it will do as well.
 *
 * @ret: in @snap; untouched on failure
 * Returns 0; -ENOENT with @fault filled: there is none, or more than one, which are listed; or -errno.
 */
int name_resolve(const struct snapshot *snap, const char *name, const struct netns **ret, struct fault *fault);
