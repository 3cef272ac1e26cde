/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

struct termios;

/**
 * Makes sure that a crash leaves a usable terminal: on SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT and SIGSYS @reset is written to it and it
 * gets its modes back; then the signal does what it always does. Only one guard at a time.
 *
 * @fd: the terminal
 * @modes: as they were before anybody changed them; copied
 * @reset: bytes that make it a usable terminal again; copied, at most TERMINAL_RESET_MAX
 */
void terminal_guard_arm(int fd, const struct termios *modes, const char *reset, size_t len);

/** The terminal is as it was: a crash need not mend it any more. */
void terminal_guard_disarm(void);

#define TERMINAL_RESET_MAX 256
