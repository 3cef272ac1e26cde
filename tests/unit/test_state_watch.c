/* SPDX-License-Identifier: GPL-2.0-only */
/* What tells that state files changed, on real directories. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "observe/owners/state_watch.h"
#include "unit/tree.h"
#include "unit/unit.h"

enum { DOCKER, PODMAN, OTHER };

struct scene {
	struct tree tree;
	struct state_watch watch;
	int dir;
};

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	assert_non_null(scene);
	tree_make(&scene->tree);
	assert_int_equal(mkdir(tree_path(&scene->tree, "box"), 0755), 0);
	scene->dir = open(scene->tree.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(scene->dir >= 0);
	state_watch_open(&scene->watch);
	assert_true(scene->watch.fd >= 0);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	state_watch_close(&scene->watch);
	cleanup_close(&scene->dir);
	tree_remove(&scene->tree, "");
	free(scene);
	return 0;
}

static bool is_due(struct scene *scene, unsigned int asker)
{
	bool any = state_watch_take(&scene->watch);
	bool due = state_watch_due(&scene->watch, asker);

	assert_true(any || !due);
	state_watch_begin(&scene->watch, asker);
	return due;
}

static void only_whose_directory_changed_is_due(void **state)
{
	struct scene *scene = *state;

	assert_true(state_watch_add(&scene->watch, DOCKER, scene->dir, "box"));
	assert_true(state_watch_add(&scene->watch, PODMAN, scene->dir, ""));
	assert_false(is_due(scene, DOCKER));
	tree_text(&scene->tree, "box/config.v2.json", "{}");
	(void)state_watch_take(&scene->watch);
	assert_false(is_due(scene, PODMAN));
	assert_false(is_due(scene, OTHER));
	assert_true(is_due(scene, DOCKER));
	assert_false(is_due(scene, DOCKER));
	assert_int_equal(mkdir(tree_path(&scene->tree, "crate"), 0755), 0);
	assert_true(is_due(scene, PODMAN));
	assert_false(is_due(scene, DOCKER));
}

static void two_may_watch_one_directory(void **state)
{
	struct scene *scene = *state;

	(void)state_watch_add(&scene->watch, DOCKER, scene->dir, "box");
	(void)state_watch_add(&scene->watch, PODMAN, scene->dir, "box");
	assert_int_equal(scene->watch.of.count, 1);
	tree_text(&scene->tree, "box/pidfile", "1");
	assert_true(is_due(scene, DOCKER));
	assert_true(is_due(scene, PODMAN));
}

static void locks_and_what_is_not_whole_yet_say_nothing(void **state)
{
	struct scene *scene = *state;

	(void)state_watch_add(&scene->watch, DOCKER, scene->dir, "box");
	tree_text(&scene->tree, "box/.tmp-config.v2.json", "{");
	tree_text(&scene->tree, "box/containers.lock", "");
	assert_false(is_due(scene, DOCKER));
	assert_int_equal(rename(tree_path(&scene->tree, "box/.tmp-config.v2.json"),
	                        tree_path(&scene->tree, "box/config.v2.json")),
	                 0);
	assert_true(is_due(scene, DOCKER));
}

static void a_directory_that_went_is_watched_no_more(void **state)
{
	struct scene *scene = *state;

	(void)state_watch_add(&scene->watch, DOCKER, scene->dir, "box");
	assert_int_equal(rmdir(tree_path(&scene->tree, "box")), 0);
	assert_true(is_due(scene, DOCKER));
	assert_int_equal(scene->watch.of.count, 0);
	assert_false(state_watch_add(&scene->watch, DOCKER, scene->dir, "box"));
	assert_false(is_due(scene, DOCKER));
}

/* A link may lead out of the tree; nothing there is asked or watched. */
static void a_link_is_not_followed(void **state)
{
	struct scene *scene = *state;

	tree_link(&scene->tree, "link", "box");
	(void)state_watch_add(&scene->watch, DOCKER, scene->dir, "link");
	assert_int_equal(scene->watch.of.count, 0);
	tree_text(&scene->tree, "box/config.v2.json", "{}");
	assert_false(is_due(scene, DOCKER));
}

static void who_cannot_be_told_is_always_due(void **state)
{
	struct scene *scene = *state;
	char name[NAME_MAX + NAME_MAX + 1];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	(void)state_watch_add(&scene->watch, DOCKER, scene->dir, name);
	assert_true(state_watch_due(&scene->watch, DOCKER));
	state_watch_begin(&scene->watch, DOCKER);
	assert_true(state_watch_due(&scene->watch, DOCKER));
	assert_false(state_watch_due(&scene->watch, PODMAN));
	state_watch_close(&scene->watch);
	assert_true(state_watch_due(&scene->watch, PODMAN));
}

static void who_wants_to_look_again_is_due_once(void **state)
{
	struct scene *scene = *state;

	state_watch_again(&scene->watch, PODMAN);
	assert_true(is_due(scene, PODMAN));
	assert_false(is_due(scene, PODMAN));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_whose_directory_changed_is_due),
		TEST(two_may_watch_one_directory),
		TEST(locks_and_what_is_not_whole_yet_say_nothing),
		TEST(a_directory_that_went_is_watched_no_more),
		TEST(a_link_is_not_followed),
		TEST(who_cannot_be_told_is_always_due),
		TEST(who_wants_to_look_again_is_due_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
