/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/top_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

/* 512 bytes a row: at most 4 MB for namespaces that have been there in the last minute. */
#define HISTORY_NAMESPACES 8192
#define HISTORY_BRIDGES    512
#define GONE_SECONDS       10
#define GONE_ROWS          64

static int no_memory(struct fault *fault)
{
	return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "no memory");
}

static void name_host(char *out, size_t size)
{
	char name[HOST_NAME_MAX + 1] = "";

	if (gethostname(name, sizeof(name) - 1) < 0)
		name[0] = '\0';
	(void)text_clean(name, strlen(name), out, size);
}

int top_state_new(const struct top_options *options, struct collector *collector, struct top_state **ret,
                  struct fault *fault)
{
	_cleanup_top_state_ struct top_state *state = calloc(1, sizeof(*state));

	if (!state)
		return no_memory(fault);
	if (history_new(HISTORY_NAMESPACES, &state->history) < 0 ||
	    history_new(HISTORY_BRIDGES, &state->bridge_history) < 0 ||
	    departed_new(GONE_SECONDS, GONE_ROWS, &state->departed) < 0)
		return no_memory(fault);
	state->collector = collector;
	view_init(&state->view, options->sort, options->reverse, options->delay_ns);
	view_set_filter(&state->view, options->filter);
	state->view.units = options->units;
	name_host(state->host, sizeof(state->host));
	*ret = TAKE_PTR(state);
	return 0;
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

int top_state_look(struct top_state *state, struct fault *fault)
{
	const struct snapshot *snap = NULL;
	const struct snapshot *before = NULL;
	struct rates *rates = NULL;

	state->look_fault = (struct fault){ .code = EXIT_CODE_OK };
	if (collector_snapshot(state->collector, &snap, &before, &state->look_fault) < 0) {
		if (state->rates)
			return 0;
		*fault = state->look_fault;
		return -EIO;
	}
	if (rates_between(before, snap, &rates) < 0)
		return no_memory(fault);
	rates_free(state->rates);
	state->rates = rates;
	state->before = before;
	remember(state);
	if (departed_update(state->departed, rates) < 0)
		return no_memory(fault);
	return top_state_select(state, fault);
}

int top_state_select(struct top_state *state, struct fault *fault)
{
	const struct rates *rates = departed_rates(state->departed);
	_cleanup_free_ struct port_line *ports = NULL;
	const struct netns_rate **rows = NULL;
	size_t port_count;
	size_t row_count;

	if (ports_list(rates, &ports, &port_count) < 0 ||
	    query_select(rates, state->view.filter, state->view.sort, state->view.reverse, &rows, &row_count) < 0)
		return no_memory(fault);
	free(state->rows);
	free(state->ports);
	state->rows = rows;
	state->row_count = row_count;
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
		.rows = state->rows,
		.row_count = state->row_count,
		.ports = state->ports,
		.port_count = state->port_count,
		.host = state->host,
		.fault = state->look_fault.code == EXIT_CODE_OK ? "" : state->look_fault.text,
	};
}

void top_state_free(struct top_state *state)
{
	if (!state)
		return;
	free(state->rows);
	free(state->ports);
	departed_free(state->departed);
	history_free(state->bridge_history);
	history_free(state->history);
	rates_free(state->rates);
	free(state);
}

void top_state_freep(struct top_state **state)
{
	top_state_free(*state);
}
