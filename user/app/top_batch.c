/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/output.h"
#include "app/top_loop.h"
#include "app/top_run.h"
#include "app/top_state.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/number.h"
#include "render/csv.h"
#include "render/json.h"
#include "render/table.h"

#define MIN_COLUMNS  80
#define PIPE_COLUMNS 120 /* nobody says how wide a pipe is */
#define MAX_COLUMNS  1000

/* $COLUMNS, then the terminal, as ls(1) and others have it. */
static size_t table_columns(void)
{
	const char *told = getenv("COLUMNS");
	struct winsize size;
	uint64_t columns;

	if (told && parse_u64(told, MIN_COLUMNS, MAX_COLUMNS, &columns) == 0)
		return (size_t)columns;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col < MIN_COLUMNS ? MIN_COLUMNS : size.ws_col;
	return PIPE_COLUMNS;
}

static int render(const struct top_state *state, enum top_output output, bool first, struct buf *text)
{
	const struct rates *rates = departed_rates(state->departed);
	int r;

	switch (output) {
	case TOP_JSON:
		return json_render(rates->snap, false, text);
	case TOP_CSV:
		r = first ? csv_render_header(text) : 0;
		return r < 0 ? r : csv_render_rates(rates, state->rows, state->row_count, text);
	case TOP_SCREEN:
	case TOP_TABLE:
		if (!first)
			(void)buf_putc(text, '\n');
		return table_render_rates(rates, state->rows, state->row_count, table_columns(), text);
	}
	return -EINVAL;
}

/* In pieces that a pipe takes as a whole, so that a reader that stalls cannot keep us from a signal. */
static int write_out(struct top_loop *loop, const struct buf *text, struct fault *fault)
{
	int r = 0;

	for (size_t at = 0; at < text->len && r == 0; at += PIPE_BUF) {
		size_t len = text->len - at < PIPE_BUF ? text->len - at : PIPE_BUF;

		if (!top_loop_writable(loop, STDOUT_FILENO))
			return -EPIPE;
		r = output_write(text->data + at, len, fault);
	}
	return r;
}

/* Says a failure when it begins, not each time. */
static void say_failure(const struct fault *failure, bool failed_before)
{
	if (failure->code != EXIT_CODE_OK && !failed_before)
		log_warning("%s; going on", failure->text);
}

static int print(const struct top_state *state, struct top_loop *loop, const struct top_options *options, bool first,
                 struct fault *fault)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	if (render(state, options->output, first, &text) < 0 || text.failed)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "no memory");
	return write_out(loop, &text, fault);
}

/* Takes a look and prints it. A recording is not waited for, and what is wrong with it ends it. */
static int tick(struct top_state *state, struct top_loop *loop, const struct top_options *options, uint64_t *printed,
                struct fault *fault)
{
	bool failed = state->look_fault.code != EXIT_CODE_OK;
	int r = top_state_look(state, fault);

	if (r < 0)
		return r;
	say_failure(&state->look_fault, failed);
	if (state->look_fault.code == EXIT_CODE_OK)
		return print(state, loop, options, (*printed)++ == 0, fault);
	if (!options->replay)
		return 0;
	*fault = state->look_fault;
	return -EINVAL;
}

int top_batch_run(struct top_state *state, struct top_loop *loop, const struct top_options *options,
                  struct fault *fault)
{
	uint64_t delay = options->settings.delay_ns;
	uint64_t printed = 0;
	int r;

	if (state->notice[0])
		log_warning("%s", state->notice);
	r = top_state_look(state, fault);
	if (r == 0 && options->output == TOP_JSON) /* counters, not rates: they need no second look */
		r = print(state, loop, options, printed++ == 0, fault);
	if (!options->replay)
		top_loop_arm(loop, delay, delay);
	while (r == 0 && (options->iterations == 0 || printed < options->iterations)) {
		if (!options->replay && top_loop_wait(loop) & TOP_END)
			break;
		r = tick(state, loop, options, &printed, fault);
	}
	/* nobody reads any more, or there is nothing more to read */
	return r == -EPIPE || r == -ENODATA ? 0 : r;
}
