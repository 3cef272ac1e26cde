/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

#include "observe/owners/containers.h"

/**
 * Reads the config.json of a container or a pod of CRI-O (RUN/overlay-containers/ID/userdata/config.json). The pod's name is taken from
 * where a pod's own annotations cannot reach.
 *
 * @id: what the file must say its id is
 * @ret: container_free() it; its pid is not filled in; untouched on failure
 *
 * Returns 0, -EBADMSG (another shape, another manager's, another container's) or -ENOMEM.
 * Source: CRI-O's pkg/annotations/internal.go, server/container_create.go and server/sandbox_run_linux.go
 */
int crio_parse_config(const char *text, size_t len, const char *id, struct container *ret);
