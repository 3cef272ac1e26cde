/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/look.h"

#include <errno.h>
#include <string.h>

#include "app/output.h"
#include "observe/collector.h"

static int print(const struct snapshot *snap, look_fn answer, const void *options, struct fault *fault)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r = answer(options, snap, &text, fault);

	if (r < 0)
		return fault->code ? r : fault_set(fault, r, EXIT_CODE_RUNTIME, "%s", strerror(-r));
	r = output_write(text.data, text.len, fault);
	return r == -EPIPE ? 0 : r;
}

int look_once(const struct node_options *node, look_fn answer, const void *options, struct fault *fault)
{
	struct collector *collector;
	const struct snapshot *snap;
	int r;

	r = collector_open(&node->collector, &collector, fault);
	if (r < 0)
		return app_fail(fault);
	r = collector_snapshot(collector, &snap, NULL, fault);
	if (r == 0)
		r = print(snap, answer, options, fault);
	collector_free(collector);
	return r < 0 ? app_fail(fault) : EXIT_CODE_OK;
}
