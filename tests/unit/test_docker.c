/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <time.h>

#include "unit/engine.h"

/*
 * The Docker engine on a copy of a recorded data root, beside the recorded processes of its containers. `docker inspect` and readlink are the
 * authority for who lives where: tests/fixtures/docker/inspect.tsv.
 */
#define BOX      "9bd9c50c343edd12550298e7a04ae0aa8ddf7305f102da3bd6687fd3f7f5b169"
#define SHOPPER  "30a6cfb6508bb47f52b4cdb6ec0926ac658ab8fc38c54140e409d77012b20fe4"
#define ENDED    "3f72c6104a33083478de9059e72497474bfeb2a96ca1e689e3d32b1491a16f73"
#define STRANGER "0000000000000000000000000000000000000000000000000000000000000001"
#define RUNNING  8 /* of the nine recorded */

#define LOOKS_AT_MOST 8 /* until a container whose process moved by itself is found again */

#define STATE(id) "root/containers/" id "/config.v2.json"

struct recorded {
	const char *name, *id, *pid, *running, *netns;
};

/* Calls @each for every line of inspect.tsv. */
static void for_each_recorded(void (*each)(struct engine *, const struct recorded *), struct engine *engine)
{
	size_t len;
	char *text = fixture_read("tests/fixtures/docker/inspect.tsv", &len);
	char *rest = text, *line = strsep(&rest, "\n"); /* the heading */

	while ((line = strsep(&rest, "\n")) && *line) {
		struct recorded one;

		one.name = strsep(&line, "\t");
		one.id = strsep(&line, "\t");
		one.pid = strsep(&line, "\t");
		one.running = strsep(&line, "\t");
		(void)strsep(&line, "\t"); /* network mode */
		one.netns = strsep(&line, "\t");
		each(engine, &one);
	}
	free(text);
}

static void copy_container(struct engine *engine, const struct recorded *one)
{
	char from[PATH_MAX], to[PATH_MAX], top[PATH_MAX / 2];
	size_t len;
	char *text;

	(void)snprintf(from, sizeof(from), "tests/fixtures/docker/containers/%s/config.v2.json", one->id);
	(void)snprintf(to, sizeof(to), "root/containers/%s/config.v2.json", one->id);
	text = fixture_read(from, &len);
	tree_write(&engine->tree, to, text, len);
	free(text);
	if (strcmp(one->pid, "0") == 0)
		return;
	assert_non_null(getcwd(top, sizeof(top)));
	(void)snprintf(from, sizeof(from), "%s/tests/fixtures/proc/node/%s", top, one->pid);
	(void)snprintf(to, sizeof(to), "proc/%s", one->pid);
	tree_link(&engine->tree, to, from);
}

static int set_up(void **state)
{
	struct engine *engine = engine_make();

	for_each_recorded(copy_container, engine);
	engine_open(engine, tree_path(&engine->tree, "root"));
	*state = engine;
	return 0;
}

static void has_recorded_place(struct engine *engine, const struct recorded *one)
{
	const struct owner_seen *seen = engine_find(engine, one->id);
	char netns[64];

	if (strcmp(one->running, "true") != 0) {
		assert_null(seen);
		return;
	}
	assert_non_null(seen);
	(void)snprintf(netns, sizeof(netns), "net:[%llu]", (unsigned long long)seen->inode);
	assert_string_equal(netns, one->netns);
	assert_int_equal(seen->owner.pid, atoi(one->pid));
	if (!*seen->owner.pod_name)
		assert_string_equal(seen->owner.name, one->name + 1);
}

static void every_running_container_is_found_where_docker_says(void **state)
{
	struct engine *engine = *state;
	size_t count;

	assert_int_equal(engine_refresh(engine), RUNNING);
	for_each_recorded(has_recorded_place, engine);
	(void)owners_sources(engine->owners, &count);
	assert_int_equal(count, 1);
	assert_string_equal(engine_source(engine, "docker")->state, "ok");
	assert_true(engine_source(engine, "docker")->up);
	assert_int_equal(owners_bad_files(engine->owners), 0);
}

