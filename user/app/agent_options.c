/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/agent_options.h"

#include <errno.h>

#include "base/number.h"

#define DEFAULT_DIR        "/var/lib/prometheus/node-exporter" /* Debian's prometheus-node-exporter reads this one */
#define DEFAULT_INTERVAL   5000000000ULL
#define DEFAULT_MAX_SERIES 100000

enum { KEY_KEEP = 0x200, KEY_MAX_SERIES, KEY_LIST_METRICS, KEY_MEASURE };

static const struct argp_option options[] = {
	{ "textfile-dir", 'd', "DIR", 0, "Where ctnet.prom is kept (default " DEFAULT_DIR ")", 1 },
	{ "interval", 'i', "TIME", 0, "Time between two collections: 5s, 500ms (default 5s)", 1 },
	{ "once", '1', NULL, 0, "Attach, collect once, write the file, leave it there and end", 1 },
	{ "keep", KEY_KEEP, NULL, 0,
	  "Leave the file there at the end; by default it goes, so that nobody scrapes frozen counters", 1 },
	{ "max-series", KEY_MAX_SERIES, "N", 0, "Write at most N series (default 100000); what is left out is counted",
	  1 },
	{ "list-metrics", KEY_LIST_METRICS, NULL, 0, "Print every metric with its type and meaning, and end", 1 },
	{ "measure", KEY_MEASURE, NULL, 0,
	  "Tell runs and run time of ctnet's BPF programs too. The kernel then takes the time of every BPF program of "
	  "this machine, at about 20 ns twice a run, until ctnetd ends",
	  1 },
	{ "verbose", 'v', NULL, 0, "Say more on stderr", 1 },
	{ 0 },
};

static error_t parse_interval(const char *value, struct agent_options *o)
{
	int r = parse_duration(value, &o->interval_ns);

	if (r == 0)
		return 0;
	fault_set(o->node.fault, r, EXIT_CODE_USAGE, "--interval %s: %s (try 5s, 500ms)", value,
	          r == -ERANGE ? "out of range" : "not a duration");
	return EINVAL;
}

static error_t parse_max_series(const char *value, struct agent_options *o)
{
	uint64_t n;
	int r = parse_u64(value, 1, 10000000, &n);

	if (r == 0) {
		o->max_series = (size_t)n;
		return 0;
	}
	fault_set(o->node.fault, r, EXIT_CODE_USAGE, "--max-series %s: not a number from 1 to 10000000", value);
	return EINVAL;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct agent_options *o = state->input;

	switch (key) {
	case 'd':
		o->textfile_dir = value;
		return 0;
	case 'i':
		return parse_interval(value, o);
	case KEY_MAX_SERIES:
		return parse_max_series(value, o);
	case '1':
		o->once = true;
		return 0;
	case 'v':
		o->verbose = true;
		return 0;
	case KEY_KEEP:
		o->keep = true;
		return 0;
	case KEY_MEASURE:
		o->measure = true;
		return 0;
	case KEY_LIST_METRICS:
		o->list_metrics = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->node;
		return 0;
	case ARGP_KEY_ARG:
		fault_set(o->node.fault, -EINVAL, EXIT_CODE_USAGE, "%s: takes options only (see --help)", value);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &node_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = children,
	.doc = "Counts the traffic of every container on this node and keeps DIR/ctnet.prom for node_exporter's textfile "
	       "collector.\v"
	       "Examples:\n"
	       "  ctnetd\n"
	       "  ctnetd --textfile-dir /run/ctnet --interval 10s\n"
	       "  ctnetd --once --textfile-dir /tmp && cat /tmp/ctnet.prom\n"
	       "  ctnetd --measure --textfile-dir /run/ctnet\n"
	       "\n"
	       "Exit status: 0 done, 1 failed while running, 2 wrong usage, 3 not permitted, 4 the kernel lacks something.",
};

bool agent_options_parse(int argc, char **argv, struct agent_options *ret, struct fault *fault)
{
	*ret = (struct agent_options){
		.node = { .collector = { .attach = true }, .fault = fault },
		.textfile_dir = DEFAULT_DIR,
		.interval_ns = DEFAULT_INTERVAL,
		.max_series = DEFAULT_MAX_SERIES,
	};
	return app_parse(&argp, argc, argv, ret, fault);
}
