/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int output_write(const char *data, size_t len, struct fault *fault)
{
	while (len > 0) {
		ssize_t put = write(STDOUT_FILENO, data, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EPIPE)
			return -EPIPE;
		if (put < 0)
			return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot write to stdout: %s",
			                 strerror(errno));
		data += put;
		len -= (size_t)put;
	}
	return 0;
}
