/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/machined_parse.h"
#include "unit/engine.h"

/*
 * Machines registered with systemd-machined: files of a real one (v252, tests/fixtures/machined; paths and units were replaced), and some
 * written here as its machine_save() writes them.
 */
#define MACHINE(name, more)                                                                                            \
	"# This is private data. Do not parse.\nNAME=" name "\n" more "REALTIME=1795460842000000\nMONOTONIC=5544\n"
#define LEADER "LEADER=800\n"

static int parse(const char *text, struct machine *ret)
{
	return machine_parse(text, strlen(text), "web", ret);
}

static void a_state_file_is_read(void **state)
{
	struct machine got;

	assert_int_equal(parse(MACHINE("web", "SCOPE=machine-web\\\\x2d1.scope\nSERVICE=systemd-nspawn\n"
	                                      "ROOT=/srv/web\n" LEADER "CLASS=container\n"),
	                       &got),
	                 0);
	assert_true(got.is_container);
	assert_false(got.is_lxc);
	assert_int_equal(got.leader, 800);
	assert_string_equal(got.unit, "machine-web\\x2d1.scope");
	machine_free(&got);
	assert_int_equal(parse(MACHINE("web", "SERVICE=\"libvirt-lxc\"\n" LEADER "CLASS=container\n"), &got), 0);
	assert_true(got.is_lxc);
	assert_null(got.unit);
	machine_free(&got);
	assert_int_equal(parse(MACHINE("web", LEADER "CLASS=vm\n"), &got), 0);
	assert_false(got.is_container);
	machine_free(&got);
}

static void recorded_files_are_read(void **state)
{
	static const struct {
		const char *name;
		const char *unit;
		pid_t leader;
	} machines[] = {
		{ "web", "systemd-nspawn@web.service", 32718 },
		{ "root-2bc4c006d3a55607", "systemd-nspawn@copy.service", 333 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct machine got;
		char path[128], *text;
		size_t len;

		(void)snprintf(path, sizeof(path), "tests/fixtures/machined/machines/%s", machines[i].name);
		text = fixture_read(path, &len);
		assert_int_equal(machine_parse(text, len, machines[i].name, &got), 0);
		assert_true(got.is_container);
		assert_false(got.is_lxc);
		assert_int_equal(got.leader, machines[i].leader);
		assert_string_equal(got.unit, machines[i].unit);
		machine_free(&got);
		free(text);
	}
}

static void what_is_no_state_file_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"NAME=web\n",
		"NAME=web\nLEADER=\n",
		"NAME=web\nLEADER=x\n",
		"NAME=web\nLEADER=-1\n",
		"NAME=web\nLEADER=99999999999\n",
		"NAME=other\nLEADER=800\n",
		"LEADER=800\n",
		"NAME=web\nLEADER=800", /* cut short: it may have been 8001 */
	};
	struct machine got = { .leader = -7 };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(parse(texts[i], &got), -EBADMSG);
	assert_int_equal(machine_parse("NAME=w\0b\nLEADER=800\n", 20, "w", &got), -EBADMSG);
	assert_int_equal(got.leader, -7);
}

static void only_names_of_machines_are_looked_at(void **state)
{
	char name[MACHINE_NAME_MAX + 2];

	assert_true(machine_is_name("web-1.example_x"));
	assert_false(machine_is_name(""));
	assert_false(machine_is_name(".web"));
	assert_false(machine_is_name("unit:machine-web.scope"));
	assert_false(machine_is_name("a\nb"));
	memset(name, 'a', sizeof(name));
	name[MACHINE_NAME_MAX] = '\0';
	assert_true(machine_is_name(name));
	name[MACHINE_NAME_MAX] = 'a';
	name[MACHINE_NAME_MAX + 1] = '\0';
	assert_false(machine_is_name(name));
}

#define WEB "run/systemd/machines/web"

