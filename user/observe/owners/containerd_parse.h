/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "observe/owners/containers.h"

/**
 * Reads the config.json of a task (STATE/io.containerd.runtime.v2.task/NAMESPACE/ID/config.json) into a container: what Kubernetes (by
 * containerd's CRI plugin) or nerdctl say of it by their annotations, else its id.
 *
 * @ret: container_free() it; its pid is not filled in; untouched on failure
 * Returns 0, -EBADMSG or -ENOMEM.
 * Source: containerd pkg/cri/annotations/annotations.go; nerdctl pkg/labels/labels.go; checked against containerd 1.6
 */
int containerd_parse_task(const char *text, size_t len, const char *id, struct container *ret);

/** Where a daemon was told to keep its state. Paths are absolute; NULL: not told. */
struct containerd_daemon {
	char *state;       /* --state */
	char *config_file; /* --config, -c */
};

/**
 * Reads the command line of a containerd.
 *
 * @ret: containerd_daemon_free() it; untouched on failure
 * Returns 0 or -ENOMEM.
 * Source: containerd --help (1.6)
 */
int containerd_parse_cmdline(const char *text, size_t len, struct containerd_daemon *ret);

void containerd_daemon_free(struct containerd_daemon *daemon);

/**
 * Reads "state" of a config.toml: a line state = "/path" before the first table, in double or single quotes, without escapes.
 *
 * @ret: free() it; NULL where the file does not say; untouched on failure
 * Returns 0 or -ENOMEM.
 * Source: containerd-config.toml(5)
 */
int containerd_parse_toml(const char *text, size_t len, char **ret);
