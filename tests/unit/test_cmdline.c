/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>

#include "base/cleanup.h"
#include "observe/owners/cmdline_parse.h"
#include "observe/owners/lxc_parse.h"
#include "observe/owners/machined_parse.h"
#include "observe/owners/storage_parse.h"
#include "unit/tree.h"
#include "unit/unit.h"

/* A command line as /proc has it: the last argument ends with a NUL too. */
#define CMDLINE(text) text, sizeof(text)

static void what_stands_behind_the_command_is_its_own(void **state)
{
	static const struct cmdline_option options[] = { { "--name", 0 }, { "-n", 0 } };
	static const struct {
		const char *text;
		size_t len;
		enum cmdline_end until;
		const char *value;
	} cases[] = {
		{ CMDLINE("x\0-n\0a\0run\0-n\0b"), CMDLINE_TO_END, "b" },
		{ CMDLINE("x\0-n\0a\0run\0-n\0b"), CMDLINE_TO_COMMAND, "a" },
		{ CMDLINE("x\0-q\0--name=a\0--\0-n\0b"), CMDLINE_TO_COMMAND, "a" },
		{ CMDLINE("x\0run\0-n\0b"), CMDLINE_TO_COMMAND, NULL },
		{ CMDLINE("-n\0-q"), CMDLINE_TO_END, NULL }, /* its own name */
		{ CMDLINE("x\0-n"), CMDLINE_TO_END, NULL },
		{ CMDLINE("x\0-n\0-n\0b"), CMDLINE_TO_END, "-n" },
		{ CMDLINE("x\0"), CMDLINE_TO_END, NULL },
		{ "", 0, CMDLINE_TO_END, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cmdline got;

		assert_int_equal(cmdline_parse(cases[i].text, cases[i].len, options, ARRAY_SIZE(options),
		                               cases[i].until, &got),
		                 0);
		assert_int_equal(!got.values[0], !cases[i].value);
		if (got.values[0])
			assert_string_equal(got.values[0], cases[i].value);
		cmdline_free(&got);
	}
}

/* Of box: its conmon is the parent of 10853. */
static void a_recorded_conmon_tells_both_places(void **state)
{
	struct conmon_place got;
	char path[64];
	size_t len;
	char *text;
	int parent;
	FILE *stat = fopen("tests/fixtures/podman/proc/10853/stat", "r");

	assert_non_null(stat);
	assert_int_equal(fscanf(stat, "%*d %*s %*c %d", &parent), 1);
	(void)fclose(stat);
	(void)snprintf(path, sizeof(path), "tests/fixtures/podman/proc/%d/cmdline", parent);
	text = fixture_read(path, &len);
	assert_int_equal(conmon_parse_cmdline(text, len, &got), 0);
	assert_string_equal(got.bundle, "/var/lab/p/root/overlay-containers");
	assert_string_equal(got.pidfile, "/var/lab/p/run/overlay-containers");
	conmon_place_free(&got);
	free(text);
}

#define ID "4739f746297317435294a697435f0409e38cb944d6c7c1cb315a3652376732ab"

static void a_conmon_with_other_arguments_tells_nothing(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ CMDLINE("conmon") },
		{ CMDLINE("conmon\0-b\0/g/" ID "/userdata") },
		{ CMDLINE("conmon\0-b\0g/" ID "/userdata\0-p\0/r/" ID "/userdata/pidfile") },
		{ CMDLINE("conmon\0-b\0/g/short/userdata\0-p\0/r/" ID "/userdata/pidfile") },
		{ CMDLINE("conmon\0-b\0/g/" ID "/elsewhere\0-p\0/r/" ID "/userdata/pidfile") },
		{ CMDLINE("conmon\0-b\0/" ID "/userdata\0-p\0/r/" ID "/userdata/pid") },
	};
	struct conmon_place got;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(conmon_parse_cmdline(cases[i].text, cases[i].len, &got), -EINVAL);
	assert_int_equal(
		conmon_parse_cmdline(CMDLINE("conmon\0-b\0/g/" ID "/userdata\0-p\0/r/" ID
	                                     "/userdata/pidfile\0--exit-command-arg\0-b\0--exit-command-arg\0/x"),
	                             &got),
		0);
	assert_string_equal(got.bundle, "/g");
	conmon_place_free(&got);
}

