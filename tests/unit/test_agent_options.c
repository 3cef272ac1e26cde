/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of ctnetd: every option, and what is said of a wrong one. */
#include "unit.h"

#include <argp.h>
#include <stdlib.h>

#include "app/agent_options.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "options.h"
#include "render/prom_labels.h"
#include "tree.h"

const char *argp_program_version = "ctnetd of this test";

/* As main() does it. Options of the last call are valid until the next. */
static struct settings said;

static bool parse(const char *const words[MAX_WORDS], struct agent_options *ret, struct fault *fault)
{
	struct command_line line = command_line("ctnetd", words);

	*fault = (struct fault){ .code = EXIT_CODE_OK };
	return agent_options_parse(line.argc, line.argv, &said, fault) && agent_options_read(&said, ret, fault) == 0;
}

static void accepted(const char *const words[MAX_WORDS], struct agent_options *ret)
{
	struct fault fault;

	assert_true(parse(words, ret, &fault));
	assert_int_equal(fault.code, EXIT_CODE_OK);
}

#define ACCEPTED(ret, ...) accepted((const char *const[MAX_WORDS]){ __VA_ARGS__ }, ret)

static void nothing_said_is_what_debian_expects(void **state)
{
	struct agent_options o;

	ACCEPTED(&o, NULL);
	assert_string_equal(o.textfile_dir, "/var/lib/prometheus/node-exporter");
	assert_int_equal(o.interval_ns, 5000000000ULL);
	assert_int_equal(o.max_series, 100000);
	assert_int_equal(o.choice.count, 0);
	assert_int_equal(o.labels, SERIES_KEY);
	assert_false(o.once || o.keep || o.verbose || o.list_metrics || o.measure);
	assert_true(o.node.collector.attach);
	assert_int_equal(o.node.collector.mode, ATTACH_AUTO);
	assert_int_equal(o.node.collector.engine_roots.count, 0);
	assert_null(o.node.collector.proc);
}

static void each_option_is_for_one_thing(void **state)
{
	struct agent_options o;

	ACCEPTED(&o, "-d", "/run/ctnet");
	assert_string_equal(o.textfile_dir, "/run/ctnet");
	ACCEPTED(&o, "--textfile-dir=/tmp/x");
	assert_string_equal(o.textfile_dir, "/tmp/x");
	ACCEPTED(&o, "-i", "500ms");
	assert_int_equal(o.interval_ns, 500000000);
	ACCEPTED(&o, "--interval", "10");
	assert_int_equal(o.interval_ns, 10000000000ULL);
	ACCEPTED(&o, "-1");
	assert_true(o.once && !o.keep && !o.verbose && !o.list_metrics);
	ACCEPTED(&o, "--once");
	assert_true(o.once);
	ACCEPTED(&o, "--keep=no", "--verbose=yes");
	assert_true(o.verbose && !o.keep);
	ACCEPTED(&o, "--keep");
	assert_true(o.keep && !o.once && !o.verbose && !o.list_metrics);
	ACCEPTED(&o, "--include", "kind=pod", "--exclude", "name=ci-*", "--labels=netns,interface");
	assert_int_equal(o.choice.count, 2);
	assert_true(!o.choice.rules[0].exclude && o.choice.rules[1].exclude);
	assert_int_equal(o.labels, 1U << SERIES_NETNS | 1U << SERIES_INTERFACE);
	ACCEPTED(&o, "-v");
	assert_true(o.verbose && !o.once && !o.keep && !o.list_metrics);
	ACCEPTED(&o, "--verbose");
	assert_true(o.verbose);
	ACCEPTED(&o, "--measure");
	assert_true(o.measure && !o.once && !o.keep && !o.verbose && !o.list_metrics);
	ACCEPTED(&o, "--list-metrics");
	assert_true(o.list_metrics && !o.once && !o.keep && !o.verbose);
	ACCEPTED(&o, "--max-series", "1");
	assert_int_equal(o.max_series, 1);
	ACCEPTED(&o, "--max-series", "10000000");
	assert_int_equal(o.max_series, 10000000);
	ACCEPTED(&o, "--attach", "clsact", "--docker-root", "/data", "-1");
	assert_int_equal(o.node.collector.mode, ATTACH_CLSACT);
	assert_string_equal(engine_roots_of(&o.node.collector.engine_roots, "docker", 0), "/data");
	assert_true(o.once);
}

