/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/PID/cgroup: any bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "observe/owners/cgroup_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	char name[CGROUP_NAME_MAX];

	if (cgroup_service(text, size, name) && (!name[0] || strchr(name, '/')))
		abort();
	if (cgroup_lxc(text, size, name) && (!name[0] || strchr(name, '/')))
		abort();
	(void)cgroup_has_name(text, size, "c1");
	(void)cgroup_has_path(text, size, "/default/c1");
	return 0;
}
