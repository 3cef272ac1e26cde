/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/look.h"

#include <errno.h>
#include <string.h>

#include "app/output.h"
#include "app/say_along.h"
#include "observe/collector.h"

int look_with(const struct node_options *node, look_use_fn use, void *context, struct fault *fault)
{
	struct collector_options how = node->collector;
	struct collector *collector;
	const struct snapshot *snap;
	int r;

	how.along = true;
	r = collector_open(&how, &collector, fault);
	if (r < 0)
		return r;
	r = collector_snapshot(collector, &snap, NULL, fault);
	if (r == 0)
		r = use(context, collector, snap, fault);
	collector_free(collector);
	return r;
}

struct asking {
	look_fn answer;
	const void *options;
};

static int print(void *context, struct collector *collector, const struct snapshot *snap, struct fault *fault)
{
	const struct asking *asking = context;
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r = asking->answer(asking->options, snap, &text, fault);

	say_along(collector);
	if (r < 0)
		return fault->code ? r : fault_set(fault, r, EXIT_CODE_RUNTIME, "%s", strerror(-r));
	r = output_write(text.data, text.len, fault);
	return r == -EPIPE ? 0 : r;
}

int look_once(const struct node_options *node, look_fn answer, const void *options, struct fault *fault)
{
	struct asking asking = { answer, options };

	return look_with(node, print, &asking, fault) < 0 ? app_fail(fault) : EXIT_CODE_OK;
}
