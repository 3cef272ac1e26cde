/* SPDX-License-Identifier: GPL-2.0-only */
/* Docker's state file, command line and daemon.json: any bytes, with one id that the state file may claim. */
#include <stdlib.h>

#include "observe/owners/docker_parse.h"

#define ID "9bd9c50c343edd12550298e7a04ae0aa8ddf7305f102da3bd6687fd3f7f5b169"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct docker_container container;
	struct docker_daemon daemon;
	char *root;

	if (docker_parse_container(text, size, ID, &container) == 0) {
		if (container.pid < 0)
			abort();
		docker_container_free(&container);
	}
	if (docker_parse_cmdline(text, size, &daemon) == 0) {
		if (daemon.data_root && daemon.data_root[0] != '/')
			abort();
		docker_daemon_free(&daemon);
	}
	if (docker_parse_daemon_json(text, size, &root) == 0) {
		if (root && root[0] != '/')
			abort();
		free(root);
	}
	return 0;
}
