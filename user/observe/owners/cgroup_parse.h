/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * What /proc/PID/cgroup tells: one line for each hierarchy, "ID:CONTROLLERS:PATH". Anybody who may make cgroups can name them as
 * another engine would, so a path alone is never a reason to name a container: it only confirms what a state file says.
 */

/** Longer names are not looked at. */
#define CGROUP_NAME_MAX 256

/**
 * Returns whether one of the paths goes through a cgroup of this name: "NAME" as it is or, as systemd makes them, "NAME.scope" and
 * "PREFIX-NAME.scope", or with a prefix alone ("libpod-ID", "crio-ID").
 *
 * @name: not empty
 */
bool cgroup_has_name(const char *text, size_t len, const char *name);

/** Returns whether one of the paths goes through @path (absolute), wherever that begins: we may see less of the tree than an engine. */
bool cgroup_has_path(const char *text, size_t len, const char *path);

/**
 * Finds the systemd service that a process belongs to: its cgroup lies below slices only (system.slice, system-x.slice). What a service
 * or a container's own systemd made below itself is not meant.
 *
 * @ret: at least CGROUP_NAME_MAX bytes: "nginx.service"; untouched unless found
 * Source: systemd's cg_path_get_unit() rules, https://systemd.io/CGROUP_DELEGATION
 */
bool cgroup_service(const char *text, size_t len, char *ret);

/**
 * Finds the name of the innermost LXC container in the paths: "lxc.payload.NAME" (LXC 4 and later, LXD, Incus) or "lxc/NAME".
 *
 * @ret: at least CGROUP_NAME_MAX bytes; untouched unless found
 */
bool cgroup_lxc(const char *text, size_t len, char *ret);
