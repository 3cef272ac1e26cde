/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/** Exit codes of the three programs; a contract, listed in the man pages and in --help. */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_RUNTIME = 1,
	EXIT_CODE_USAGE = 2,
	EXIT_CODE_NOT_PERMITTED = 3,
	EXIT_CODE_KERNEL_LACKS = 4,
	EXIT_CODE_NO_SUCH_NAME = 5,
};

/**
 * What went wrong, in words a person can act on: what, with which value, and the remedy. Filled by the layer that knows
 * (which never logs), printed once by the app.
 */
struct fault {
	enum exit_code code; /* EXIT_CODE_OK: nothing is wrong */
	char text[384];      /* one line, no newline, no program name */
};

/**
 * Fills @fault (may be NULL) and returns @error, so that a failure is one line:
 *	return fault_set(fault, -EPERM, EXIT_CODE_NOT_PERMITTED, "needs CAP_BPF to ...");
 *
 * @error: negative errno, passed through
 */
int fault_set(struct fault *fault, int error, enum exit_code code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
