/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/daemons.h"
#include "observe/owners/docker_roots.h"
#include "unit/engine.h"

/* Where Docker keeps its state, from daemons as /proc shows them; one container of a recorded data root says that it was found. */
#define BOX "9bd9c50c343edd12550298e7a04ae0aa8ddf7305f102da3bd6687fd3f7f5b169"

static int set_up(void **state)
{
	struct engine *engine = engine_make();

	engine_copy(engine, "root/containers/" BOX, "tests/fixtures/docker/containers/" BOX);
	engine_copy(engine, "proc/13383", "tests/fixtures/proc/node/13383");
	engine_open(engine, NULL);
	*state = engine;
	return 0;
}

static void move(struct engine *engine, const char *from, const char *to)
{
	tree_parents(&engine->tree, to);
	assert_int_equal(rename(tree_path(&engine->tree, from), tree_path(&engine->tree, to)), 0);
}

static void make_daemon(struct engine *engine, int pid, const char *comm, const char *root)
{
	char cmdline[PATH_MAX];
	int len = snprintf(cmdline, sizeof(cmdline), "dockerd%c--data-root%c%s%c", 0, 0, root, 0);

	engine_daemon(engine, pid, comm, cmdline, (size_t)len);
}

static void the_root_is_that_of_the_running_daemon(void **state)
{
	struct engine *engine = *state;

	make_daemon(engine, 700, "dockerd\n", tree_path(&engine->tree, "root"));
	assert_int_equal(engine_refresh(engine), 1);
	assert_non_null(engine_find(engine, BOX));
}

static void without_a_daemon_the_default_root_is_looked_at(void **state)
{
	struct engine *engine = *state;

	move(engine, "root", "var/lib/docker");
	assert_int_equal(engine_refresh(engine), 1);
}

static void without_a_daemon_its_configuration_says_where(void **state)
{
	struct engine *engine = *state;
	char text[PATH_MAX];

	(void)snprintf(text, sizeof(text), "{\"data-root\": \"%s\"}", tree_path(&engine->tree, "root"));
	tree_text(&engine->tree, "etc/docker/daemon.json", text);
	assert_int_equal(engine_refresh(engine), 1);
}

/* Not a failure: most machines have no Docker. It may come, and go again with all it told. */
static void an_engine_that_is_not_there_is_no_source(void **state)
{
	struct engine *engine = *state;

	make_daemon(engine, 700, "dockerd\n", tree_path(&engine->tree, "later"));
	assert_int_equal(engine_refresh(engine), 0);
	assert_null(engine_source(engine, "docker"));
	move(engine, "root", "later");
	assert_int_equal(engine_refresh(engine), 1);
	assert_non_null(engine_source(engine, "docker"));
	move(engine, "later", "away");
	assert_int_equal(engine_refresh(engine), 0);
	assert_null(engine_source(engine, "docker"));
}

static void the_roots_of_several_daemons_are_read_once_each(void **state)
{
	struct engine *engine = *state;

	make_daemon(engine, 700, "dockerd\n", tree_path(&engine->tree, "root"));
	make_daemon(engine, 701, "dockerd\n", tree_path(&engine->tree, "root"));
	make_daemon(engine, 702, "dockerd\n", tree_path(&engine->tree, "second"));
	move(engine, "root/containers/" BOX, "second/containers/" BOX);
	assert_int_equal(engine_refresh(engine), 1);
}

/* The two steps of a look that matter here. */
struct finder {
	struct daemons daemons;
	struct docker_roots roots;
	int proc;
};

