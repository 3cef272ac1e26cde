/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/top_run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/top_loop.h"
#include "app/top_state.h"
#include "base/cleanup.h"

static bool has_screen(void)
{
	const char *type = getenv("TERM");

	return type && type[0] && strcmp(type, "dumb") != 0 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static void close_collector(struct collector **collector)
{
	collector_free(*collector);
}

int top_run(const struct top_options *options, struct fault *fault)
{
	_cleanup_(close_collector) struct collector *collector = NULL;
	_cleanup_top_loop_ struct top_loop *loop = NULL;
	_cleanup_top_state_ struct top_state *state = NULL;
	bool screen = options->output == TOP_SCREEN && has_screen();
	int r;

	/* signals first: from here on one that ends the program cannot leave programs attached */
	r = top_loop_open(screen, &loop, fault);
	if (r < 0)
		return r;
	r = collector_open(&options->node.collector, &collector, fault);
	if (r < 0)
		return r;
	r = top_state_new(options, collector, &state, fault);
	if (r < 0)
		return r;
	top_loop_watch(loop, collector, screen ? STDIN_FILENO : -1, screen ? -1 : STDOUT_FILENO);
	if (screen)
		return top_screen_run(state, loop, options->iterations, fault);
	return top_batch_run(state, loop, options, fault);
}
