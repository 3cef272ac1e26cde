/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/top_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

/* 512 bytes a row: at most 4 MB for namespaces that have been there in the last minute. */
#define HISTORY_NAMESPACES 8192
#define HISTORY_BRIDGES    512
#define GONE_SECONDS       10
#define GONE_ROWS          64

static int no_memory(struct fault *fault)
{
	return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "no memory");
}

static int new_memory(struct top_state *state)
{
	if (history_new(HISTORY_NAMESPACES, &state->history) < 0 ||
	    history_new(HISTORY_BRIDGES, &state->bridge_history) < 0 ||
	    departed_new(GONE_SECONDS, GONE_ROWS, &state->departed) < 0)
		return -ENOMEM;
	return 0;
}

int top_state_new(const struct top_options *options, struct top_source *source, struct top_state **ret,
                  struct fault *fault)
{
	_cleanup_top_state_ struct top_state *state = calloc(1, sizeof(*state));
	int r = 0;

	if (!state || new_memory(state) < 0)
		return no_memory(fault);
	state->source = source;
	top_settings_to_view(&options->settings, &state->view);
	view_set_filter(&state->view, options->filter);
	(void)snprintf(state->notice, sizeof(state->notice), "%s",
	               options->notice[0] ? options->notice : top_source_notice(source));
	if (options->record)
		r = recorder_open(options->record, top_source_host(source), &state->recorder, fault);
	if (r == 0)
		*ret = TAKE_PTR(state);
	return r;
}

/* A row whose history cannot be kept has none; that is shown as a blank. */
static void remember(struct top_state *state)
{
	const struct rates *rates = state->rates;

	history_advance(state->history, rates->seconds, rates->born, rates->died);
	for (size_t i = 0; i < rates->namespace_count && rates->seconds > 0; i++) {
		const struct netns_rate *row = &rates->namespaces[i];
		double bytes[DIRECTIONS] = { row->dir[RECEIVE].bytes, row->dir[TRANSMIT].bytes };

		(void)history_add(state->history, row_key_of(row->ns), bytes);
	}
	history_settle(state->history);
	history_advance(state->bridge_history, rates->seconds, 0, 0);
	for (size_t i = 0; i < rates->bridge_count && rates->seconds > 0; i++) {
		const struct bridge_rate *row = &rates->bridges[i];
		double bytes[DIRECTIONS] = { row->dir[RECEIVE].bytes, row->dir[TRANSMIT].bytes };

		(void)history_add(state->bridge_history, row_key_of_bridge(row->bridge), bytes);
	}
	history_settle(state->bridge_history);
}

/* A recording that cannot be gone on with is no reason to end: it is said once. */
static void write_down(struct top_state *state, const struct snapshot *snap)
{
	if (!recorder_goes_on(state->recorder))
		return;
	if (recorder_write(state->recorder, snap, top_source_events(state->source), &state->record_fault) < 0)
		(void)snprintf(state->notice, sizeof(state->notice), "%s", state->record_fault.text);
}

int top_state_look(struct top_state *state, struct fault *fault)
{
	const struct snapshot *snap = NULL;
	const struct snapshot *before = NULL;
	struct rates *rates = NULL;
	struct fault failure = { .code = EXIT_CODE_OK };
	int r = top_source_next(state->source, &snap, &before, &failure);

	if (r == -ENODATA)
		return r;
	state->look_fault = failure;
	if (r < 0) {
		if (state->rates)
			return 0;
		*fault = failure;
		return -EIO;
	}
	if (rates_between(before, snap, &rates) < 0)
		return no_memory(fault);
	rates_free(state->rates);
	state->rates = rates;
	state->before = before;
	write_down(state, snap);
	remember(state);
	top_state_refresh_facts(state);
	if (departed_update(state->departed, rates) < 0)
		return no_memory(fault);
	return top_state_select(state, fault);
}