static void owners_are_sorted_by_namespace_then_name(void **state)
{
	struct engine *engine = *state;
	size_t count = engine_refresh(engine);
	const struct owner_seen *seen = owners_seen(engine->owners, &count);
	size_t box = 0;

	for (size_t i = 1; i < count; i++)
		assert_true(seen[i - 1].inode <= seen[i].inode);
	while (strcmp(seen[box].owner.name, "box") != 0)
		box++;
	/* it shares its namespace */
	assert_string_equal(seen[box + 1].owner.name, "sidecar");
	assert_int_equal(seen[box].inode, seen[box + 1].inode);
}

static void who_joined_anothers_namespace_is_known(void **state)
{
	struct engine *engine = *state;
	size_t joined = 0, count = engine_refresh(engine);
	const struct owner_seen *seen = owners_seen(engine->owners, &count);

	for (size_t i = 0; i < count; i++) {
		bool other = strcmp(seen[i].owner.name, "sidecar") == 0 || strcmp(seen[i].owner.name, "nginx") == 0;

		assert_int_equal(seen[i].joined, other);
		assert_int_not_equal(seen[i].started, 0);
		joined += other;
	}
	assert_int_equal(joined, 2);
}

static void a_pod_is_named_by_its_sandbox(void **state)
{
	struct engine *engine = *state;
	const struct owner_seen *pod, *container;

	(void)engine_refresh(engine);
	pod = engine_find(engine, "a1b1f563e8894f1781e5e7eb4e3f1b4b515bf6dff0e5723662d4a7a9b56c9763");
	assert_int_equal(pod->owner.kind, OWNER_POD);
	assert_string_equal(pod->owner.name, "shop/web-0");
	assert_string_equal(pod->owner.pod_name, "web-0");
	assert_string_equal(pod->owner.pod_namespace, "shop");
	container = engine_find(engine, "38ec98b1cb872a2186633d918514efebfac13b4463a57adac44eb6fc6246fb13");
	assert_int_equal(container->owner.kind, OWNER_DOCKER);
	assert_string_equal(container->owner.name, "nginx");
	assert_string_equal(container->owner.pod_name, "web-0");
	assert_int_equal(container->inode, pod->inode);
}

static void a_quiet_look_changes_nothing(void **state)
{
	struct engine *engine = *state;
	const char *name;

	(void)engine_refresh(engine);
	name = engine_find(engine, BOX)->owner.name;
	assert_int_equal(engine_refresh(engine), RUNNING);
	assert_ptr_equal(engine_find(engine, BOX)->owner.name, name); /* the list was not even told again */
}

static void write_container(struct engine *engine, const char *id, const char *name, int pid, const char *sandbox)
{
	char path[PATH_MAX], text[PATH_MAX];

	(void)snprintf(path, sizeof(path), "root/containers/%s/config.v2.json", id);
	(void)snprintf(
		text, sizeof(text),
		"{\"ID\":\"%s\",\"Name\":\"/%s\",\"Config\":{\"Image\":\"i\"},\"State\":{\"Running\":%s,\"Pid\":%d},"
		"\"NetworkSettings\":{\"SandboxKey\":\"%s\"}}",
		id, name, pid ? "true" : "false", pid, sandbox);
	tree_text(&engine->tree, path, text);
}

static void changes_are_seen_in_the_next_look(void **state)
{
	struct engine *engine = *state;

	(void)engine_refresh(engine);
	write_container(engine, SHOPPER, "renamed", 13443, "");
	write_container(engine, BOX, "box", 0, "");
	(void)engine_refresh(engine);
	assert_string_equal(engine_find(engine, SHOPPER)->owner.name, "renamed");
	assert_null(engine_find(engine, BOX));
	write_container(engine, BOX, "box", 13383, "");
	(void)engine_refresh(engine);
	assert_non_null(engine_find(engine, BOX));
	tree_remove(&engine->tree, "root/containers/" SHOPPER);
	(void)engine_refresh(engine);
	assert_null(engine_find(engine, SHOPPER));
	assert_non_null(engine_find(engine, BOX));
}

/* Another file of the same size and the same st_mtim. */
static void a_file_with_the_times_of_the_one_before_is_read(void **state)
{
	struct engine *engine = *state;
	struct timespec times[2];
	struct stat st;

	write_container(engine, BOX, "before", 13383, "");
	(void)engine_refresh(engine);
	assert_int_equal(stat(tree_path(&engine->tree, STATE(BOX)), &st), 0);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	write_container(engine, BOX, "behind", 13383, "");
	assert_int_equal(utimensat(AT_FDCWD, tree_path(&engine->tree, STATE(BOX)), times, 0), 0);
	(void)engine_refresh(engine);
	assert_string_equal(engine_find(engine, BOX)->owner.name, "behind");
}

