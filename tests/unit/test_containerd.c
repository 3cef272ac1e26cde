/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>

#include "observe/owners/containerd_parse.h"
#include "unit/engine.h"

/*
 * containerd on a recorded state directory (containerd 1.6) beside the recorded processes of its tasks and their shims. `ctr task ls` and
 * readlink are the authority for who lives where: tests/fixtures/containerd/tasks.tsv. Containers of Kubernetes and nerdctl were made by
 * ctr with the annotations that these write; "m" was put into Docker's namespace. Paths of the machine it was recorded on were replaced.
 */
#define FIXTURE "tests/fixtures/containerd/"
#define TASKS   "run/containerd/io.containerd.runtime.v2.task/"
#define C1      TASKS "default/c1/"
#define NAMED   5 /* of the six recorded */

static int set_up(void **state)
{
	struct engine *engine = engine_make();

	engine_copy(engine, TASKS, FIXTURE "state");
	engine_copy(engine, "proc", FIXTURE "proc");
	engine_open(engine, NULL);
	*state = engine;
	return 0;
}

static int set_up_cri(void **state)
{
	struct engine *engine = engine_make();

	engine_copy(engine, TASKS, "tests/fixtures/cri/state");
	engine_copy(engine, "proc", "tests/fixtures/cri/proc");
	engine_open(engine, NULL);
	*state = engine;
	return 0;
}

static void check_all(struct engine *engine)
{
	size_t len, count = 0;
	char *text = fixture_read(FIXTURE "tasks.tsv", &len);
	char *rest = text, *line = strsep(&rest, "\n"); /* the heading */

	for (; (line = strsep(&rest, "\n")) && *line; count++) {
		const char *namespace = strsep(&line, "\t");
		const char *id = strsep(&line, "\t");
		const char *pid = strsep(&line, "\t");
		const struct owner_seen *seen = engine_find(engine, id);

		if (strcmp(namespace, "moby") == 0) { /* Docker's to name */
			assert_null(seen);
			continue;
		}
		assert_lives_in(seen, line);
		assert_int_equal(seen->owner.pid, atoi(pid));
		assert_int_equal(seen->joined, strcmp(id, "nginx1") == 0);
		assert_int_not_equal(seen->started, 0);
	}
	assert_int_equal(count, NAMED + 1);
	free(text);
}

static void every_task_is_found_where_ctr_says(void **state)
{
	struct engine *engine = *state;

	assert_int_equal(engine_refresh(engine), NAMED);
	check_all(engine);
	assert_string_equal(engine_find(engine, "c1")->owner.name, "c1");
	assert_int_equal(engine_find(engine, "c1")->owner.kind, OWNER_CONTAINERD);
	assert_string_equal(engine_find(engine, "n123")->owner.name, "nice");
	assert_string_equal(engine_source(engine, "containerd")->state, "ok");
	assert_int_equal(owners_bad_files(engine->owners), 0);
}

static void a_pod_is_named_by_its_sandbox(void **state)
{
	struct engine *engine = *state;
	const struct owner *pod, *nginx;

	(void)engine_refresh(engine);
	pod = &engine_find(engine, "sand")->owner;
	nginx = &engine_find(engine, "nginx1")->owner;
	assert_int_equal(pod->kind, OWNER_POD);
	assert_string_equal(pod->name, "shop/web-0");
	assert_int_equal(nginx->kind, OWNER_CONTAINERD);
	assert_string_equal(nginx->name, "nginx");
	assert_string_equal(nginx->pod_name, "web-0");
	assert_string_equal(nginx->pod_namespace, "shop");
	assert_string_equal(nginx->image, "docker.io/library/nginx:1");
	assert_int_equal(engine_find(engine, "sand")->inode, engine_find(engine, "nginx1")->inode);
}

/*
 * A pod with two containers of the real CRI plugin (containerd 1.6), as PodSandboxStatus and ContainerStatus told of them:
 * tests/fixtures/cri/tasks.tsv. The configurations were trimmed; paths and the cgroup's parent were replaced.
 */
