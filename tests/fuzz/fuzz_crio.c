/* SPDX-License-Identifier: GPL-2.0-only */
/* CRI-O's config.json of a container: any bytes, with one id that it may claim. */
#include <stdint.h>
#include <stdlib.h>

#include "observe/owners/crio_parse.h"

#define ID "2222222222222222222222222222222222222222222222222222222222222222"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct container container;

	if (crio_parse_config((const char *)data, size, ID, &container) == 0) {
		if (!container.id || !container.pod_name != !container.pod_namespace)
			abort();
		container_free(&container);
	}
	return 0;
}
