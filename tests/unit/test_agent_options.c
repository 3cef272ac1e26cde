/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of ctnetd: every option, and what is said of a wrong one. */
#include "unit.h"

#include <argp.h>
#include <stdlib.h>

#include "app/agent_options.h"
#include "base/cleanup.h"
#include "options.h"

const char *argp_program_version = "ctnetd of this test";

static bool parse(const char *const words[MAX_WORDS], struct agent_options *ret, struct fault *fault)
{
	struct command_line line = command_line("ctnetd", words);

	*fault = (struct fault){ .code = EXIT_CODE_OK };
	return agent_options_parse(line.argc, line.argv, ret, fault);
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
	ACCEPTED(&o, "--keep");
	assert_true(o.keep && !o.once && !o.verbose && !o.list_metrics);
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

static void the_last_of_two_counts(void **state)
{
	struct agent_options o;

	ACCEPTED(&o, "-i", "1s", "-i", "2s");
	assert_int_equal(o.interval_ns, 2000000000);
}

static void what_is_wrong_is_said_with_the_remedy(void **state)
{
	static const struct {
		const char *words[MAX_WORDS];
		const char *said;
	} cases[] = {
		{ { "-i", "5x" }, "--interval 5x: not a duration (try 5s, 500ms)" },
		{ { "-i", "" }, "--interval : not a duration (try 5s, 500ms)" },
		{ { "-i", "-5s" }, "--interval -5s: not a duration (try 5s, 500ms)" },
		{ { "--interval=0" }, "--interval 0: out of range (try 5s, 500ms)" },
		{ { "--interval", "9999999999h" }, "--interval 9999999999h: out of range (try 5s, 500ms)" },
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

/* As main() does it. */
static int run(const struct command_line *line)
{
	struct command_line copy = *line;
	struct agent_options o;
	struct fault fault = { .code = EXIT_CODE_OK };

	app_init();
	return agent_options_parse(copy.argc, copy.argv, &o, &fault) ? 77 : EXIT_CODE_USAGE;
}

static struct outcome outcome(const char *word)
{
	const struct command_line line = command_line("ctnetd", (const char *const[MAX_WORDS]){ word });

	return outcome_of(run, &line);
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
	static const char *const names[] = {
		"-d, --textfile-dir=DIR",   "-i, --interval=TIME", "-1, --once",   "--keep ",    "--max-series=N",
		"--list-metrics",           "-v, --verbose",       "--attach=HOW", "--measure ", "--docker-root=DIR",
		"--engine-root=ENGINE=DIR", "-V, --version",       "Exit status: "
	};
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
		cmocka_unit_test(the_last_of_two_counts),
		cmocka_unit_test(what_is_wrong_is_said_with_the_remedy),
		cmocka_unit_test(unknown_options_end_with_the_code_for_usage),
		cmocka_unit_test(a_wrong_value_is_said_once),
		cmocka_unit_test(help_names_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