static void a_recorded_monitor_is_that_of_its_container(void **state)
{
	size_t len;
	char *text = fixture_read("tests/fixtures/lxc/proc/11873/cmdline", &len);

	assert_true(lxc_is_monitor_of(text, len, "guest"));
	assert_false(lxc_is_monitor_of(text, len, "uest"));
	assert_false(lxc_is_monitor_of(text, len, "path guest2"));
	assert_false(lxc_is_monitor_of(text, len, "fore"));
	free(text);
	text = fixture_read("tests/fixtures/lxc/proc/11876/cmdline", &len);
	assert_true(lxc_is_monitor_of(text, len, "fore"));
	assert_false(lxc_is_monitor_of(text, len, "guest"));
	free(text);
}

static void other_programs_watch_over_nobody(void **state)
{
	assert_true(lxc_is_monitor_of(CMDLINE("/usr/bin/lxc-start\0-F\0--name=c1"), "c1"));
	assert_true(lxc_is_monitor_of(CMDLINE("lxc-start\0-P\0/srv\0-n\0c1"), "c1"));
	assert_false(lxc_is_monitor_of(CMDLINE("lxc-start\0c1"), "c1"));
	assert_false(lxc_is_monitor_of(CMDLINE("my-lxc-start\0-n\0c1"), "c1"));
	assert_false(lxc_is_monitor_of(CMDLINE("sh\0-n\0c1"), "c1"));
	assert_false(lxc_is_monitor_of(CMDLINE("lxc-execute\0-n\0c1\0--\0sh\0-n\0c2"), "c2"));
	assert_false(lxc_is_monitor_of(CMDLINE("[lxc monitor] c1"), "monitor] c1"));
	assert_false(lxc_is_monitor_of("", 0, "c1"));
}

/* NULL: none. */
static void assert_nspawn(const char *text, size_t len, const char *wanted)
{
	char name[MACHINE_NAME_MAX + 1] = "";

	assert_int_equal(nspawn_parse_name(text, len, name), wanted != NULL);
	assert_string_equal(name, wanted ? wanted : "");
}

static void a_machine_has_the_name_it_was_given(void **state)
{
	size_t len;
	char *text = fixture_read("tests/fixtures/nspawn/proc/11878/cmdline", &len);

	assert_nspawn(text, len, "mach");
	free(text);
	assert_nspawn(CMDLINE("systemd-nspawn\0--boot\0--machine=web"), "web");
	assert_nspawn(CMDLINE("systemd-nspawn\0-D\0/srv/web/"), "web");
	assert_nspawn(CMDLINE("systemd-nspawn\0-D\0/srv/web\0-Mother\0-b"), "other");
	assert_nspawn(CMDLINE("systemd-nspawn\0-D\0/srv/web\0sh\0-M\0fake"), "web");
	assert_nspawn(CMDLINE("systemd-nspawn\0-x\0-D\0/srv/web"), NULL);
	assert_nspawn(CMDLINE("systemd-nspawn\0-M\0a/b"), NULL);
	assert_nspawn(CMDLINE("systemd-nspawn\0-D\0/"), NULL);
	assert_nspawn(CMDLINE("systemd-nspawn"), NULL);
	assert_nspawn("", 0, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stands_behind_the_command_is_its_own),
		cmocka_unit_test(a_recorded_conmon_tells_both_places),
		cmocka_unit_test(a_conmon_with_other_arguments_tells_nothing),
		cmocka_unit_test(a_recorded_monitor_is_that_of_its_container),
		cmocka_unit_test(other_programs_watch_over_nobody),
		cmocka_unit_test(a_machine_has_the_name_it_was_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