static void a_pod_of_the_cri_plugin_is_found_where_the_cri_says(void **state)
{
	struct engine *engine = *state;
	size_t len, count = 0;
	char *text = fixture_read("tests/fixtures/cri/tasks.tsv", &len);
	char *rest = text, *line = strsep(&rest, "\n"); /* the heading */

	assert_int_equal(engine_refresh(engine), 3);
	for (; (line = strsep(&rest, "\n")) && *line; count++) {
		const char *name = strsep(&line, "\t");
		const struct owner_seen *seen = engine_find(engine, strsep(&line, "\t"));
		bool is_pod = strcmp(name, "web-0") == 0;

		assert_non_null(seen);
		assert_string_equal(seen->owner.name, is_pod ? "shop/web-0" : name);
		assert_int_equal(seen->owner.kind, is_pod ? OWNER_POD : OWNER_CONTAINERD);
		assert_string_equal(seen->owner.image, is_pod ? "" : "registry.test/nginx:1");
		assert_string_equal(seen->owner.pod_name, "web-0");
		assert_string_equal(seen->owner.pod_namespace, "shop");
		assert_int_equal(seen->joined, !is_pod);
		assert_int_equal(seen->owner.pid, atoi(strsep(&line, "\t")));
		assert_lives_in(seen, line);
	}
	assert_int_equal(count, 3);
	assert_int_equal(owners_bad_files(engine->owners), 0);
	free(text);
}

static void a_quiet_look_changes_nothing(void **state)
{
	struct engine *engine = *state;
	const char *name;

	(void)engine_refresh(engine);
	name = engine_find(engine, "c1")->owner.name;
	assert_int_equal(engine_refresh(engine), NAMED);
	assert_ptr_equal(engine_find(engine, "c1")->owner.name, name);
}

static void a_removed_task_is_gone_at_the_next_look(void **state)
{
	struct engine *engine = *state;

	(void)engine_refresh(engine);
	tree_remove(&engine->tree, C1);
	assert_int_equal(engine_refresh(engine), NAMED - 1);
	assert_null(engine_find(engine, "c1"));
}

/* The same id, as ctr lets people use it again. */
static void an_id_that_is_used_again_is_another_container(void **state)
{
	struct engine *engine = *state;

	(void)engine_refresh(engine);
	tree_remove(&engine->tree, C1);
	engine_process(engine, 500, 1, "sleep", "net:[4026530001]", "0::/new\n");
	tree_text(&engine->tree, C1 "config.json",
	          "{\"ociVersion\":\"1.0.2\",\"annotations\":{\"nerdctl/name\":\"second\"},"
	          "\"linux\":{\"cgroupsPath\":\"/new\"}}");
	tree_text(&engine->tree, C1 "init.pid", "500");
	assert_int_equal(engine_refresh(engine), NAMED);
	assert_lives_in(engine_find(engine, "c1"), "net:[4026530001]");
	assert_string_equal(engine_find(engine, "c1")->owner.name, "second");
}

static void a_reused_process_id_names_nobody(void **state)
{
	struct engine *engine = *state;

	tree_remove(&engine->tree, "proc/11374");
	engine_process(engine, 11374, 1, "sh", "net:[4026539999]", "0::/ctl/default/c10\n");
	assert_int_equal(engine_refresh(engine), NAMED - 1);
	assert_null(engine_find(engine, "c1"));
}

static void write_task(struct engine *engine, const char *linux_part)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "{\"ociVersion\":\"1.0.2\",\"linux\":{%s}}", linux_part);
	tree_text(&engine->tree, C1 "config.json", text);
	tree_text(&engine->tree, C1 "init.pid", "500");
}

static void systemd_cgroups_are_understood(void **state)
{
	struct engine *engine = *state;

	write_task(engine, "\"cgroupsPath\":\"system.slice:cri-containerd:c1\"");
	engine_process(engine, 500, 1, "sleep", "net:[4026530001]", "0::/system.slice/cri-containerd-c1.scope\n");
	(void)engine_refresh(engine);
	assert_lives_in(engine_find(engine, "c1"), "net:[4026530001]");
}