/* A minute, and a look more to have rates at its beginning; at most so many looks. */
static size_t before_minute(const struct top_state *state, size_t at)
{
	double looks = (double)HISTORY_SECONDS;

	if (state->rates && state->rates->seconds > 0)
		looks = HISTORY_SECONDS / state->rates->seconds;
	if (looks > HISTORY_SECONDS)
		looks = HISTORY_SECONDS;
	return at > (size_t)looks + 1 ? at - (size_t)looks - 1 : 0;
}

static void forget(struct top_state *state)
{
	free(state->rows);
	free(state->lines);
	free(state->ports);
	state->rows = NULL;
	state->lines = NULL;
	state->ports = NULL;
	departed_free(state->departed);
	history_free(state->bridge_history);
	history_free(state->history);
	rates_free(state->rates);
	state->departed = NULL;
	state->bridge_history = state->history = NULL;
	state->rates = NULL;
	state->before = NULL;
}

static int go_back(struct top_state *state, size_t to, struct fault *fault)
{
	size_t from = before_minute(state, to);
	int r = 0;

	forget(state);
	if (new_memory(state) < 0)
		return no_memory(fault);
	top_source_seek(state->source, from);
	while (r == 0 && top_source_played(state->source) < to)
		r = top_state_look(state, fault);
	return r;
}

int top_state_step(struct top_state *state, int by, struct fault *fault)
{
	size_t played = top_source_played(state->source);
	size_t back = by < 0 ? (size_t)-by : 0;
	int r = 0;

	if (back > 0)
		return go_back(state, played > back ? played - back : 1, fault);
	for (int i = 0; i < by && r == 0; i++)
		r = top_state_look(state, fault);
	return r == -ENODATA ? 0 : r;
}

void top_state_refresh_facts(struct top_state *state)
{
	state->facts = state->view.screen == VIEW_DETAIL ? top_source_facts(state->source) : NULL;
}

int top_state_select(struct top_state *state, struct fault *fault)
{
	const struct rates *rates = departed_rates(state->departed);
	const struct view *view = &state->view;
	_cleanup_free_ struct port_line *ports = NULL;
	_cleanup_free_ struct table_line *lines = NULL;
	_cleanup_free_ const struct netns_rate **rows = NULL;
	size_t port_count, row_count, line_count;

	if (ports_list(rates, &ports, &port_count) < 0 ||
	    query_select(rates, view->filter, view->sort, view->reverse, &rows, &row_count) < 0)
		return no_memory(fault);
	if (lines_list(&(struct lines_from){ rates, rows, row_count, view->tree, &view->folds }, &lines, &line_count) <
	    0)
		return no_memory(fault);
	free(state->rows);
	free(state->lines);
	free(state->ports);
	state->rows = TAKE_PTR(rows);
	state->row_count = row_count;
	state->lines = TAKE_PTR(lines);
	state->line_count = line_count;
	state->ports = TAKE_PTR(ports);
	state->port_count = port_count;
	return 0;
}

struct screen top_state_screen(const struct top_state *state)
{
	return (struct screen){
		.rates = departed_rates(state->departed),
		.before = state->before,
		.view = &state->view,
		.history = state->history,
		.bridge_history = state->bridge_history,
		.departed = state->departed,
		.lines = state->lines,
		.line_count = state->line_count,
		.row_count = state->row_count,
		.ports = state->ports,
		.port_count = state->port_count,
		.events = top_source_events(state->source),
		.facts = state->facts,
		.host = top_source_host(state->source),
		.fault = state->look_fault.code == EXIT_CODE_OK ? "" : state->look_fault.text,
		.notice = state->notice,
		.recording = recorder_goes_on(state->recorder),
		.played = top_source_count(state->source) > 0 ? top_source_played(state->source) : 0,
		.to_play = top_source_count(state->source),
	};
}

void top_state_free(struct top_state *state)
{
	if (!state)
		return;
	forget(state);
	recorder_close(state->recorder);
	free(state);
}

void top_state_freep(struct top_state **state)
{
	top_state_free(*state);
}
