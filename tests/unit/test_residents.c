/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/residents.h"
#include "unit/engine.h"

/* Owners that leave no state file: LXC, units and systemd-nspawn, by the oldest process of each namespace. */
#define GUEST 4026533413 /* 11874, child of the monitor 11873 */
#define FORE  4026533567 /* 11880, child of lxc-execute 11876 */
#define MACH  4026533644 /* 11883, child of systemd-nspawn 11878 */

static int set_up(void **state)
{
	struct engine *engine = engine_make();

	engine_copy(engine, "proc", "tests/fixtures/lxc/proc");
	engine_copy(engine, "proc", "tests/fixtures/nspawn/proc");
	tree_link(&engine->tree, "proc/11878/root", "/");
	engine_row(engine, GUEST, 11874);
	engine_row(engine, FORE, 11880);
	engine_row(engine, MACH, 11883);
	engine_open(engine, NULL);
	*state = engine;
	return 0;
}

static void recorded_containers_have_their_names(void **state)
{
	struct engine *engine = *state;

	assert_int_equal(engine_refresh(engine), 3);
	assert_lives_in(engine_find(engine, "guest"), "net:[4026533413]");
	assert_int_equal(engine_find(engine, "guest")->owner.kind, OWNER_LXC);
	assert_int_equal(engine_find(engine, "guest")->owner.pid, 11874);
	assert_lives_in(engine_find(engine, "fore"), "net:[4026533567]");
	assert_lives_in(engine_find(engine, "mach"), "net:[4026533644]");
	assert_int_equal(engine_find(engine, "mach")->owner.kind, OWNER_NSPAWN);
	assert_string_equal(engine_source(engine, "lxc")->state, "ok");
	assert_string_equal(engine_source(engine, "nspawn")->state, "ok");
	assert_null(engine_source(engine, "units"));
}

/*
 * LXD 5.0.2 and Incus 6.0.4, one after the other on one machine: LXC numbered the cgroup of the second "c1". "other_c3" is c3 of the project
 * "other". Paths of the machine they were recorded on were replaced.
 */
static void recorded_containers_of_lxd_and_incus_have_their_names(void **state)
{
	struct engine *engine = *state;

	engine_copy(engine, "proc", "tests/fixtures/lxd/proc");
	engine->row_count = 0;
	engine_row(engine, 4026605026, 11718);
	assert_int_equal(engine_refresh(engine), 1);
	assert_lives_in(engine_find(engine, "c1"), "net:[4026605026]");
	assert_int_equal(engine_find(engine, "c1")->owner.kind, OWNER_LXC);
	engine_copy(engine, "proc", "tests/fixtures/incus/proc");
	engine->row_count = 0;
	engine_row(engine, 4026605459, 18775);
	engine_row(engine, 4026606271, 23671);
	assert_int_equal(engine_refresh(engine), 2);
	assert_lives_in(engine_find(engine, "c1"), "net:[4026605459]");
	assert_int_equal(engine_find(engine, "c1")->owner.pid, 18775);
	assert_lives_in(engine_find(engine, "other_c3"), "net:[4026606271]");
}

/* Anybody may make a cgroup of that name. */
static void a_cgroup_without_its_monitor_names_nobody(void **state)
{
	struct engine *engine = *state;

	tree_write(&engine->tree, "proc/11873/cmdline", "sh", 3);
	assert_int_equal(engine_refresh(engine), 2);
	assert_null(engine_find(engine, "guest"));
}

static void a_monitor_of_another_container_names_nobody(void **state)
{
	struct engine *engine = *state;

	tree_text(&engine->tree, "proc/11874/cgroup", "0::/lxc.payload.bank\n");
	assert_int_equal(engine_refresh(engine), 2);
	assert_null(engine_find(engine, "guest"));
	assert_null(engine_find(engine, "bank"));
}

/* LXC gives a second container of a name a cgroup of its own. */
static void a_number_that_lxc_put_behind_a_name_is_not_of_it(void **state)
{
	struct engine *engine = *state;

	tree_text(&engine->tree, "proc/11874/cgroup", "0::/lxc.payload.guest-1\n");
	(void)engine_refresh(engine);
	assert_non_null(engine_find(engine, "guest"));
	tree_text(&engine->tree, "proc/11874/cgroup", "0::/lxc.payload.guest-x\n");
	(void)engine_refresh(engine);
	assert_null(engine_find(engine, "guest"));
}

static void a_process_that_moved_away_names_nobody(void **state)
{
	struct engine *engine = *state;

	tree_link(&engine->tree, "proc/11874/ns/net", "net:[4026531840]");
	assert_int_equal(engine_refresh(engine), 2);
	assert_null(engine_find(engine, "guest"));
}

