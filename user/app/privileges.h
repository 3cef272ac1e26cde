/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/**
 * What ctnetd may do. The only file that knows libcap is privileges.c.
 */

/**
 * Gives up, for good, every capability that a running agent does not need, and the right to get one by execve(2). Says what will be missing
 * for a capability that it does not have, and what could not be given up: neither ends the agent.
 *
 * @textfile_dir: where it has to go on writing; NULL: nowhere
 */
void privileges_drop(const char *textfile_dir);
