/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/top_options.h"

#include <errno.h>
#include <string.h>

#include "app/top_settings_file.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/number.h"

enum { KEY_JSON = 0x300, KEY_CSV, KEY_RECORD, KEY_REPLAY };

static const struct argp_option options[] = {
	{ "delay", 'd', "SECS", 0, "Time between two looks: 2s, 500ms (0.1s to 1h, default 2s)", 1 },
	{ "iterations", 'n', "COUNT", 0, "End after COUNT ticks (default 0: go on)", 1 },
	{ "sort", 's', "COLUMN", 0,
	  "Order by name, kind, bridge, rx, tx, total, packets, age or netns (default total); "
	  "+COLUMN: smallest or A first, -COLUMN: largest or Z first",
	  1 },
	{ "filter", 'f', "FILTER", 0,
	  "Show only what holds all words of FILTER; key=value looks in one place, !word must not hold", 1 },
	{ "units", 'u', "UNITS", 0, "Of the screen: bits, bits-binary, bytes or bytes-binary (default bits)", 1 },
	{ "batch", 'b', NULL, 0,
	  "Print a table each tick instead of keeping a screen; so it is where there is no terminal", 2 },
	{ "once", '1', NULL, 0, "The same as -b -n 1", 2 },
	{ "json", KEY_JSON, NULL, 0, "Print one JSON object a tick, on one line: cumulative counters", 2 },
	{ "csv", KEY_CSV, NULL, 0, "Print a CSV line for each namespace a tick: rates and counters", 2 },
	{ "record", KEY_RECORD, "FILE", 0, "Also write what is seen to FILE, for --replay: what to attach to a report",
	  3 },
	{ "replay", KEY_REPLAY, "FILE", 0,
	  "Show a recording instead of this node (no root needed): the same keys, [ and ] step back and on. Without a screen all of it "
	  "at once",
	  3 },
	{ 0 },
};

/* "--option value: why" */
static error_t refuse(const struct top_options *o, const char *option, const char *value, const char *why)
{
	fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE, "%s %s: %s", option, value, why);
	return EINVAL;
}

static error_t parse_delay(const char *value, struct top_options *o)
{
	uint64_t ns;
	int r = parse_duration(value, &ns);

	if (r == -EINVAL)
		return refuse(o, "--delay", value, "not a duration (try 2s, 500ms)");
	if (r < 0 || ns < TOP_SETTINGS_DELAY_MIN_NS || ns > TOP_SETTINGS_DELAY_MAX_NS)
		return refuse(o, "--delay", value, "out of range (100ms to 1h)");
	o->settings.delay_ns = ns;
	o->delay_given = true;
	return 0;
}

static error_t parse_iterations(const char *value, struct top_options *o)
{
	if (parse_u64(value, 0, UINT64_MAX, &o->iterations) < 0)
		return refuse(o, "--iterations", value, "not a number of ticks (try 5; 0: go on)");
	return 0;
}

static error_t parse_sort(const char *value, struct top_options *o)
{
	_cleanup_buf_ struct buf why = BUF_INIT;

	o->sort_given = true;
	if (top_settings_parse_sort(value, &o->settings) == 0)
		return 0;
	(void)buf_puts(&why, "no such column (try");
	for (int c = 0; c < SORT_COLUMNS; c++)
		(void)buf_printf(&why, "%s %s", c > 0 ? "," : "", sort_column_name((enum sort_column)c));
	(void)buf_putc(&why, ')');
	return refuse(o, "--sort", value, why.failed ? "no such column" : why.data);
}

static error_t parse_units(const char *value, struct top_options *o)
{
	o->units_given = true;
	if (view_units_from_name(value, &o->settings.units) < 0)
		return refuse(o, "--units", value, "no such units (try bits, bits-binary, bytes, bytes-binary)");
	return 0;
}

static error_t parse_filter(const char *value, struct top_options *o)
{
	if (strlen(value) >= VIEW_FILTER_MAX)
		return refuse(o, "--filter", value, "too long");
	o->filter = value;
	return 0;
}

static error_t parse_output(int key, const char *value, struct top_options *o)
{
	switch (key) {
	case '1':
		o->iterations = 1;
		if (o->output == TOP_SCREEN)
			o->output = TOP_TABLE;
		return 0;
	case 'b':
		if (o->output == TOP_SCREEN)
			o->output = TOP_TABLE;
		return 0;
	case KEY_JSON:
		o->output = TOP_JSON;
		return 0;
	case KEY_CSV:
		o->output = TOP_CSV;
		return 0;
	case KEY_RECORD:
		o->record = value;
		return 0;
	case KEY_REPLAY:
		o->replay = value;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct top_options *o = state->input;

	switch (key) {
	case 'd':
		return parse_delay(value, o);
	case 'n':
		return parse_iterations(value, o);
	case 's':
		return parse_sort(value, o);
	case 'f':
		return parse_filter(value, o);
	case 'u':
		return parse_units(value, o);
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->node;
		return 0;
	case ARGP_KEY_ARG:
		return refuse(o, "argument", value, "takes options only (see --help)");
	case ARGP_KEY_END:
		if (o->record && o->replay)
			return refuse(o, "--record", o->record, "nothing to record while --replay plays");
		return 0;
	default:
		return parse_output(key, value, o);
	}
}

static const struct argp_child children[] = { { &node_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = children,
	.doc = "Shows the network namespaces of this node, whose they are and what flows through each, live.\v"
	       "A rate needs two looks: a table or CSV line comes one delay after the start, so `-1` takes as long as `-d` says. "
	       "JSON holds cumulative counters and comes at once. RX is what a container received, TX what it sent.\n"
	       "\n"
	       "Examples:\n"
	       "  sudo ctnet-top                     the screen; ? there shows the keys\n"
	       "  sudo ctnet-top -f bridge=docker0   only what is on docker0\n"
	       "  sudo ctnet-top -1 -d 500ms -s -tx  one table, the heaviest sender first\n"
	       "  sudo ctnet-top --json -n 60 -d 1 > minute.jsonl\n"
	       "  ctnet-top --replay minute.jsonl    the screen as it was, also without root\n"
	       "\n"
	       "S on the screen saves order, units, interval, tree and columns in $XDG_CONFIG_HOME/ctnet/top.conf (else ~/.config/…); "
	       "options come before it.\n"
	       "\n"
	       "Exit status: 0 done, 1 failed while running, 2 wrong usage, 3 not permitted, 4 the kernel lacks something.",
};

bool top_options_parse(int argc, char **argv, struct top_options *ret, struct fault *fault)
{
	*ret = (struct top_options){
		.node = { .collector = { .attach = true, .along = true }, .fault = fault },
		.output = TOP_SCREEN,
		.settings = top_settings_standard(),
		.filter = "",
	};
	return app_parse(&argp, argc, argv, ret, fault);
}

void top_options_add_saved(struct top_options *o)
{
	struct top_settings given = o->settings;
	struct top_settings *settings = &o->settings;

	top_settings_load(settings, o->notice, sizeof(o->notice));
	if (o->sort_given) {
		settings->sort = given.sort;
		settings->reverse = given.reverse;
	}
	if (o->units_given)
		settings->units = given.units;
	if (o->delay_given)
		settings->delay_ns = given.delay_ns;
}
