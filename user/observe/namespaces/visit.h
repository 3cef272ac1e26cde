/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/**
 * Runs @work inside another network namespace: in a thread of its own that ends with it, so that no other part of the process is ever
 * there and nothing has to be put back. Waits for its end.
 *
 * @netns_fd: of the namespace; used for the call only
 * Returns what @work returned; -EPERM where the namespace may not be entered (CAP_SYS_ADMIN in the user namespace that owns it);
 * or -errno.
 */
int visit_netns(int netns_fd, int (*work)(void *context), void *context);
