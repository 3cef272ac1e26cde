/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

#include "base/fault.h"

/**
 * Writes data to stdout. A reader that has gone (EPIPE: `ctnet ls | head -1`) is the end of the output, not a failure.
 *
 * Returns 0; -EPIPE with no fault: nobody reads any more; or -errno with @fault filled.
 */
int output_write(const char *data, size_t len, struct fault *fault);