static void who_is_gone_is_gone_at_the_next_look(void **state)
{
	struct engine *engine = *state;

	assert_int_equal(engine_refresh(engine), 3);
	engine->row_count = 1;
	assert_int_equal(engine_refresh(engine), 1);
	engine->row_count = 0;
	tree_remove(&engine->tree, "proc/11878");
	assert_int_equal(engine_refresh(engine), 0);
	assert_null(engine_source(engine, "lxc"));
	assert_null(engine_source(engine, "nspawn"));
}

/* The same inode with another birth and another process. */
static void an_inode_that_is_used_again_has_no_old_name(void **state)
{
	struct engine *engine = *state;

	(void)engine_refresh(engine);
	engine_process(engine, 500, 1, "sh", "net:[4026533413]", "0::/user.slice\n");
	engine->rows[0] = (struct ns_seen){ .inode = GUEST, .birth = 7, .pid = 500 };
	assert_int_equal(engine_refresh(engine), 2);
	assert_null(engine_find(engine, "guest"));
}

static void another_oldest_process_is_read_at_once(void **state)
{
	struct engine *engine = *state;

	for (int i = 0; i < 4; i++)
		assert_int_equal(engine_refresh(engine), 3);
	engine_process(engine, 500, 1, "sh", "net:[4026533413]", "0::/user.slice\n");
	engine->rows[0].pid = 500;
	assert_int_equal(engine_refresh(engine), 2);
	assert_null(engine_find(engine, "guest"));
}

/* systemd forks, then moves the process, then starts the program. */
static void a_young_process_is_read_again(void **state)
{
	struct engine *engine = *state;

	engine->row_count = 0;
	engine_process(engine, 600, 1, "nginx", "net:[4026530001]", "0::/init.scope\n");
	engine_row(engine, 4026530001, 600);
	assert_int_equal(engine_refresh(engine), 0);
	tree_text(&engine->tree, "proc/600/cgroup", "0::/system.slice/nginx.service\n");
	assert_int_equal(engine_refresh(engine), 1);
	assert_lives_in(engine_find(engine, "nginx.service"), "net:[4026530001]");
	assert_int_equal(engine_find(engine, "nginx.service")->owner.kind, OWNER_UNIT);
	assert_string_equal(engine_source(engine, "units")->state, "ok");
}

/* systemd-nspawn@mach.service, or a container run as a service: whom an engine knows is not a unit. */
static void a_unit_stands_for_what_nobody_else_knows(void **state)
{
	struct engine *engine = *state;

	tree_text(&engine->tree, "proc/11883/cgroup", "0::/system.slice/mach.service\n");
	assert_int_equal(engine_refresh(engine), 3);
	assert_non_null(engine_find(engine, "mach"));
	assert_null(engine_find(engine, "mach.service"));
}

static void an_old_process_is_not_read_in_each_look(void **state)
{
	struct engine *engine = *state;
	int looks = 0;

	for (int i = 0; i < 3; i++)
		(void)engine_refresh(engine);
	tree_text(&engine->tree, "proc/11874/cgroup", "0::/user.slice\n");
	assert_int_equal(engine_refresh(engine), 3);
	while (engine_refresh(engine) == 3)
		assert_true(++looks < 32);
	assert_null(engine_find(engine, "guest"));
}

static void a_hostile_name_is_cleaned(void **state)
{
	struct engine *engine = *state;

	engine->row_count = 0;
	engine_process(engine, 600, 1, "sh", "net:[4026530001]", "0::/system.slice/a\xff\x1b[31m.service\n");
	engine_row(engine, 4026530001, 600);
	assert_int_equal(engine_refresh(engine), 1);
	assert_non_null(engine_find(engine, "a??[31m.service"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, engine_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(recorded_containers_have_their_names),
		TEST(recorded_containers_of_lxd_and_incus_have_their_names),
		TEST(a_cgroup_without_its_monitor_names_nobody),
		TEST(a_monitor_of_another_container_names_nobody),
		TEST(a_number_that_lxc_put_behind_a_name_is_not_of_it),
		TEST(a_process_that_moved_away_names_nobody),
		TEST(who_is_gone_is_gone_at_the_next_look),
		TEST(an_inode_that_is_used_again_has_no_old_name),
		TEST(another_oldest_process_is_read_at_once),
		TEST(a_young_process_is_read_again),
		TEST(a_unit_stands_for_what_nobody_else_knows),
		TEST(an_old_process_is_not_read_in_each_look),
		TEST(a_hostile_name_is_cleaned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
