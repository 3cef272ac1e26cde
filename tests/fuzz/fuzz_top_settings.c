/* SPDX-License-Identifier: GPL-2.0-only */
/* libFuzzer: a file of settings. Whatever the bytes, what is taken is within bounds, and written it is read the same again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/top_settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct top_settings settings = top_settings_standard();
	struct top_settings again = top_settings_standard();
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_free_ char *given = malloc(size + 1);
	char error[128];

	if (!given)
		return 0;
	memcpy(given, data, size);
	given[size] = '\0';
	(void)top_settings_parse(given, size, &settings, error, sizeof(error));
	if (settings.delay_ns < TOP_SETTINGS_DELAY_MIN_NS || settings.delay_ns > TOP_SETTINGS_DELAY_MAX_NS ||
	    settings.hidden >> TABLE_COLUMNS || settings.hidden & 1U << COLUMN_OWNER)
		abort();
	if (top_settings_render(&settings, &text) < 0)
		return 0;
	if (top_settings_parse(text.data, text.len, &again, error, sizeof(error)) > 0)
		abort();
	if (again.sort != settings.sort || again.reverse != settings.reverse || again.units != settings.units ||
	    again.tree != settings.tree || again.hidden != settings.hidden ||
	    again.delay_ns / 1000000 != settings.delay_ns / 1000000)
		abort();
	return 0;
}
