/* SPDX-License-Identifier: GPL-2.0-only */
/* libFuzzer: whatever a line holds, event_parse_json() does no harm; what it takes is shown on one line, and written the same a second time. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/event.h"
#include "render/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One line, and nothing in it that a terminal takes for an order. */
static void check_text(const struct event *event)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	if (event_render_text(event, &line) < 0)
		return;
	for (size_t i = 0; i + 1 < line.len; i++) {
		if ((unsigned char)line.data[i] < ' ' || line.data[i] == 0x7f)
			abort();
	}
	if (line.data[line.len - 1] != '\n' || !text_is_utf8(line.data, line.len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf once = BUF_INIT;
	_cleanup_buf_ struct buf again = BUF_INIT;
	struct event event;

	if (event_parse_json((const char *)data, size, &event) < 0)
		return 0;
	check_text(&event);
	if (event_render_json(&event, &once) < 0)
		return 0;
	if (event_parse_json(once.data, once.len, &event) < 0)
		abort();
	if (event_render_json(&event, &again) < 0)
		return 0;
	if (once.len != again.len || memcmp(once.data, again.data, once.len) != 0)
		abort();
	return 0;
}
