/* SPDX-License-Identifier: GPL-2.0-only */
/* Podman's list of containers, its database, a conmon's command line and a cgroup path: any bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "observe/owners/storage_parse.h"

#define POD "f821b37c6251"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take(void *context, const struct storage_container *container)
{
	(void)context;
	if (!storage_is_id(container->id))
		abort();
	return 0;
}

static void parse_cgroup(const char *text, size_t size)
{
	char pod[STORAGE_ID_LEN + 1];
	char *path = strndup(text, size);

	if (path && podman_pod_of_cgroup(path, POD, pod) && !storage_is_id(pod))
		abort();
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct conmon_place place;
	char *name = NULL;

	(void)storage_parse_containers(text, size, take, NULL);
	if (podman_find_pod_name(text, size, POD, &name) == 0)
		free(name);
	if (conmon_parse_cmdline(text, size, &place) == 0) {
		if (place.bundle[0] != '/' || place.pidfile[0] != '/')
			abort();
		conmon_place_free(&place);
	}
	if (size >= STORAGE_ID_LEN)
		parse_cgroup(text, size);
	return 0;
}
