/* SPDX-License-Identifier: GPL-2.0-only */
/* The options that all programs share, as a child of another parser, and what every program begins and ends with. */
#include "unit.h"

#include <argp.h>
#include <errno.h>
#include <signal.h>

#include "app/node_options.h"
#include "base/cleanup.h"
#include "options.h"

/* A program with no options of its own. */
static error_t parse_own(int key, char *value, struct argp_state *state)
{
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	state->child_inputs[0] = state->input;
	return 0;
}

static const struct argp_child children[] = { { &node_argp, 0, NULL, 0 }, { 0 } };
static const struct argp argp = { .parser = parse_own, .children = children };

static bool parse(const char *const words[MAX_WORDS], struct node_options *ret, struct fault *fault)
{
	struct command_line line = command_line("program", words);

	*fault = (struct fault){ .code = EXIT_CODE_OK };
	*ret = (struct node_options){ .fault = fault };
	return app_parse(&argp, line.argc, line.argv, ret, fault);
}

static void each_way_to_attach_has_a_name(void **state)
{
	static const struct {
		const char *name;
		enum attach_mode mode;
	} modes[] = { { "auto", ATTACH_AUTO }, { "tcx", ATTACH_TCX }, { "clsact", ATTACH_CLSACT } };
	struct node_options node;
	struct fault fault;

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		assert_true(parse((const char *const[MAX_WORDS]){ "--attach", modes[i].name }, &node, &fault));
		assert_int_equal(node.collector.mode, modes[i].mode);
		assert_int_equal(node.collector.engine_roots.count, 0);
	}
}

static void dockers_root_is_taken_as_it_is(void **state)
{
	struct node_options node;
	struct fault fault;

	assert_true(parse((const char *const[MAX_WORDS]){ "--docker-root=/srv/docker data" }, &node, &fault));
	assert_string_equal(engine_roots_of(&node.collector.engine_roots, "docker", 0), "/srv/docker data");
	assert_null(engine_roots_of(&node.collector.engine_roots, "docker", 1));
	assert_int_equal(node.collector.mode, ATTACH_AUTO);
}

static void each_engine_has_its_roots(void **state)
{
	struct node_options node;
	const struct engine_roots *roots = &node.collector.engine_roots;
	struct fault fault;

	assert_true(parse((const char *const[MAX_WORDS]){ "--engine-root", "docker=/a:b=c",
	                                                  "--engine-root=podman=/g:/r", "--docker-root=/d",
	                                                  "--engine-root=containerd=/s", "--engine-root=crio=/c" },
	                  &node, &fault));
	assert_string_equal(engine_roots_of(roots, "docker", 0), "/a:b=c");
	assert_string_equal(engine_roots_of(roots, "docker", 1), "/d");
	assert_null(engine_roots_of(roots, "docker", 2));
	assert_string_equal(engine_roots_of(roots, "podman", 0), "/g:/r");
	assert_string_equal(engine_roots_of(roots, "containerd", 0), "/s");
	assert_string_equal(engine_roots_of(roots, "crio", 0), "/c");
	assert_null(engine_roots_of(roots, "lxc", 0));
}

