/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/**
 * Takes away, for good, every system call that a running agent does not need: no program, no process, no mount, no module, no tracing. A
 * forbidden one answers EPERM. Where the kernel has no seccomp that is said, and the agent goes on without. Needs no_new_privs
 * (privileges_drop()). The only file that knows libseccomp is syscall_filter.c.
 */
void syscall_filter_install(void);