static void what_is_wrong_is_said_with_the_remedy(void **state)
{
	static const struct {
		const char *words[MAX_WORDS];
		const char *said;
	} cases[] = {
		{ { "-i", "5x" }, "--interval 5x: not a duration (1ms to a year; try 5s, 500ms)" },
		{ { "-i", "" }, "--interval : not a duration (1ms to a year; try 5s, 500ms)" },
		{ { "-i", "-5s" }, "--interval -5s: not a duration (1ms to a year; try 5s, 500ms)" },
		{ { "--interval=0" }, "--interval 0: out of range (1ms to a year; try 5s, 500ms)" },
		{ { "--interval=999us" }, "--interval 999us: out of range (1ms to a year; try 5s, 500ms)" },
		{ { "--interval", "9999999999h" },
		  "--interval 9999999999h: out of range (1ms to a year; try 5s, 500ms)" },
		{ { "-i", "1s", "-i", "2s" }, "--interval 2s: given as 1s already; keep one of them" },
		{ { "--once", "-1" }, "--once yes: given as yes already; keep one of them" },
		{ { "--include=veth*" },
		  "--include veth*: not of the form WHAT=GLOB (WHAT is interface, bridge, kind or name; "
		  "try kind=process)" },
		{ { "--labels=netns,owner,if" },
		  "--labels netns,owner,if: not a list of labels (there are netns,owner,interface,host_interface,bridge,"
		  "kind,container_name,container_id,image,pod_name,pod_namespace)" },
		{ { "--keep=maybe" }, "--keep maybe: not yes or no" },
		{ { "-d", "" }, "--textfile-dir : empty (give a DIR)" },
		{ { "-d", "/a\nb" }, "--textfile-dir /a?b: has a control character; write it as plain text" },
		{ { "-d", "/\xff" }, "--textfile-dir /?: is not UTF-8; write it as plain text" },
		{ { "--engine-root=docker" },
		  "--engine-root docker: not of the form ENGINE=DIR (try docker=/srv/docker)" },
		{ { "--max-series", "0" }, "--max-series 0: not a number from 1 to 10000000" },
		{ { "--max-series", "10000001" }, "--max-series 10000001: not a number from 1 to 10000000" },
		{ { "--max-series", "many" }, "--max-series many: not a number from 1 to 10000000" },
		{ { "--max-series", "-1" }, "--max-series -1: not a number from 1 to 10000000" },
		{ { "--attach", "xdp" }, "--attach xdp: not a way to attach (try auto, tcx or clsact)" },
		{ { "box" }, "box: takes options only (see --help)" },
		{ { "-1", "--", "-v" }, "-v: takes options only (see --help)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct agent_options o;
		struct fault fault;

		assert_false(parse(cases[i].words, &o, &fault));
		assert_int_equal(fault.code, EXIT_CODE_USAGE);
		assert_string_equal(fault.text, cases[i].said);
	}
}

static int run(const struct command_line *line)
{
	struct command_line copy = *line;
	struct agent_options o;
	struct fault fault = { .code = EXIT_CODE_OK };

	app_init();
	if (!agent_options_parse(copy.argc, copy.argv, &said, &fault))
		return EXIT_CODE_USAGE;
	return agent_options_read(&said, &o, &fault) < 0 ? app_fail(&fault) : 77;
}

static struct outcome outcome(const char *word)
{
	const struct command_line line = command_line("ctnetd", (const char *const[MAX_WORDS]){ word });

	return outcome_of(run, &line);
}

/* ---- the file */

static struct tree tree;

/* Reads a file of these words, above which a command line stands. */
static bool configured(const char *text, const char *const words[MAX_WORDS], struct agent_options *ret,
                       struct fault *fault)
{
	const char *all[MAX_WORDS] = { "--config", tree_path(&tree, "ctnetd.conf") };

	tree_text(&tree, "ctnetd.conf", text);
	for (size_t i = 0; i + 2 < MAX_WORDS && words && words[i]; i++)
		all[i + 2] = words[i];
	return parse(all, ret, fault);
}

static void the_file_has_the_names_of_the_options(void **state)
{
	_cleanup_agent_options_ struct agent_options o = { .once = false };
	struct fault fault;

	assert_true(configured("# all of it\n"
	                       "textfile-dir = \"/run/my metrics\"\n"
	                       "interval = 250ms # often\n"
	                       "keep = yes\nmax-series = 7\nmeasure = yes\nverbose = yes\nattach = tcx\n"
	                       "engine-root = podman=/a:/b\nengine-root = docker=/c\ndocker-root = /d\n",
	                       NULL, &o, &fault));
	assert_string_equal(o.textfile_dir, "/run/my metrics");
	assert_int_equal(o.interval_ns, 250000000);
	assert_int_equal(o.max_series, 7);
	assert_true(o.keep && o.measure && o.verbose && !o.once);
	assert_int_equal(o.node.collector.mode, ATTACH_TCX);
	assert_string_equal(engine_roots_of(&o.node.collector.engine_roots, "podman", 0), "/a:/b");
	assert_string_equal(engine_roots_of(&o.node.collector.engine_roots, "docker", 0), "/c");
	assert_string_equal(engine_roots_of(&o.node.collector.engine_roots, "docker", 1), "/d");
}

static void the_command_line_wins(void **state)
{
	static const char *const words[MAX_WORDS] = { "-i", "1s", "--keep=no", "--engine-root=crio=/x" };
	_cleanup_agent_options_ struct agent_options o = { .once = false };
	struct fault fault;

	assert_true(
		configured("interval = 2s\nkeep = yes\nmax-series = 7\nengine-root = docker=/c\n", words, &o, &fault));
	assert_int_equal(o.interval_ns, 1000000000);
	assert_false(o.keep);
	assert_int_equal(o.max_series, 7);
	assert_string_equal(engine_roots_of(&o.node.collector.engine_roots, "crio", 0), "/x");
	assert_null(engine_roots_of(&o.node.collector.engine_roots, "docker", 0));
}

static void every_line_is_checked(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "\ninterval = 5x\n", ":2: interval = 5x: not a duration (1ms to a year; try 5s, 500ms)" },
		{ "interval = 0\n", ":1: interval = 0: out of range (1ms to a year; try 5s, 500ms)" },
		{ "max-series = -1", ":1: max-series = -1: not a number from 1 to 10000000" },
		{ "keep = 1\n", ":1: keep = 1: not yes or no" },
		{ "keep\n", ":1: not of the form \"name = value\"" },
		{ "keep = \n", ":1: keep = : not yes or no" },
		{ "colour = red\n", ":1: colour: no such setting (--print-config lists them)" },
		{ "once = yes\n", ":1: once = yes: for the command line alone; take it out of the file" },
		{ "config = /a\n", ":1: config = /a: for the command line alone; take it out of the file" },
		{ "keep = yes\n\nkeep = yes\n", ":3: keep = yes: given in line 1 already; keep one of them" },
		{ "attach = xdp\n", ":1: attach = xdp: not a way to attach (try auto, tcx or clsact)" },
		{ "engine-root = docker=x\n", ":1: engine-root = docker=x: wants docker=DATA-ROOT, absolute" },
		{ "textfile-dir = \n", ":1: textfile-dir = : empty (give a DIR)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_agent_options_ struct agent_options o = { .once = false };
		struct fault fault;
		char wanted[512];

		assert_false(configured(cases[i].text, NULL, &o, &fault));
		assert_int_equal(fault.code, EXIT_CODE_USAGE);
		(void)snprintf(wanted, sizeof(wanted), "%s%s", tree_path(&tree, "ctnetd.conf"), cases[i].said);
		assert_string_equal(fault.text, wanted);
	}
}

