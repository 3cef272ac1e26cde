/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

/**
 * Keeps libbpf from writing to stderr: what it has to say of a failure is in errno and, for a program that the verifier
 * refuses, in the log handed to libbpf with bpf_object_open_opts. May be called often.
 */
void libbpf_log_silence(void);

/**
 * The line of a verifier log that says why: the last one that is not statistics.
 *
 * @log: a NUL-terminated log, may be empty; cut in place
 * Returns a line within @log, or "" where there is none.
 */
const char *libbpf_log_reason(char *log);