static void without_a_cgroup_the_shim_tells_whose_process_it_is(void **state)
{
	struct engine *engine = *state;

	write_task(engine, "");
	engine_process(engine, 490, 1, "containerd-shim", "net:[4026531840]", "0::/\n");
	engine_process(engine, 500, 490, "sleep", "net:[4026530001]", "0::/\n");
	(void)engine_refresh(engine);
	assert_lives_in(engine_find(engine, "c1"), "net:[4026530001]");
	engine_process(engine, 490, 1, "bash", "net:[4026531840]", "0::/\n");
	engine_open(engine, NULL);
	(void)engine_refresh(engine);
	assert_null(engine_find(engine, "c1"));
}

static void bad_files_are_counted_once_and_leave_the_others(void **state)
{
	struct engine *engine = *state;
	const size_t size = 2 * 1024 * 1024;
	char *huge = malloc(size);

	assert_non_null(huge);
	memset(huge, '[', size);
	tree_write(&engine->tree, C1 "config.json", huge, size);
	free(huge);
	tree_text(&engine->tree, TASKS "default/n123/init.pid", "");
	tree_remove(&engine->tree, TASKS "default/h/config.json");
	tree_link(&engine->tree, TASKS "default/h/config.json", "/etc/passwd");
	tree_link(&engine->tree, TASKS "linked", tree_path(&engine->tree, TASKS "k8s.io"));
	assert_int_equal(engine_refresh(engine), NAMED - 3);
	assert_int_equal(engine_refresh(engine), NAMED - 3);
	assert_int_equal(owners_bad_files(engine->owners), 3);
	assert_non_null(engine_find(engine, "sand"));
}

static void a_hostile_name_is_cleaned(void **state)
{
	struct engine *engine = *state;

	tree_text(&engine->tree, C1 "config.json",
	          "{\"ociVersion\":\"1\",\"annotations\":{\"nerdctl/name\":\"a\\n\\u001b\\u202e\\\"\"},"
	          "\"linux\":{\"cgroupsPath\":\"/ctl/default/c1\"}}");
	(void)engine_refresh(engine);
	assert_string_equal(engine_find(engine, "c1")->owner.name, "a???\"");
}

static void the_state_is_where_the_running_daemon_has_it(void **state)
{
	struct engine *engine = *state;
	char toml[PATH_MAX], cmdline[PATH_MAX];
	int len;

	assert_int_equal(rename(tree_path(&engine->tree, "run/containerd"), tree_path(&engine->tree, "elsewhere")), 0);
	assert_int_equal(engine_refresh(engine), 0);
	assert_null(engine_source(engine, "containerd"));
	(void)snprintf(toml, sizeof(toml), "version = 2\nstate = \"%s/elsewhere\"\n[grpc]\n", engine->tree.path);
	tree_text(&engine->tree, "config.toml", toml);
	len = snprintf(cmdline, sizeof(cmdline), "containerd%c--config%c%s/config.toml%c", 0, 0, engine->tree.path, 0);
	engine_daemon(engine, 700, "containerd\n", cmdline, (size_t)len);
	engine_open(engine, NULL);
	assert_int_equal(engine_refresh(engine), NAMED);
	/* what it is told overrides its configuration */
	len = snprintf(cmdline, sizeof(cmdline), "containerd%c-c%c%s/config.toml%c--state=/nowhere%c", 0, 0,
	               engine->tree.path, 0, 0);
	engine_daemon(engine, 700, "containerd\n", cmdline, (size_t)len);
	engine_open(engine, NULL);
	assert_int_equal(engine_refresh(engine), 0);
}