static void finder_open(struct finder *finder, struct engine *engine)
{
	*finder = (struct finder){ .roots = { .count = 0 } };
	daemons_init(&finder->daemons);
	finder->proc = open(tree_path(&engine->tree, "proc"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(finder->proc >= 0);
}

static void finder_look(struct finder *finder)
{
	assert_int_equal(daemons_refresh(&finder->daemons, finder->proc, false), 0);
	assert_int_equal(docker_roots_refresh(&finder->roots, &finder->daemons, finder->proc, ""), 0);
}

static void finder_close(struct finder *finder)
{
	docker_roots_free(&finder->roots);
	daemons_free(&finder->daemons);
	(void)close(finder->proc);
}

static void a_daemon_in_a_container_or_of_another_user_does_not_count(void **state)
{
	struct engine *engine = *state;
	struct finder finder;

	make_daemon(engine, 700, "dockerd\n", "/srv/inner");
	tree_link(&engine->tree, "proc/700/root", tree_path(&engine->tree, "root"));
	make_daemon(engine, 701, "dockerd-x\n", "/srv/other");
	make_daemon(engine, 702, "dockerd\n", "/srv/ours");
	make_daemon(engine, 703, "dockerd\n", "/srv/users");
	if (chown(tree_path(&engine->tree, "proc/703"), 12345, 12345) < 0)
		tree_remove(&engine->tree, "proc/703"); /* cannot be tried without root */
	finder_open(&finder, engine);
	finder_look(&finder);
	assert_int_equal(finder.roots.count, 1);
	assert_string_equal(finder.roots.paths[0], "/srv/ours");
	finder_close(&finder);
}

static void a_daemon_that_ended_is_looked_for_again(void **state)
{
	struct engine *engine = *state;
	struct finder finder;

	make_daemon(engine, 700, "dockerd\n", "/srv/a");
	finder_open(&finder, engine);
	finder_look(&finder);
	assert_string_equal(finder.roots.paths[0], "/srv/a");
	make_daemon(engine, 701, "dockerd\n", "/srv/b");
	tree_remove(&engine->tree, "proc/700");
	finder_look(&finder);
	assert_int_equal(finder.roots.count, 1);
	assert_string_equal(finder.roots.paths[0], "/srv/b");
	/* none runs: its containers may go on; looked for every few looks */
	tree_remove(&engine->tree, "proc/701");
	finder_look(&finder);
	assert_int_equal(finder.daemons.items.count, 0);
	assert_string_equal(finder.roots.paths[0], "/srv/b");
	make_daemon(engine, 702, "dockerd\n", "/srv/c");
	for (int i = 0; i < DAEMONS_EVERY; i++)
		finder_look(&finder);
	assert_string_equal(finder.roots.paths[0], "/srv/c");
	finder_close(&finder);
}

/* A process is forked with the name of the one that made it, and gets its own by execve(2). */
static void a_daemon_that_was_met_before_it_had_its_name_is_found(void **state)
{
	struct engine *engine = *state;
	struct finder finder;

	make_daemon(engine, 700, "sh\n", "/srv/a");
	finder_open(&finder, engine);
	finder_look(&finder);
	assert_int_equal(finder.daemons.items.count, 0);
	make_daemon(engine, 700, "dockerd\n", "/srv/a");
	assert_int_equal(daemons_refresh(&finder.daemons, finder.proc, true), 0);
	assert_int_equal(finder.daemons.items.count, 1);
	finder_close(&finder);
}

static void a_quiet_look_does_not_go_through_proc(void **state)
{
	struct engine *engine = *state;
	struct finder finder;
	uint64_t generation;

	make_daemon(engine, 700, "dockerd\n", "/srv/a");
	finder_open(&finder, engine);
	finder_look(&finder);
	generation = finder.daemons.generation;
	make_daemon(engine, 701, "dockerd\n", "/srv/b");
	finder_look(&finder);
	assert_int_equal(finder.daemons.generation, generation);
	assert_int_equal(daemons_refresh(&finder.daemons, finder.proc, true), 0);
	assert_int_equal(finder.daemons.items.count, 2);
	finder_close(&finder);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, engine_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_root_is_that_of_the_running_daemon),
		TEST(without_a_daemon_the_default_root_is_looked_at),
		TEST(without_a_daemon_its_configuration_says_where),
		TEST(an_engine_that_is_not_there_is_no_source),
		TEST(the_roots_of_several_daemons_are_read_once_each),
		TEST(a_daemon_in_a_container_or_of_another_user_does_not_count),
		TEST(a_daemon_that_ended_is_looked_for_again),
		TEST(a_daemon_that_was_met_before_it_had_its_name_is_found),
		TEST(a_quiet_look_does_not_go_through_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
