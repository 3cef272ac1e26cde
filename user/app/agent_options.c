/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/agent_options.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/prom_labels.h"

#define NS_PER_MS   1000000ULL
#define NS_PER_YEAR (366ULL * 24 * 3600 * 1000 * NS_PER_MS)
#define YES_NO      "yes|no"

enum {
	KEY_KEEP = 0x200,
	KEY_MAX_SERIES,
	KEY_INCLUDE,
	KEY_EXCLUDE,
	KEY_LABELS,
	KEY_LISTEN,
	KEY_LIST_METRICS,
	KEY_MEASURE,
	KEY_CHECK_CONFIG,
	KEY_PRINT_CONFIG,
	KEY_KEEP_ATTACHED,
	KEY_DETACH,
};

static int set_attach(const char *value, void *options, struct fault *why)
{
	return node_set_attach(value, &((struct agent_options *)options)->node, why);
}

static int set_engine_root(const char *value, void *options, struct fault *why)
{
	return node_set_engine_root(value, &((struct agent_options *)options)->node, why);
}

static int set_docker_root(const char *dir, void *options, struct fault *why)
{
	return node_set_docker_root(dir, &((struct agent_options *)options)->node, why);
}

static int set_include(const char *value, void *options, struct fault *why)
{
	return choice_add(&((struct agent_options *)options)->choice, false, value, why);
}

static int set_exclude(const char *value, void *options, struct fault *why)
{
	return choice_add(&((struct agent_options *)options)->choice, true, value, why);
}

static int set_listen(const char *value, void *options, struct fault *why)
{
	return listen_parse(value, &((struct agent_options *)options)->listen, why);
}

static int set_labels(const char *value, void *options, struct fault *why)
{
	return series_labels_parse(value, &((struct agent_options *)options)->labels, why);
}

#define INTO(member) .offset = offsetof(struct agent_options, member)

const struct app_option agent_option_table[] = {
	{ "textfile-dir", 'd', 1, OPTION_TEXT, "DIR", INTO(textfile_dir),
	  .standard = "/var/lib/prometheus/node-exporter", /* Debian's prometheus-node-exporter reads this one */
	  .help = "Where ctnet.prom is kept; off: nowhere" },
	{ "interval", 'i', 1, OPTION_TIME, "TIME", INTO(interval_ns), .standard = "5s", .min = NS_PER_MS,
	  .max = NS_PER_YEAR, .range = "1ms to a year; try 5s, 500ms",
	  .help = "Time between two collections: 5s, 500ms" },
	{ "keep", KEY_KEEP, 1, OPTION_YES_NO, YES_NO, INTO(keep), .standard = "no",
	  .help = "Leave the file there at the end; by default it goes, so that nobody scrapes frozen counters" },
	{ "listen", KEY_LISTEN, 1, OPTION_OWN, "ADDR:PORT", .set = set_listen, .standard = AGENT_OFF,
	  .help = "Serve /metrics by HTTP as well: at 127.0.0.1:9477, [::1]:9477, a port alone (of 127.0.0.1) or a socket, "
	          "unix:/run/ctnet.sock" },
	{ "max-series", KEY_MAX_SERIES, 1, OPTION_NUMBER, "N", INTO(max_series), .standard = "100000", .min = 1,
	  .max = 10000000, .range = "a number from 1 to 10000000",
	  .help = "Write at most N series; what is left out is counted" },
	{ "include", KEY_INCLUDE, 1, OPTION_OWN, "WHAT=GLOB", .set = set_include, .list = true,
	  .help = "Tell only of what matches: interface=, bridge=, kind= (of owner) or name= (of owner) and a pattern "
	          "such as web-*. Can be given more than once: any match will do" },
	{ "exclude", KEY_EXCLUDE, 1, OPTION_OWN, "WHAT=GLOB", .set = set_exclude, .list = true,
	  .help = "Do not tell of what matches, nor attach to it where it is known by its interface or bridge. Can be "
	          "given more than once" },
	{ "labels", KEY_LABELS, 1, OPTION_OWN, "LIST", .set = set_labels, .standard = SERIES_STANDARD,
	  .help = "Labels of the series, with commas between: netns and interface, which are needed, and any of owner, "
	          "host_interface, bridge, kind, container_name, container_id, image, pod_name, pod_namespace" },
	{ "measure", KEY_MEASURE, 1, OPTION_YES_NO, YES_NO, INTO(measure), .standard = "no", .fixed = true,
	  .help = "Tell runs and run time of ctnet's BPF programs too. The kernel then takes the time of every BPF "
	          "program of this machine, at about 20 ns twice a run, until ctnetd ends" },
	{ "keep-attached", KEY_KEEP_ATTACHED, 1, OPTION_YES_NO, YES_NO, INTO(keep_attached), .standard = "no",
	  .help = "At the end leave the programs attached, counting for the next start; by default nothing is left" },
	{ "verbose", 'v', 1, OPTION_YES_NO, YES_NO, INTO(verbose), .standard = "no", .help = "Say more on stderr" },
	{ "once", '1', 2, OPTION_YES_NO, NULL, INTO(once), .command = true,
	  .help = "Attach, collect once, write the file, leave it there and end" },
	{ "list-metrics", KEY_LIST_METRICS, 2, OPTION_YES_NO, NULL, INTO(list_metrics), .command = true,
	  .help = "Print every metric with its type and meaning, and end" },
	{ "detach", KEY_DETACH, 2, OPTION_YES_NO, NULL, INTO(detach), .command = true,
	  .help = "Take away all that agents left which do not run any more, say what that was, and end" },
	{ "config", 'c', 3, OPTION_TEXT, "FILE", INTO(config), .command = true,
	  .help = "Read these settings, which must be there, instead of " AGENT_CONFIG ", which need not: lines of "
	          "\"name = value\", with the names of the options here. What the command line says wins; SIGHUP reads "
	          "them again" },
	{ "check-config", KEY_CHECK_CONFIG, 3, OPTION_YES_NO, NULL, INTO(check_config), .command = true,
	  .help = "Say whether options and settings are right, and end" },
	{ "print-config", KEY_PRINT_CONFIG, 3, OPTION_YES_NO, NULL, INTO(print_config), .command = true,
	  .help = "Print the settings in force and where each comes from, as such a file, and end" },
	{ "attach", NODE_KEY_ATTACH, NODE_GROUP, OPTION_OWN, NODE_SHAPE_ATTACH, .set = set_attach, .standard = "auto",
	  .fixed = true, .help = NODE_HELP_ATTACH },
	{ "engine-root", NODE_KEY_ENGINE_ROOT, NODE_GROUP, OPTION_OWN, NODE_SHAPE_ENGINE_ROOT, .set = set_engine_root,
	  .list = true, .fixed = true, .help = NODE_HELP_ENGINE_ROOT },
	{ "docker-root", NODE_KEY_DOCKER_ROOT, NODE_GROUP, OPTION_OWN, NODE_SHAPE_DOCKER_ROOT, .set = set_docker_root,
	  .list = true, .fixed = true, .help = NODE_HELP_DOCKER_ROOT },
	{ "bpffs", NODE_KEY_BPFFS, NODE_GROUP, OPTION_TEXT, NODE_SHAPE_BPFFS, INTO(node.collector.bpffs),
	  .standard = NODE_BPFFS, .fixed = true, .help = NODE_HELP_BPFFS },
	{ 0 },
};

