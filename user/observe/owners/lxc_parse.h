/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/**
 * Returns whether the command line of a process (/proc/PID/cmdline) is that of the monitor of the LXC container @name: "[lxc monitor] PATH
 * NAME" as a whole (LXC in the background, LXD, Incus), or a foreground lxc-start or lxc-execute that was given "-n NAME".
 *
 * @text, @len: any bytes
 * Source: lxccontainer.c (setproctitle() in do_lxcapi_start()) and tools/lxc_start.c, lxc_execute.c of LXC 5.0; checked against it
 */
bool lxc_is_monitor_of(const char *text, size_t len, const char *name);