/* Looks until it is not the turn of box to be looked for anyway. */
static void settle(struct engine *engine)
{
	for (int i = 0; i < 3; i++)
		(void)engine_refresh(engine);
}

/* A daemon that was killed leaves "running" behind, and the process id is somebody else's now. */
static void a_reused_process_id_names_nobody(void **state)
{
	struct engine *engine = *state;

	settle(engine);
	/* another directory, of another inode number: as /proc has it for another process */
	tree_link(&engine->tree, "proc/new/ns/net", "net:[4026539999]");
	tree_text(&engine->tree, "proc/new/cgroup", "0::/user.slice\n");
	tree_remove(&engine->tree, "proc/13383");
	assert_int_equal(rename(tree_path(&engine->tree, "proc/new"), tree_path(&engine->tree, "proc/13383")), 0);
	(void)engine_refresh(engine);
	assert_null(engine_find(engine, BOX));
	/* its own again */
	tree_text(&engine->tree, "proc/13383/cgroup", "0::/docker/" BOX "\n");
	(void)engine_refresh(engine);
	assert_int_equal(engine_find(engine, BOX)->inode, 4026539999);
}

static void a_process_that_is_gone_takes_its_container_along(void **state)
{
	struct engine *engine = *state;

	settle(engine);
	tree_remove(&engine->tree, "proc/13383");
	assert_int_equal(engine_refresh(engine), RUNNING - 1);
	assert_null(engine_find(engine, BOX));
}

/* /proc/self/ns/net stands for a sandbox: it is an nsfs file of the real kernel. */
static void the_sandbox_stands_in_for_the_process(void **state)
{
	struct engine *engine = *state;
	char target[64] = "", wanted[64];

	assert_true(readlink("/proc/self/ns/net", target, sizeof(target) - 1) > 0);
	write_container(engine, STRANGER, "gone", 4000000, "/proc/self/ns/net");
	(void)engine_refresh(engine);
	assert_non_null(engine_find(engine, STRANGER));
	(void)snprintf(wanted, sizeof(wanted), "net:[%llu]", (unsigned long long)engine_find(engine, STRANGER)->inode);
	assert_string_equal(target, wanted);
	assert_int_equal(engine_find(engine, STRANGER)->owner.pid, 0);
	/* the same process id in another's cgroup, but in the sandbox: it is its own */
	tree_link(&engine->tree, "proc/4000000/ns/net", target);
	tree_text(&engine->tree, "proc/4000000/cgroup", "0::/user.slice\n");
	(void)engine_refresh(engine);
	assert_int_equal(engine_find(engine, STRANGER)->owner.pid, 4000000);
	/* both given and different: the process is right */
	tree_link(&engine->tree, "proc/4000000/ns/net", "net:[4026539999]");
	tree_text(&engine->tree, "proc/4000000/cgroup", "0::/docker/" STRANGER "\n");
	for (int i = 0; i < LOOKS_AT_MOST; i++)
		(void)engine_refresh(engine);
	assert_int_equal(engine_find(engine, STRANGER)->inode, 4026539999);
	/* a sandbox that is no namespace */
	tree_remove(&engine->tree, "proc/4000000");
	write_container(engine, STRANGER, "gone", 4000000, "/etc/passwd");
	(void)engine_refresh(engine);
	assert_null(engine_find(engine, STRANGER));
}

/* Counted once: a file that did not change is not parsed again. */
static void a_bad_file_is_skipped_and_counted_once(void **state)
{
	struct engine *engine = *state;

	tree_text(&engine->tree, STATE(BOX), "{\"ID\":\"" BOX "\",\"Sta");
	assert_int_equal(engine_refresh(engine), RUNNING - 1);
	assert_int_equal(engine_refresh(engine), RUNNING - 1);
	assert_int_equal(owners_bad_files(engine->owners), 1);
	assert_non_null(engine_find(engine, SHOPPER));
}

