/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/top_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/say_along.h"
#include "app/top_loop.h"
#include "app/top_state.h"
#include "base/cleanup.h"

static bool has_screen(void)
{
	const char *type = getenv("TERM");

	return type && type[0] && strcmp(type, "dumb") != 0 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static int open_source(const struct top_options *options, struct top_source **ret, struct fault *fault)
{
	if (options->replay)
		return top_source_replay(options->replay, ret, fault);
	return top_source_live(&options->node.collector, ret, fault);
}

int top_run(struct top_options *options, struct fault *fault)
{
	_cleanup_top_source_ struct top_source *source = NULL;
	_cleanup_top_loop_ struct top_loop *loop = NULL;
	_cleanup_top_state_ struct top_state *state = NULL;
	bool screen = options->output == TOP_SCREEN && has_screen();
	int r;

	/* signals first: from here on one that ends the program cannot leave programs attached */
	r = top_loop_open(screen, &loop, fault);
	if (r == 0)
		r = open_source(options, &source, fault);
	if (r == 0 && top_source_collector(source))
		say_along(top_source_collector(source));
	if (screen)
		top_options_add_saved(options);
	if (r == 0)
		r = top_state_new(options, source, &state, fault);
	if (r < 0)
		return r;
	top_loop_watch(loop, top_source_collector(source), screen ? STDIN_FILENO : -1, screen ? -1 : STDOUT_FILENO);
	if (screen)
		r = top_screen_run(state, loop, options->iterations, fault);
	else
		r = top_batch_run(state, loop, options, fault);
	if (r == 0 && state->record_fault.code != EXIT_CODE_OK) {
		*fault = state->record_fault;
		r = -EIO;
	}
	return r;
}
