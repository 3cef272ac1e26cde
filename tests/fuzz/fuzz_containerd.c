/* SPDX-License-Identifier: GPL-2.0-only */
/* containerd's config.json of a task, its command line and its config.toml: any bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "observe/owners/containerd_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct containerd_daemon daemon;
	struct container container;
	char *state = NULL;

	if (containerd_parse_task(text, size, "c1", &container) == 0) {
		if (!container.name || !container.id || container.pid != 0)
			abort();
		container_free(&container);
	}
	if (containerd_parse_cmdline(text, size, &daemon) == 0) {
		if (daemon.state && daemon.state[0] != '/')
			abort();
		containerd_daemon_free(&daemon);
	}
	if (containerd_parse_toml(text, size, &state) == 0) {
		if (state && state[0] != '/')
			abort();
		free(state);
	}
	return 0;
}
