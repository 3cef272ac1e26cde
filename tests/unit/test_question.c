/* SPDX-License-Identifier: GPL-2.0-only */
/* The command lines of what asks about a node: names, flags, and where somebody else's command line begins. */
#include "unit.h"

#include "app/question.h"
#include "base/cleanup.h"
#include "options.h"

enum { ALL, DOT };

static const struct question_form form = {
	.word = "ask",
	.args_doc = "NAME [TO]",
	.flags = { [ALL] = { "all", "Everything", 'a' }, [DOT] = { "dot", "A graph", '\0' } },
	.one_flag = true,
	.least = 1,
	.most = 2,
	.too_few = "which?",
	.too_many = "one NAME, and one to go to",
	.doc = "Asks.\vExamples:\n  ctnet ask box",
};

static const struct question_form run_form = {
	.word = "run",
	.flags = { { "verbose", "Say more", 'v' } },
	.least = 1,
	.most = 1,
	.too_few = "where, and what?",
	.no_command = "what?",
};

static int said_fault(const struct question_form *which, const struct command_line *line)
{
	struct command_line copy = *line;
	struct fault fault = { 0 };
	struct question q;

	app_init();
	return question_parse(which, copy.argc, copy.argv, &fault, &q) ? EXIT_CODE_OK : EXIT_CODE_USAGE;
}

static int ask(const struct command_line *line)
{
	return said_fault(&form, line);
}

static int run(const struct command_line *line)
{
	return said_fault(&run_form, line);
}

static struct question parsed(const struct question_form *which, struct command_line *line)
{
	static struct fault fault;
	struct question q;

	assert_true(question_parse(which, line->argc, line->argv, &fault, &q));
	return q;
}

static void names_are_taken_in_order(void **state)
{
	struct command_line one = command_line("ask", (const char *const[MAX_WORDS]){ "box" });
	struct command_line two = command_line("ask", (const char *const[MAX_WORDS]){ "box", "--all", "db" });
	struct question q = parsed(&form, &one);

	assert_string_equal(q.names[0], "box");
	assert_null(q.names[1]);
	assert_false(q.flags[ALL] || q.flags[DOT]);
	q = parsed(&form, &two);
	assert_string_equal(q.names[1], "db");
	assert_true(q.flags[ALL]);
}

static void a_flag_has_a_short_form_or_none(void **state)
{
	struct command_line by_letter = command_line("ask", (const char *const[MAX_WORDS]){ "-a", "box" });
	struct command_line by_name = command_line("ask", (const char *const[MAX_WORDS]){ "--dot", "--dot", "box" });

	assert_true(parsed(&form, &by_letter).flags[ALL]);
	assert_true(parsed(&form, &by_name).flags[DOT]);
}

static void options_of_the_node_stand_beside(void **state)
{
	struct command_line line =
		command_line("ask", (const char *const[MAX_WORDS]){ "--docker-root=/srv/docker", "box" });

	assert_int_equal(parsed(&form, &line).node.collector.engine_roots.count, 1);
}

static void what_is_behind_the_name_is_a_command_s_own(void **state)
{
	struct command_line plain = command_line("run", (const char *const[MAX_WORDS]){ "box", "ls", "-v", "--all" });
	struct command_line after = command_line("run", (const char *const[MAX_WORDS]){ "-v", "box", "--", "-x" });
	struct question q = parsed(&run_form, &plain);

	assert_false(q.flags[0]);
	assert_string_equal(q.command[0], "ls");
	assert_string_equal(q.command[1], "-v");
	assert_string_equal(q.command[2], "--all");
	assert_null(q.command[3]);
	q = parsed(&run_form, &after);
	assert_true(q.flags[0]);
	assert_string_equal(q.command[0], "-x");
}

static void a_wrong_line_is_told_in_the_command_s_words(void **state)
{
	static const struct {
		int (*what)(const struct command_line *);
		const char *words[MAX_WORDS];
		const char *said;
	} lines[] = {
		{ ask, { NULL }, "ask: which?\n" },
		{ ask, { "a", "b", "c" }, "ask: c: one NAME, and one to go to\n" },
		{ ask, { "--dot", "-a", "box" }, "ask: --all or --dot, not both\n" },
		{ run, { NULL }, "run: where, and what?\n" },
		{ run, { "box", "--" }, "run: what?\n" },
		{ ask, { "--no-such" }, "unrecognized option '--no-such'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct command_line line = command_line("ctnet", lines[i].words);
		struct outcome outcome = outcome_of(lines[i].what, &line);

		assert_int_equal(outcome.status, EXIT_CODE_USAGE);
		assert_non_null(strstr(outcome.said, lines[i].said));
	}
}

static void help_shows_what_the_form_says(void **state)
{
	struct command_line line = command_line("ctnet ask", (const char *const[MAX_WORDS]){ "--help" });
	struct outcome outcome = outcome_of(ask, &line);

	assert_int_equal(outcome.status, EXIT_CODE_OK);
	assert_non_null(strstr(outcome.said, "NAME [TO]"));
	assert_non_null(strstr(outcome.said, "-a, --all"));
	assert_non_null(strstr(outcome.said, "      --dot "));
	assert_non_null(strstr(outcome.said, "--engine-root"));
	assert_non_null(strstr(outcome.said, "  ctnet ask box\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_taken_in_order),
		cmocka_unit_test(a_flag_has_a_short_form_or_none),
		cmocka_unit_test(options_of_the_node_stand_beside),
		cmocka_unit_test(what_is_behind_the_name_is_a_command_s_own),
		cmocka_unit_test(a_wrong_line_is_told_in_the_command_s_words),
		cmocka_unit_test(help_shows_what_the_form_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