static void files_that_are_none_are_refused(void **state)
{
	struct engine *engine = *state;
	const size_t size = 2 * 1024 * 1024;
	char *huge = malloc(size);
	char elsewhere[PATH_MAX];

	assert_non_null(huge);
	memset(huge, ' ', size);
	/* huge, a FIFO that nobody writes to, a symlink to a good file, a symlink to a good directory, a directory */
	tree_write(&engine->tree, STATE(BOX), huge, size);
	free(huge);
	assert_int_equal(unlink(tree_path(&engine->tree, STATE(SHOPPER))), 0);
	assert_int_equal(mkfifo(tree_path(&engine->tree, STATE(SHOPPER)), 0600), 0);
	write_container(engine, STRANGER, "stranger", 13383, "");
	assert_int_equal(rename(tree_path(&engine->tree, STATE(STRANGER)), tree_path(&engine->tree, "good")), 0);
	(void)snprintf(elsewhere, sizeof(elsewhere), "%s/good", engine->tree.path);
	tree_link(&engine->tree, STATE(STRANGER), elsewhere);
	assert_int_equal(rename(tree_path(&engine->tree, "root/containers/" ENDED), tree_path(&engine->tree, "dir")),
	                 0);
	(void)snprintf(elsewhere, sizeof(elsewhere), "%s/dir", engine->tree.path);
	tree_link(&engine->tree, "root/containers/" ENDED, elsewhere);
	tree_text(&engine->tree, "root/containers/no-id/config.v2.json", "{");
	assert_int_equal(engine_refresh(engine), RUNNING - 2);
	assert_null(engine_find(engine, STRANGER));
	assert_int_equal(owners_bad_files(engine->owners), 4);
}

static void hostile_names_are_cleaned(void **state)
{
	struct engine *engine = *state;

	write_container(engine, BOX, "\\\"\\n\\u001b[31m\\u202e<b>", 13383, "");
	(void)engine_refresh(engine);
	assert_string_equal(engine_find(engine, BOX)->owner.name, "\"??[31m?<b>");
}

static void long_names_are_bounded(void **state)
{
	struct engine *engine = *state;
	char name[1000];

	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	write_container(engine, BOX, name, 13383, "");
	(void)engine_refresh(engine);
	assert_int_equal(strlen(engine_find(engine, BOX)->owner.name), OWNER_TEXT_MAX - 1);
}

static void a_root_that_was_asked_for_and_is_not_there_is_told(void **state)
{
	struct engine *engine = *state;
	const struct source *sources;
	size_t count;

	engine_open(engine, tree_path(&engine->tree, "nowhere"));
	assert_int_equal(engine_refresh(engine), 0);
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

	(void)engine_refresh(engine);
	assert_int_equal(rename(tree_path(&engine->tree, "root"), tree_path(&engine->tree, "away")), 0);
	assert_int_equal(engine_refresh(engine), RUNNING);
	sources = owners_sources(engine->owners, &count);
	assert_false(sources[0].up);
	assert_true(sources[0].incomplete);
	assert_int_equal(rename(tree_path(&engine->tree, "away"), tree_path(&engine->tree, "root")), 0);
	assert_int_equal(engine_refresh(engine), RUNNING);
	sources = owners_sources(engine->owners, &count);
	assert_true(sources[0].up);
}

static void text_of_an_owner_is_never_missing(void **state)
{
	struct owner_list list = { .count = 0 };
	const struct owner_seen seen = { .inode = 7, .owner = { .kind = OWNER_DOCKER, .name = "a\tb" } };

	assert_int_equal(owner_list_add(&list, &seen), 0);
	assert_int_equal(list.items[0].inode, 7);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, engine_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_running_container_is_found_where_docker_says),
		TEST(owners_are_sorted_by_namespace_then_name),
		TEST(who_joined_anothers_namespace_is_known),
		TEST(a_pod_is_named_by_its_sandbox),
		TEST(a_quiet_look_changes_nothing),
		TEST(changes_are_seen_in_the_next_look),
		TEST(a_file_with_the_times_of_the_one_before_is_read),
		TEST(a_reused_process_id_names_nobody),
		TEST(a_process_that_is_gone_takes_its_container_along),
		TEST(the_sandbox_stands_in_for_the_process),
		TEST(a_bad_file_is_skipped_and_counted_once),
		TEST(files_that_are_none_are_refused),
		TEST(hostile_names_are_cleaned),
		TEST(long_names_are_bounded),
		TEST(a_root_that_was_asked_for_and_is_not_there_is_told),
		TEST(a_failed_look_keeps_what_was_known),
		TEST(text_of_an_owner_is_never_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
