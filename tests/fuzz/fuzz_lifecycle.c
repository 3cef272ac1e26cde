/* SPDX-License-Identifier: GPL-2.0-only */
/* A record of the ring buffer: any bytes. Its names are what a process of anybody's has put there. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "observe/kernel/lifecycle_decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char name[CTNET_NAME_SIZE])
{
	size_t len = strnlen(name, CTNET_NAME_SIZE);

	if (len == CTNET_NAME_SIZE || !text_is_utf8(name, len) || strpbrk(name, "\n\x1b"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lifecycle_event event;

	if (lifecycle_decode(data, size, &event) < 0)
		return 0;
	if (size != sizeof(struct ctnet_lifecycle_event) || (int)event.kind < 0 || event.kind >= CTNET_EVENT_KINDS)
		abort();
	check_name(event.comm);
	check_name(event.name);
	check_name(event.other_name);
	return 0;
}
