/* SPDX-License-Identifier: GPL-2.0-only */
/* A line of /proc/self/mountinfo: any bytes. */
#include <stdlib.h>
#include <string.h>

#include "observe/namespaces/mountinfo_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct netns_mount mount;

	if (mountinfo_parse_netns((const char *)data, size, &mount) != 1)
		return 0;
	if (mount.inode == 0 || mount.path[0] != '/' || strnlen(mount.path, sizeof(mount.path)) == sizeof(mount.path))
		abort();
	return 0;
}