static void there_are_not_more_settings_than_are_taken(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_agent_options_ struct agent_options o = { .once = false };
	struct fault fault;

	for (size_t i = 0; i <= SETTINGS_GIVEN; i++)
		(void)buf_puts(&text, "docker-root = /d\n");
	assert_false(configured(text.data, NULL, &o, &fault));
	assert_non_null(strstr(fault.text, ":225: docker-root = /d: more than 224 settings"));
}

static void a_file_that_cannot_be_read_is_refused(void **state)
{
	static char large[65 * 1024];
	static const struct {
		const char *name, *why;
	} cases[] = {
		{ "missing", "No such file or directory" },
		{ "", "not a regular file" }, /* the directory */
		{ "fifo", "not a regular file" },
		{ "large", "more than 64 kB" },
	};

	memset(large, '#', sizeof(large) - 1);
	tree_text(&tree, "large", large);
	assert_int_equal(mkfifo(tree_path(&tree, "fifo"), 0600), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct agent_options o;
		struct fault fault;
		char wanted[512];

		assert_false(
			parse((const char *const[MAX_WORDS]){ "-c", tree_path(&tree, cases[i].name) }, &o, &fault));
		assert_int_equal(fault.code, EXIT_CODE_USAGE);
		(void)snprintf(wanted, sizeof(wanted), "%s: cannot be read: %s; mend it, or name another with --config",
		               tree_path(&tree, cases[i].name), cases[i].why);
		assert_string_equal(fault.text, wanted);
	}
}

