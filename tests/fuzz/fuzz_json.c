/* SPDX-License-Identifier: GPL-2.0-only */
/* libFuzzer: whatever the bytes, json_parse_snapshot() does no harm; and what it takes is written the same a second time. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/snapshot.h"
#include "render/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_snapshot_ struct snapshot *first = NULL;
	_cleanup_snapshot_ struct snapshot *second = NULL;
	_cleanup_buf_ struct buf once = BUF_INIT;
	_cleanup_buf_ struct buf again = BUF_INIT;
	char error[128];

	if (json_parse_snapshot((const char *)data, size, &first, error, sizeof(error)) < 0)
		return 0;
	if (json_render(first, false, &once) < 0)
		return 0;
	if (json_parse_snapshot(once.data, once.len, &second, error, sizeof(error)) < 0)
		abort();
	if (json_render(second, false, &again) < 0)
		return 0;
	if (once.len != again.len || memcmp(once.data, again.data, once.len) != 0)
		abort();
	return 0;
}
