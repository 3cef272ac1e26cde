/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the Docker engine looks: data roots asked for, and those of the running daemons. */
#include "unit/docker_node.h"

static void a_root_that_was_asked_for_and_is_not_there_is_told(void **state)
{
	struct engine *engine = *state;
	const struct source *sources;
	size_t count;

	open_owners(engine, tree_path(&engine->tree, "nowhere"));
	assert_int_equal(refresh(engine), 0);
	sources = owners_sources(engine->owners, &count);
	assert_int_equal(count, 1);
	assert_string_equal(sources[0].state, "failed");
	assert_false(sources[0].up);
	assert_non_null(strstr(sources[0].detail, "nowhere"));
}

/* What was known stands, and is marked. */
static void a_failed_look_keeps_what_was_known(void **state)
{
	struct engine *engine = *state;
	const struct source *sources;
	size_t count;

	(void)refresh(engine);
	assert_int_equal(rename(tree_path(&engine->tree, "root"), tree_path(&engine->tree, "away")), 0);
	assert_int_equal(refresh(engine), RUNNING);
	sources = owners_sources(engine->owners, &count);
	assert_false(sources[0].up);
	assert_true(sources[0].incomplete);
	assert_int_equal(rename(tree_path(&engine->tree, "away"), tree_path(&engine->tree, "root")), 0);
	assert_int_equal(refresh(engine), RUNNING);
	sources = owners_sources(engine->owners, &count);
	assert_true(sources[0].up);
}

/* A running daemon, as /proc shows it. */
static void make_daemon(struct engine *engine, int pid, const char *comm, const char *root)
{
	char name[64], cmdline[PATH_MAX];
	int len;

	(void)snprintf(name, sizeof(name), "proc/%d/comm", pid);
	tree_text(&engine->tree, name, comm);
	(void)snprintf(name, sizeof(name), "proc/%d/cmdline", pid);
	len = snprintf(cmdline, sizeof(cmdline), "dockerd%c--data-root%c%s%c", 0, 0, root, 0);
	tree_write(&engine->tree, name, cmdline, (size_t)len);
	(void)snprintf(name, sizeof(name), "proc/%d/root", pid);
	tree_link(&engine->tree, name, "/");
}

static void the_root_is_that_of_the_running_daemon(void **state)
{
	struct engine *engine = *state;

	make_daemon(engine, 700, "dockerd\n", tree_path(&engine->tree, "root"));
	open_owners(engine, NULL);
	assert_int_equal(refresh(engine), RUNNING);
}

/* Not a failure: most machines have no Docker. */
static void an_engine_that_is_not_there_is_no_source(void **state)
{
	struct engine *engine = *state;
	size_t count;

	make_daemon(engine, 700, "dockerd\n", tree_path(&engine->tree, "later"));
	open_owners(engine, NULL);
	assert_int_equal(refresh(engine), 0);
	(void)owners_sources(engine->owners, &count);
	assert_int_equal(count, 0);
	/* it may come, and go again with all it told */
	assert_int_equal(rename(tree_path(&engine->tree, "root"), tree_path(&engine->tree, "later")), 0);
	assert_int_equal(refresh(engine), RUNNING);
	(void)owners_sources(engine->owners, &count);
	assert_int_equal(count, 1);
	assert_int_equal(rename(tree_path(&engine->tree, "later"), tree_path(&engine->tree, "away")), 0);
	assert_int_equal(refresh(engine), 0);
	(void)owners_sources(engine->owners, &count);
	assert_int_equal(count, 0);
}

static void the_roots_of_several_daemons_are_read_once_each(void **state)
{
	struct engine *engine = *state;

	make_daemon(engine, 700, "dockerd\n", tree_path(&engine->tree, "root"));
	make_daemon(engine, 701, "dockerd\n", tree_path(&engine->tree, "root"));
	make_daemon(engine, 702, "dockerd\n", tree_path(&engine->tree, "second"));
	assert_int_equal(mkdir(tree_path(&engine->tree, "second"), 0755), 0);
	assert_int_equal(mkdir(tree_path(&engine->tree, "second/containers"), 0755), 0);
	assert_int_equal(rename(tree_path(&engine->tree, "root/containers/" BOX),
	                        tree_path(&engine->tree, "second/containers/" BOX)),
	                 0);
	open_owners(engine, NULL);
	assert_int_equal(refresh(engine), RUNNING);
	assert_non_null(find(engine, BOX));
}