static int set_up(void **state)
{
	struct engine *engine = engine_make();

	tree_text(&engine->tree, WEB,
	          MACHINE("web", "SCOPE=machine-web.scope\nSERVICE=systemd-nspawn\n" LEADER "CLASS=container\n"));
	tree_link(&engine->tree, "run/systemd/machines/unit:machine-web.scope", "web");
	engine_process(engine, 800, 790, "init", "net:[4026530001]",
	               "0::/machine.slice/machine-web.scope/payload/init.scope\n");
	engine_row(engine, 4026530001, 800);
	engine_open(engine, NULL);
	*state = engine;
	return 0;
}

static void a_registered_machine_is_found_by_its_leader(void **state)
{
	struct engine *engine = *state;

	assert_int_equal(engine_refresh(engine), 1);
	assert_lives_in(engine_find(engine, "web"), "net:[4026530001]");
	assert_int_equal(engine_find(engine, "web")->owner.kind, OWNER_NSPAWN);
	assert_int_equal(engine_find(engine, "web")->owner.pid, 800);
	assert_int_equal(owners_bad_files(engine->owners), 0);
	tree_remove(&engine->tree, WEB);
	assert_int_equal(engine_refresh(engine), 0);
	assert_null(engine_source(engine, "nspawn"));
}

/* A machined that was killed leaves its files behind. */
static void a_leader_in_another_unit_names_nobody(void **state)
{
	struct engine *engine = *state;

	tree_text(&engine->tree, "proc/800/cgroup", "0::/machine.slice/machine-web2.scope\n");
	assert_int_equal(engine_refresh(engine), 0);
	/* but a child of systemd-nspawn is its machine, wherever it put it */
	engine_process(engine, 790, 1, "systemd-nspawn", "net:[4026531840]", "0::/\n");
	for (int i = 0; i < 8 && engine_refresh(engine) == 0; i++)
		;
	assert_non_null(engine_find(engine, "web"));
}

/* The same container, by its registration and by the command line of its systemd-nspawn. */
static void a_machine_that_two_sources_tell_of_is_one_owner(void **state)
{
	struct engine *engine = *state;
	static const char cmdline[] = "systemd-nspawn\0--machine=other";

	engine_process(engine, 790, 1, "systemd-nspawn", "net:[4026531840]", "0::/\n");
	engine_daemon(engine, 790, "systemd-nspawn\n", cmdline, sizeof(cmdline));
	assert_int_equal(engine_refresh(engine), 1);
	assert_non_null(engine_find(engine, "web"));
	tree_remove(&engine->tree, WEB);
	assert_int_equal(engine_refresh(engine), 1);
	assert_non_null(engine_find(engine, "other"));
}

static void a_virtual_machine_is_nobody_s_namespace(void **state)
{
	struct engine *engine = *state;

	tree_text(&engine->tree, WEB, MACHINE("web", "SCOPE=machine-web.scope\n" LEADER "CLASS=vm\n"));
	assert_int_equal(engine_refresh(engine), 0);
	assert_int_equal(owners_bad_files(engine->owners), 0);
}

static void a_bad_file_is_counted_once(void **state)
{
	struct engine *engine = *state;

	tree_text(&engine->tree, WEB, "NAME=web\nLEAD");
	assert_int_equal(engine_refresh(engine), 0);
	assert_int_equal(engine_refresh(engine), 0);
	assert_int_equal(owners_bad_files(engine->owners), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, engine_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_file_is_read),
		cmocka_unit_test(recorded_files_are_read),
		cmocka_unit_test(what_is_no_state_file_is_refused),
		cmocka_unit_test(only_names_of_machines_are_looked_at),
		TEST(a_registered_machine_is_found_by_its_leader),
		TEST(a_leader_in_another_unit_names_nobody),
		TEST(a_machine_that_two_sources_tell_of_is_one_owner),
		TEST(a_virtual_machine_is_nobody_s_namespace),
		TEST(a_bad_file_is_counted_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
