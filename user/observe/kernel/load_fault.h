/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/fault.h"

/**
 * Puts a refused bpf(2) into words: which capability this process lacks, or what the kernel does.
 *
 * @error: negative errno of the load
 * @reason: the verifier's own words (libbpf_log_reason()), or ""
 * Returns -EPERM with EXIT_CODE_NOT_PERMITTED, -ENOMEM with EXIT_CODE_RUNTIME, or -EOPNOTSUPP with EXIT_CODE_KERNEL_LACKS.
 */
int load_fault(struct fault *fault, int error, const char *reason);

/**
 * Why bpf(2) is refused to us though we have the capabilities, as the kernel is built without it, or a policy is against it. NULL: @error
 * (-errno) says something else.
 */
const char *bpf_withheld(int error);