static void a_daemon_in_a_container_or_of_another_user_does_not_count(void **state)
{
	struct engine *engine = *state;
	struct docker_roots roots = { .count = 0 };
	int proc = open(tree_path(&engine->tree, "proc"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	make_daemon(engine, 700, "dockerd\n", "/srv/inner");
	tree_link(&engine->tree, "proc/700/root", tree_path(&engine->tree, "root"));
	make_daemon(engine, 701, "dockerd-x\n", "/srv/other");
	make_daemon(engine, 702, "dockerd\n", "/srv/ours");
	make_daemon(engine, 703, "dockerd\n", "/srv/users");
	if (chown(tree_path(&engine->tree, "proc/703"), 12345, 12345) < 0)
		tree_remove(&engine->tree, "proc/703"); /* cannot be tried without root */
	assert_int_equal(docker_roots_refresh(&roots, proc), 0);
	assert_int_equal(roots.count, 1);
	assert_string_equal(roots.paths[0], "/srv/ours");
	docker_roots_free(&roots);
	(void)close(proc);
}

static void a_daemon_that_ended_is_looked_for_again(void **state)
{
	struct engine *engine = *state;
	struct docker_roots roots = { .count = 0 };
	int proc = open(tree_path(&engine->tree, "proc"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	make_daemon(engine, 700, "dockerd\n", "/srv/a");
	assert_int_equal(docker_roots_refresh(&roots, proc), 0);
	assert_string_equal(roots.paths[0], "/srv/a");
	make_daemon(engine, 701, "dockerd\n", "/srv/b");
	tree_remove(&engine->tree, "proc/700");
	assert_int_equal(docker_roots_refresh(&roots, proc), 0);
	assert_int_equal(roots.count, 1);
	assert_string_equal(roots.paths[0], "/srv/b");
	/* none runs: its containers may go on; looked for every few looks */
	tree_remove(&engine->tree, "proc/701");
	assert_int_equal(docker_roots_refresh(&roots, proc), 0);
	assert_int_equal(roots.daemon_count, 0);
	assert_string_equal(roots.paths[0], "/srv/b");
	make_daemon(engine, 702, "dockerd\n", "/srv/c");
	for (int i = 0; i < DOCKER_SEARCH_EVERY; i++)
		assert_int_equal(docker_roots_refresh(&roots, proc), 0);
	assert_string_equal(roots.paths[0], "/srv/c");
	docker_roots_free(&roots);
	(void)close(proc);
}

static void text_of_an_owner_is_never_missing(void **state)
{
	struct owner_list list = { .count = 0 };
	const struct owner owner = { .kind = OWNER_DOCKER, .name = "a\tb" };

	assert_int_equal(owner_list_add(&list, 7, &owner), 0);
	assert_string_equal(list.items[0].owner.name, "a?b");
	assert_string_equal(list.items[0].owner.id, "");
	assert_string_equal(list.items[0].owner.image, "");
	assert_string_equal(list.items[0].owner.pod_name, "");
	assert_string_equal(list.items[0].owner.pod_namespace, "");
	owner_list_reset(&list);
	assert_int_equal(list.count, 0);
	owner_list_free(&list);
	owners_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_root_that_was_asked_for_and_is_not_there_is_told),
		TEST(a_failed_look_keeps_what_was_known),
		TEST(the_root_is_that_of_the_running_daemon),
		TEST(an_engine_that_is_not_there_is_no_source),
		TEST(the_roots_of_several_daemons_are_read_once_each),
		TEST(a_daemon_in_a_container_or_of_another_user_does_not_count),
		TEST(a_daemon_that_ended_is_looked_for_again),
		TEST(text_of_an_owner_is_never_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
