/* SPDX-License-Identifier: GPL-2.0-only */
/* A line of /proc/PID/stat, the name of a namespace, what a descriptor is: any bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "observe/namespaces/proc_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct proc_stat stat;
	uint64_t inode;

	if (proc_parse_stat(text, size, &stat) == 0) {
		size_t len = strnlen(stat.comm, sizeof(stat.comm));

		if (stat.pid <= 0 || len == sizeof(stat.comm) || !text_is_utf8(stat.comm, len))
			abort();
	}
	if (proc_parse_netns(text, size, &inode) == 0 && inode == 0)
		abort();
	if (proc_parse_fdinfo(text, size, &inode) == 0 && inode == 0)
		abort();
	return 0;
}