/* Docker's containers run under containerd; where its namespace has another name, they are told by both. */
static void a_container_that_docker_tells_of_is_one_owner(void **state)
{
	static const char box[] = "9bd9c50c343edd12550298e7a04ae0aa8ddf7305f102da3bd6687fd3f7f5b169";
	struct engine *engine = *state;
	char path[PATH_MAX], fixture[PATH_MAX];

	tree_remove(&engine->tree, "run");
	(void)snprintf(path, sizeof(path), TASKS "docker/%s/config.json", box);
	tree_text(&engine->tree, path,
	          "{\"ociVersion\":\"1\",\"linux\":{\"cgroupsPath\":\"/docker/9bd9c50c343edd12550298e7"
	          "a04ae0aa8ddf7305f102da3bd6687fd3f7f5b169\"}}");
	(void)snprintf(path, sizeof(path), TASKS "docker/%s/init.pid", box);
	tree_text(&engine->tree, path, "13383");
	engine_copy(engine, "proc/13383", "tests/fixtures/proc/node/13383");
	tree_text(&engine->tree, "proc/13383/cgroup",
	          "0::/docker/9bd9c50c343edd12550298e7a04ae0aa8ddf7305f102da3bd6687fd3f7f5b169\n");
	assert_int_equal(engine_refresh(engine), 1);
	assert_int_equal(engine_find(engine, box)->owner.kind, OWNER_CONTAINERD);
	(void)snprintf(path, sizeof(path), "var/lib/docker/containers/%s", box);
	(void)snprintf(fixture, sizeof(fixture), "tests/fixtures/docker/containers/%s", box);
	engine_copy(engine, path, fixture);
	assert_int_equal(engine_refresh(engine), 1);
	assert_int_equal(engine_find(engine, box)->owner.kind, OWNER_DOCKER);
	assert_string_equal(engine_find(engine, box)->owner.name, "box");
}

/* ---- the parsers */

static void the_state_is_read_from_config_toml(void **state)
{
	static const struct {
		const char *text, *path;
	} cases[] = {
		{ "state = \"/srv/a\"\n", "/srv/a" },
		{ "version = 2\n  state='/srv/a' # here\n[x]\n", "/srv/a" },
		{ "state = \"/srv/a\"", "/srv/a" },
		{ "state = \"/srv/a\"\nstate = \"/srv/b\"\n", "/srv/a" },
		{ "[x]\nstate = \"/srv/a\"\n", NULL },
		{ "#state = \"/srv/a\"\n", NULL },
		{ "state = \"relative\"\n", NULL },
		{ "state = \"/srv/\\u0041\"\n", NULL },
		{ "state = \"/srv/a\n\"", NULL },
		{ "state = /srv/a\n", NULL },
		{ "statement = \"/srv/a\"\n", NULL },
		{ "state", NULL },
		{ "state=", NULL },
		{ "state=\"", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *got = NULL;

		assert_int_equal(containerd_parse_toml(cases[i].text, strlen(cases[i].text), &got), 0);
		assert_int_equal(!got, !cases[i].path);
		if (got)
			assert_string_equal(got, cases[i].path);
		free(got);
	}
}

static void a_task_cut_short_is_refused(void **state)
{
	size_t len;
	char *text = fixture_read(FIXTURE "state/default/c1/config.json", &len);
	struct container got = { .pid = -7 };

	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	for (size_t cut = 0; cut < len; cut++) {
		char *copy = malloc(cut + 1); /* so that reading beyond is noticed */

		memcpy(copy, text, cut);
		assert_int_equal(containerd_parse_task(copy, cut, "c1", &got), -EBADMSG);
		free(copy);
	}
	assert_int_equal(got.pid, -7);
	assert_int_equal(containerd_parse_task(text, len, "c1", &got), 0);
	container_free(&got);
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, engine_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_task_is_found_where_ctr_says),
		TEST(a_pod_is_named_by_its_sandbox),
		cmocka_unit_test_setup_teardown(a_pod_of_the_cri_plugin_is_found_where_the_cri_says, set_up_cri,
		                                engine_tear_down),
		TEST(a_quiet_look_changes_nothing),
		TEST(a_removed_task_is_gone_at_the_next_look),
		TEST(an_id_that_is_used_again_is_another_container),
		TEST(a_reused_process_id_names_nobody),
		TEST(systemd_cgroups_are_understood),
		TEST(without_a_cgroup_the_shim_tells_whose_process_it_is),
		TEST(bad_files_are_counted_once_and_leave_the_others),
		TEST(a_hostile_name_is_cleaned),
		TEST(the_state_is_where_the_running_daemon_has_it),
		TEST(a_container_that_docker_tells_of_is_one_owner),
		cmocka_unit_test(the_state_is_read_from_config_toml),
		cmocka_unit_test(a_task_cut_short_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