static void what_is_no_root_is_named(void **state)
{
	static const struct {
		const char *value, *why;
	} wrong[] = {
		{ "/srv/docker", "not of the form ENGINE=DIR (try docker=/srv/docker)" },
		{ "", "not of the form ENGINE=DIR (try docker=/srv/docker)" },
		{ "rkt=/a", "not an engine (try one of docker, podman, containerd, crio)" },
		{ "=/a", "not an engine (try one of docker, podman, containerd, crio)" },
		{ "lxc=/a", "what lxc runs is found by its processes, wherever its state is" },
		{ "docker=data", "wants docker=DATA-ROOT, absolute" },
		{ "docker=", "wants docker=DATA-ROOT, absolute" },
		{ "podman=/a", "wants podman=GRAPHROOT:RUNROOT, absolute" },
		{ "podman=/a:b", "wants podman=GRAPHROOT:RUNROOT, absolute" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct node_options node;
		struct fault fault;
		char said[160];

		assert_false(parse((const char *const[MAX_WORDS]){ "--engine-root", wrong[i].value }, &node, &fault));
		assert_int_equal(fault.code, EXIT_CODE_USAGE);
		(void)snprintf(said, sizeof(said), "--engine-root %s: %s", wrong[i].value, wrong[i].why);
		assert_string_equal(fault.text, said);
	}
}

static void no_other_way_to_attach_is_taken(void **state)
{
	static const char *const names[] = { "", "TCX", "tc", "tcx ", "clsact2", "none" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct node_options node;
		struct fault fault;
		char said[128];

		assert_false(parse((const char *const[MAX_WORDS]){ "--attach", names[i] }, &node, &fault));
		assert_int_equal(fault.code, EXIT_CODE_USAGE);
		(void)snprintf(said, sizeof(said), "--attach %s: not a way to attach (try auto, tcx or clsact)",
		               names[i]);
		assert_string_equal(fault.text, said);
	}
}

static int run(const struct command_line *line)
{
	struct command_line copy = *line;
	struct fault fault = { .code = EXIT_CODE_OK };
	struct node_options node = { .fault = &fault };

	app_init();
	return app_parse(&argp, copy.argc, copy.argv, &node, &fault) ? 77 : 78;
}

static void argp_ends_with_the_code_for_usage(void **state)
{
	static const char *const words[] = { "--attach", "--docker-root", "--engine-root", "--what", "-q" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const struct command_line line = command_line("program", (const char *const[MAX_WORDS]){ words[i] });

		assert_int_equal(outcome_of(run, &line).status, EXIT_CODE_USAGE);
	}
}

/* A value that is no good ends nothing by itself: it is printed, and main() ends. */
static void a_wrong_value_is_printed_on_one_line(void **state)
{
	const struct command_line line = command_line("program", (const char *const[MAX_WORDS]){ "--attach", "xdp" });
	struct outcome outcome = outcome_of(run, &line);

	assert_int_equal(outcome.status, 78);
	assert_non_null(strstr(outcome.said, "--attach xdp: not a way to attach"));
	assert_ptr_equal(strchr(outcome.said, '\n'), outcome.said + strlen(outcome.said) - 1);
}

/* Writes where nobody reads: a signal would end it before it can say so. */
static int write_into_nowhere(const struct command_line *line)
{
	int ends[2];

	(void)signal(SIGPIPE, SIG_DFL);
	app_init();
	if (pipe(ends) < 0)
		return 1;
	(void)close(ends[0]);
	return write(ends[1], "x", 1) < 0 && errno == EPIPE ? 0 : 1;
}

static void a_closed_pipe_is_no_signal(void **state)
{
	const struct command_line none = { .argc = 0 };

	assert_int_equal(outcome_of(write_into_nowhere, &none).status, 0);
}

static int fail_with(const struct command_line *line)
{
	const struct fault fault = { .code = EXIT_CODE_KERNEL_LACKS, .text = "no such thing" };

	return app_fail(&fault);
}

static void a_fault_is_printed_and_is_the_exit_code(void **state)
{
	const struct command_line none = { .argc = 0 };
	struct outcome outcome = outcome_of(fail_with, &none);

	assert_int_equal(outcome.status, EXIT_CODE_KERNEL_LACKS);
	assert_non_null(strstr(outcome.said, "no such thing\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_to_attach_has_a_name),
		cmocka_unit_test(dockers_root_is_taken_as_it_is),
		cmocka_unit_test(each_engine_has_its_roots),
		cmocka_unit_test(what_is_no_root_is_named),
		cmocka_unit_test(no_other_way_to_attach_is_taken),
		cmocka_unit_test(argp_ends_with_the_code_for_usage),
		cmocka_unit_test(a_wrong_value_is_printed_on_one_line),
		cmocka_unit_test(a_closed_pipe_is_no_signal),
		cmocka_unit_test(a_fault_is_printed_and_is_the_exit_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