static void a_symbolic_link_is_followed(void **state)
{
	_cleanup_agent_options_ struct agent_options o = { .once = false };
	struct fault fault;

	tree_text(&tree, "..data/ctnetd.conf", "max-series = 9\n");
	tree_link(&tree, "link.conf", "..data/ctnetd.conf");
	assert_true(parse((const char *const[MAX_WORDS]){ "-c", tree_path(&tree, "link.conf") }, &o, &fault));
	assert_int_equal(o.max_series, 9);
}

static void what_is_in_force_reads_the_same_again(void **state)
{
	static const char *const words[MAX_WORDS] = { "--textfile-dir", "/a # \"b\"", "-v" };
	_cleanup_agent_options_ struct agent_options o = { .once = false }, again = { .once = false };
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct fault fault;
	char wanted[512];

	assert_true(configured("interval = 2s\nengine-root = docker=/c\nengine-root = crio=/d\n", words, &o, &fault));
	settings_print(agent_option_table, &o.in_force, &text);
	assert_non_null(strstr(text.data, "max-series = 100000  # default\n"));
	assert_non_null(strstr(text.data, "textfile-dir = \"/a # \\\"b\\\"\"  # command line\n"));
	assert_non_null(strstr(text.data, "# docker-root =  # not set\n"));
	assert_null(strstr(text.data, "once"));
	(void)snprintf(wanted, sizeof(wanted), "interval = 2s  # %s:1\n", tree_path(&tree, "ctnetd.conf"));
	assert_non_null(strstr(text.data, wanted));

	assert_true(configured(text.data, NULL, &again, &fault));
	for (const struct app_option *option = agent_option_table; option->name; option++) {
		if (!option->command)
			assert_true(settings_agree(&o.in_force, &again.in_force, option));
	}
}

static int make_tree(void **state)
{
	tree_make(&tree);
	return 0;
}

static int remove_tree(void **state)
{
	tree_remove(&tree, "");
	return 0;
}

static void unknown_options_end_with_the_code_for_usage(void **state)
{
	static const char *const words[] = { "--frobnicate", "-x", "--interval", "--once=1", "-d" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct outcome o = outcome(words[i]);

		assert_int_equal(o.status, EXIT_CODE_USAGE);
		assert_non_null(strstr(o.said, "ctnetd: "));
		assert_non_null(strstr(o.said, "--help"));
	}
	assert_int_equal(outcome("--once").status, 77);
}

static void a_wrong_value_is_said_once(void **state)
{
	struct outcome o = outcome("--interval=5x");
	const char *first = strstr(o.said, "--interval 5x: not a duration");

	assert_int_equal(o.status, EXIT_CODE_USAGE);
	assert_non_null(first);
	assert_null(strstr(first + 1, "--interval"));
}

static void help_names_every_option(void **state)
{
	static const char *const names[] = { "-d, --textfile-dir=DIR",
		                             "-i, --interval=TIME",
		                             "-1, --once",
		                             "--keep[=yes|no]",
		                             "--max-series=N",
		                             "--list-metrics",
		                             "-v, --verbose[=yes|no]",
		                             "--attach=HOW",
		                             "--measure[=yes|no]",
		                             "-c, --config=FILE",
		                             "--check-config",
		                             "--print-config",
		                             "--include=WHAT=GLOB",
		                             "--exclude=WHAT=GLOB",
		                             "--labels=LIST",
		                             "--docker-root=DIR",
		                             "--engine-root=ENGINE=DIR",
		                             "-V, --version",
		                             "Exit status: " };
	struct outcome help = outcome("--help");
	struct outcome version = outcome("--version");

	assert_int_equal(help.status, 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_non_null(strstr(help.said, names[i]));
	assert_int_equal(version.status, 0);
	assert_string_equal(version.said, "ctnetd of this test\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_said_is_what_debian_expects),
		cmocka_unit_test(each_option_is_for_one_thing),
		cmocka_unit_test(what_is_wrong_is_said_with_the_remedy),
		cmocka_unit_test(the_file_has_the_names_of_the_options),
		cmocka_unit_test(the_command_line_wins),
		cmocka_unit_test(every_line_is_checked),
		cmocka_unit_test(there_are_not_more_settings_than_are_taken),
		cmocka_unit_test(a_file_that_cannot_be_read_is_refused),
		cmocka_unit_test(a_symbolic_link_is_followed),
		cmocka_unit_test(what_is_in_force_reads_the_same_again),
		cmocka_unit_test(unknown_options_end_with_the_code_for_usage),
		cmocka_unit_test(a_wrong_value_is_said_once),
		cmocka_unit_test(help_names_every_option),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
