/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "observe/namespaces/proc_parse.h"
#include "unit/tree.h"

#define NODE "tests/fixtures/proc/node/"

/* What stands behind the name in a line of a real process. */
#define REST "S 13364 13383 13383 0 -1 4194560 983 0 0 0 1 1 0 0 20 0 1 0 162708 2322432 316 18446744073709551615"

static int parse(const char *text, struct proc_stat *ret)
{
	return proc_parse_stat(text, strlen(text), ret);
}

/* Recorded lines; the parent is field 4, the flags are field 9 and the start is field 22, as awk counts them. */
static void recorded_lines_are_read(void **state)
{
	static const struct {
		const char *path;
		struct proc_stat stat;
	} cases[] = {
		{ NODE "13383/stat", { 13383, 13364, "sleep", 4194560, 162708 } },
		{ NODE "12949/stat", { 12949, 1, "dockerd", 4194560, 160377 } },
		{ NODE "2/stat", { 2, 0, "kthreadd", 2129984, 24 } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct proc_stat got;
		size_t len;
		char *text = fixture_read(cases[i].path, &len);

		assert_int_equal(proc_parse_stat(text, len, &got), 0);
		assert_int_equal(got.pid, cases[i].stat.pid);
		assert_int_equal(got.parent, cases[i].stat.parent);
		assert_string_equal(got.comm, cases[i].stat.comm);
		assert_int_equal(got.flags, cases[i].stat.flags);
		assert_int_equal(got.start_time, cases[i].stat.start_time);
		free(text);
	}
}

static void only_kthreadd_has_the_flag_of_kernel_threads(void **state)
{
	struct proc_stat got;
	size_t len;
	char *text = fixture_read(NODE "2/stat", &len);

	assert_int_equal(proc_parse_stat(text, len, &got), 0);
	assert_true(got.flags & PROC_FLAG_KTHREAD);
	free(text);
	assert_int_equal(parse("13383 (sleep) " REST, &got), 0);
	assert_false(got.flags & PROC_FLAG_KTHREAD);
}

static void a_name_may_hold_parentheses_and_spaces(void **state)
{
	struct proc_stat got;

	assert_int_equal(parse("7 (a) S 1 (b) " REST, &got), 0);
	assert_string_equal(got.comm, "a) S 1 (b");
	assert_int_equal(got.start_time, 162708);
	assert_int_equal(parse("7 () " REST, &got), 0);
	assert_string_equal(got.comm, "");
	assert_int_equal(parse("7 ()))))) " REST, &got), 0);
	assert_string_equal(got.comm, ")))))");
}

/* The kernel writes them as they are. */
static void a_name_with_control_characters_is_cleaned(void **state)
{
	struct proc_stat got;

	assert_int_equal(parse("7 (a\nb\\c\x1b[1m\xff) " REST, &got), 0);
	assert_string_equal(got.comm, "a?b\\c?[1m?");
}

static void a_long_name_is_cut(void **state)
{
	struct proc_stat got;

	assert_int_equal(
		parse("7 (kworker/u4:2-events_unbound-and-a-very-long-tail-that-no-task-can-have-at-all) " REST, &got),
		0);
	assert_string_equal(got.comm, "kworker/u4:2-ev");
}

static void a_line_cut_short_is_refused(void **state)
{
	static const char line[] = "13383 (sleep) " REST;
	const size_t whole = (size_t)(strstr(line, "162708") - line);

	for (size_t len = 0; len <= whole; len++) {
		struct proc_stat got = { .pid = -7 };
		char *copy = malloc(len + 1); /* so that reading beyond is noticed */

		memcpy(copy, line, len);
		assert_int_equal(proc_parse_stat(copy, len, &got), -EINVAL);
		assert_int_equal(got.pid, -7);
		free(copy);
	}
}

static void what_is_no_stat_line_is_refused(void **state)
{
	static const char *const lines[] = {
		"x (sleep) " REST,
		"-1 (sleep) " REST,
		"0 (sleep) " REST,
		"4194305 (sleep) " REST,
		"99999999999999999999999 (sleep) " REST,
		"7 sleep " REST,
		"7 (sleep)" REST,
		"7 (sleep) S 1 1 1 0 -1 x 983 0 0 0 1 1 0 0 20 0 1 0 162708",
		"7 (sleep) S 1 1 1 0 -1 4294967296 983 0 0 0 1 1 0 0 20 0 1 0 162708",
		"7 (sleep) S 1 1 1 0 -1 4194560 983 0 0 0 1 1 0 0 20 0 1 0 -5 1",
		"7 (sleep) S 1 1 1 0 -1 4194560 983 0 0 0 1 1 0 0 20 0 1 0 18446744073709551616 1",
	};
	struct proc_stat got;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(parse(lines[i], &got), -EINVAL);
}

static void the_name_of_a_namespace_gives_its_inode(void **state)
{
	uint64_t inode = 0;

	assert_int_equal(proc_parse_netns("net:[4026531833]", 16, &inode), 0);
	assert_int_equal(inode, 4026531833);
	assert_int_equal(proc_parse_netns("net:[18446744073709551615]", 26, &inode), 0);
	assert_true(inode == UINT64_MAX);
}

static void other_names_are_no_network_namespace(void **state)
{
	static const char *const names[] = {
		"",          "net:",      "net:[",     "net:[]",           "net:[0]",  "net:[12",
		"net:[12]x", "net:[-12]", "net:[ 12]", "ipc:[4026531839]", "Net:[12]", "net:[18446744073709551616]",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint64_t inode = 7;

		assert_int_equal(proc_parse_netns(names[i], strlen(names[i]), &inode), -EINVAL);
		assert_int_equal(inode, 7);
	}
}

static void a_descriptor_tells_its_inode(void **state)
{
	static const char recorded[] =
		"pos:\t0\nflags:\t0100000\nmnt_id:\t45\nino:\t4026532178\n"; /* 6.18, a namespace */
	static const char *const others[] = {
		"",
		"pos:\t0\nflags:\t02\nmnt_id:\t45\n",
		"ino:\t7\n",
		"\nino:\t7",
		"\nino:\t\n",
		"\nino:\t0\n",
		"\nino:\t-7\n",
		"\nino:\t18446744073709551616\n",
	};
	uint64_t inode = 7;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(proc_parse_fdinfo(others[i], strlen(others[i]), &inode), -EINVAL);
	assert_int_equal(inode, 7);
	assert_int_equal(proc_parse_fdinfo(recorded, strlen(recorded), &inode), 0);
	assert_int_equal(inode, 4026532178);
}

static void only_numbers_are_process_ids(void **state)
{
	static const char *const names[] = { "", "self", "0", "01", "-1", "1a", "4194305", "99999999999999999999" };
	pid_t pid = 7;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(proc_parse_pid(names[i], &pid), -EINVAL);
	assert_int_equal(pid, 7);
	assert_int_equal(proc_parse_pid("4194304", &pid), 0);
	assert_int_equal(pid, 4194304);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_lines_are_read),
		cmocka_unit_test(only_kthreadd_has_the_flag_of_kernel_threads),
		cmocka_unit_test(a_name_may_hold_parentheses_and_spaces),
		cmocka_unit_test(a_name_with_control_characters_is_cleaned),
		cmocka_unit_test(a_long_name_is_cut),
		cmocka_unit_test(a_line_cut_short_is_refused),
		cmocka_unit_test(what_is_no_stat_line_is_refused),
		cmocka_unit_test(the_name_of_a_namespace_gives_its_inode),
		cmocka_unit_test(other_names_are_no_network_namespace),
		cmocka_unit_test(a_descriptor_tells_its_inode),
		cmocka_unit_test(only_numbers_are_process_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