struct line {
	struct settings *settings;
	struct fault *fault;
};

static error_t take_option(int key, char *value, const struct line *line)
{
	for (const struct app_option *option = agent_option_table; option->name; option++) {
		const struct setting setting = {
			.option = option,
			.value = value ? value : "yes",
			.giver = GIVEN_BY_COMMAND_LINE,
		};

		if (option->key == key)
			return settings_add(line->settings, &setting, line->fault) < 0 ? EINVAL : 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	const struct line *line = state->input;

	if (key != ARGP_KEY_ARG)
		return take_option(key, value, line);
	fault_set(line->fault, -EINVAL, EXIT_CODE_USAGE, "%s: takes options only (see --help)", value);
	return EINVAL;
}

bool agent_options_parse(int argc, char **argv, struct settings *ret, struct fault *fault)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct line line = { .settings = ret, .fault = fault };
	const struct argp argp = {
		.options = option_argp(agent_option_table, &arena),
		.parser = parse,
		.doc = "Counts the traffic of every container on this node and keeps DIR/ctnet.prom for node_exporter's textfile "
		       "collector.\v"
		       "Examples:\n"
		       "  ctnetd\n"
		       "  ctnetd --textfile-dir /run/ctnet --interval 10s\n"
		       "  ctnetd --once --textfile-dir /tmp && cat /tmp/ctnet.prom\n"
		       "  ctnetd --measure --textfile-dir /run/ctnet\n"
		       "  ctnetd --textfile-dir off --listen 127.0.0.1:9477\n"
		       "  ctnetd --keep-attached            for a service: a restart loses no packet and no counter\n"
		       "  ctnetd --detach                   nothing of ctnet is left on this node\n"
		       "  ctnetd --interval 10s --print-config >/etc/ctnet/ctnetd.conf\n"
		       "\n"
		       "Exit status: 0 done, 1 failed while running, 2 wrong usage, 3 not permitted, 4 the kernel lacks something.",
	};

	*ret = (struct settings){ .count = 0 };
	return app_parse(&argp, argc, argv, &line, fault);
}

/* What the command line says of where the file is. */
static const char *named_config(const struct settings *line)
{
	const struct app_option *config = option_find(agent_option_table, "config");

	for (size_t i = 0; i < line->count; i++) {
		if (line->items[i].option == config)
			return line->items[i].value;
	}
	return NULL;
}

int agent_options_read(const struct settings *line, struct agent_options *ret, struct fault *fault)
{
	_cleanup_agent_options_ struct agent_options options = { .node.collector.attach = true };
	const char *named = named_config(line);
	struct settings file = { .count = 0 };
	int r;

	r = settings_read(named ? named : AGENT_CONFIG, named != NULL, agent_option_table, &options.arena, &file,
	                  fault);
	if (r < 0)
		return r;
	settings_merge(agent_option_table, &file, line, &options.in_force);
	r = settings_apply(&options.in_force, &options, fault);
	if (r < 0)
		return r;
	if (strcmp(options.textfile_dir, AGENT_OFF) == 0 && (options.listen.len == 0 || options.once))
		return fault_set(fault, -EINVAL, EXIT_CODE_USAGE,
		                 "textfile-dir is off and nobody listens: nobody would be told anything; give "
		                 "--textfile-dir or --listen");
	*ret = options;
	options = (struct agent_options){ .once = false };
	return 0;
}

void agent_options_free(struct agent_options *options)
{
	arena_free(&options->arena);
}
