/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>

#include "observe/owners/conmons.h"
#include "unit/engine.h"

/*
 * Podman on a recorded storage (Podman 4.3, root, cgroupfs) beside the recorded processes of its containers and their conmons. `podman
 * inspect`, `podman pod inspect` and readlink are the authority: tests/fixtures/podman/inspect.tsv. Of the database there is the page that
 * holds the pod. Paths of the machine that it was recorded on were replaced.
 */
#define BOX     "4739f746297317435294a697435f0409e38cb944d6c7c1cb315a3652376732ab"
#define SIDE    "7127e6296878283be432b3c98d6d989d825eece9a505aa3a4bebb75f824a7ee7"
#define WEB     "101c945ba2a5230ca5d5c60f8afe2c94d72afcba236c3f2e2607a3d44f22691b"
#define INFRA   "1c82bb02b63125e7d8d316e3faf563fa8dbe27246cd8733233111d48b2b7ea0b"
#define BOX_PID "10853"
#define RUNNING 7 /* of the eight recorded */

#define STORAGE "var/lib/containers/storage/"
#define KEPT    STORAGE "overlay-containers/"
#define RUN     "run/containers/storage/overlay-containers/"
#define FIXTURE "tests/fixtures/podman/"

static int set_up(void **state)
{
	struct engine *engine = engine_make();

	engine_copy(engine, KEPT, FIXTURE "kept");
	engine_copy(engine, STORAGE "libpod", FIXTURE "libpod");
	engine_copy(engine, RUN, FIXTURE "running");
	engine_copy(engine, "proc", FIXTURE "proc");
	engine_open(engine, NULL);
	*state = engine;
	return 0;
}

struct recorded {
	const char *name, *id, *pid, *running, *pod, *is_infra, *image, *netns;
};

static void check(struct engine *engine, const struct recorded *one)
{
	const struct owner_seen *seen = engine_find(engine, one->id);

	if (strcmp(one->running, "true") != 0) {
		assert_null(seen);
		return;
	}
	assert_lives_in(seen, one->netns);
	assert_int_equal(seen->owner.pid, atoi(one->pid));
	assert_string_equal(seen->owner.image, one->image);
	assert_string_equal(seen->owner.pod_name, one->pod);
	/* --network container:box, or the pod's */
	assert_int_equal(seen->joined,
	                 strcmp(one->name, "side") == 0 || (*one->pod && strcmp(one->is_infra, "true") != 0));
	assert_int_not_equal(seen->started, 0);
	if (strcmp(one->is_infra, "true") == 0) {
		assert_int_equal(seen->owner.kind, OWNER_POD);
		assert_string_equal(seen->owner.name, one->pod);
	} else {
		assert_int_equal(seen->owner.kind, OWNER_PODMAN);
		assert_string_equal(seen->owner.name, one->name);
	}
}

static void check_all(struct engine *engine)
{
	size_t len, count = 0;
	char *text = fixture_read(FIXTURE "inspect.tsv", &len);
	char *rest = text, *line = strsep(&rest, "\n"); /* the heading */

	for (; (line = strsep(&rest, "\n")) && *line; count++) {
		struct recorded one;
		const char **fields[] = { &one.name, &one.id,       &one.pid,   &one.running,
			                  &one.pod,  &one.is_infra, &one.image, &one.netns };

		for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
			*fields[i] = strsep(&line, "\t");
		check(engine, &one);
	}
	assert_int_equal(count, RUNNING + 1);
	free(text);
}

static void every_running_container_is_as_podman_inspect_has_it(void **state)
{
	struct engine *engine = *state;

	assert_int_equal(engine_refresh(engine), RUNNING);
	check_all(engine);
	assert_string_equal(engine_source(engine, "podman")->state, "ok");
	assert_null(engine_source(engine, "crio"));
	assert_int_equal(owners_bad_files(engine->owners), 0);
}

static void a_quiet_look_changes_nothing(void **state)
{
	struct engine *engine = *state;
	const char *name;

	(void)engine_refresh(engine);
	name = engine_find(engine, BOX)->owner.name;
	assert_int_equal(engine_refresh(engine), RUNNING);
	assert_ptr_equal(engine_find(engine, BOX)->owner.name, name);
}

/* Podman replaces containers.json when one is made, removed or renamed. */
static void edit_list(struct engine *engine, const char *from, const char *to)
{
	size_t len;
	char *text = fixture_read(tree_path(&engine->tree, KEPT "containers.json"), &len);
	char *at = strstr(text, from);
	char *edited;

	assert_non_null(at);
	assert_true(asprintf(&edited, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) > 0);
	tree_text(&engine->tree, KEPT "containers.json", edited);
	free(edited);
	free(text);
}

static void a_renamed_container_has_its_new_name(void **state)
{
	struct engine *engine = *state;

	(void)engine_refresh(engine);
	edit_list(engine, "[\"box\"]", "[\"other\"]");
	assert_int_equal(engine_refresh(engine), RUNNING);
	assert_string_equal(engine_find(engine, BOX)->owner.name, "other");
	assert_string_equal(engine_find(engine, SIDE)->owner.name, "side");
}

static void a_removed_container_is_gone_at_the_next_look(void **state)
{
	struct engine *engine = *state;

	(void)engine_refresh(engine);
	tree_remove(&engine->tree, RUN BOX "/userdata/pidfile");
	assert_int_equal(engine_refresh(engine), RUNNING - 1);
	assert_null(engine_find(engine, BOX));
	edit_list(engine, SIDE, "gone");
	assert_int_equal(engine_refresh(engine), RUNNING - 2);
	assert_null(engine_find(engine, SIDE));
}

/* What a machine that crashed, or a conmon that was killed, leaves behind. */
static void a_reused_process_id_names_nobody(void **state)
{
	struct engine *engine = *state;

	tree_remove(&engine->tree, "proc/" BOX_PID);
	engine_process(engine, atoi(BOX_PID), 1, "sh", "net:[4026539999]", "0::/user.slice\n");
	assert_int_equal(engine_refresh(engine), RUNNING - 1);
	assert_null(engine_find(engine, BOX));
}

/* Rootless on cgroup v1 there is no cgroup with the id: the conmon that watches over it has it. */
static void without_a_cgroup_the_conmon_tells_whose_process_it_is(void **state)
{
	struct engine *engine = *state;

	tree_text(&engine->tree, "proc/" BOX_PID "/cgroup", "0::/user.slice\n");
	assert_int_equal(engine_refresh(engine), RUNNING);
	assert_lives_in(engine_find(engine, BOX), "net:[4026532743]");
}

/* A user's list may claim any id and any process. */
static void another_user_s_store_cannot_name_our_processes(void **state)
{
	struct engine *engine = *state;
	static const char format[] = "conmon%c-b%c%s/home/" BOX "/userdata%c-p%c%s/homerun/" BOX "/userdata/pidfile%c";
	char cmdline[PATH_MAX];
	int len = snprintf(cmdline, sizeof(cmdline), format, 0, 0, engine->tree.path, 0, 0, engine->tree.path, 0);

	tree_text(&engine->tree, "home/containers.json",
	          "[{\"id\":\"" BOX "\",\"names\":[\"liar\"],\"metadata\":\"{}\"}]");
	tree_text(&engine->tree, "home/" BOX "/userdata/config.json", "{\"ociVersion\":\"1.0.2\"}");
	tree_text(&engine->tree, "homerun/" BOX "/userdata/pidfile", BOX_PID);
	engine_daemon(engine, 900, "conmon\n", cmdline, (size_t)len);
	tree_remove(&engine->tree, KEPT);
	assert_int_equal(engine_refresh(engine), 1); /* as long as it is ours it may */
	if (chown(tree_path(&engine->tree, "proc/900"), 12345, 12345) < 0)
		return; /* cannot be tried without root */
	assert_int_equal(chown(tree_path(&engine->tree, "home"), 12345, 12345), 0);
	assert_int_equal(chown(tree_path(&engine->tree, "homerun"), 12345, 12345), 0);
	engine_open(engine, NULL);
	assert_int_equal(engine_refresh(engine), 0);
	assert_null(engine_find(engine, BOX));
	/* its own it may: a process whose conmon is his */
	tree_remove(&engine->tree, "proc/" BOX_PID);
	engine_process(engine, atoi(BOX_PID), 900, "sh", "net:[4026539999]", "0::/\n");
	tree_text(&engine->tree, "proc/900/stat", "900 (conmon) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 0\n");
	for (int i = 0; i < 2; i++)
		(void)engine_refresh(engine);
	assert_lives_in(engine_find(engine, BOX), "net:[4026539999]");
	assert_string_equal(engine_find(engine, BOX)->owner.name, "liar");
}

/* Anybody can start a conmon that says anything. */
static void a_user_cannot_lead_us_into_others_directories(void **state)
{
	struct engine *engine = *state;
	const char *dir = tree_path(&engine->tree, KEPT);
	int fd = conmon_open_dir(dir, geteuid());

	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(conmon_open_dir(dir, 12345), -EPERM);
	if (chown(dir, 12345, 12345) < 0)
		return; /* cannot be tried without root */
	fd = conmon_open_dir(dir, 12345);
	assert_true(fd >= 0);
	(void)close(fd);
	tree_link(&engine->tree, "link", dir);
	assert_true(conmon_open_dir(tree_path(&engine->tree, "link"), 12345) < 0);
}

/* Podman 4.4 and later; written by hand, for 4.3 has no such list. */
static void containers_that_end_with_the_machine_have_a_list_of_their_own(void **state)
{
	struct engine *engine = *state;
	size_t len;
	char *text = fixture_read(FIXTURE "kept/containers.json", &len);

	tree_write(&engine->tree, RUN "volatile-containers.json", text, len);
	tree_text(&engine->tree, KEPT "containers.json", "[]");
	assert_int_equal(engine_refresh(engine), RUNNING);
	check_all(engine);
	free(text);
}

static void a_pod_whose_name_is_not_found_leaves_its_containers_their_names(void **state)
{
	struct engine *engine = *state;

	tree_remove(&engine->tree, STORAGE "libpod");
	assert_int_equal(engine_refresh(engine), RUNNING);
	assert_int_equal(engine_find(engine, INFRA)->owner.kind, OWNER_PODMAN);
	assert_string_equal(engine_find(engine, INFRA)->owner.name, "f821b37c6251-infra");
	assert_string_equal(engine_find(engine, WEB)->owner.name, "web");
	assert_string_equal(engine_find(engine, WEB)->owner.pod_name, "");
}

static void bad_files_are_counted_once_and_leave_the_others(void **state)
{
	struct engine *engine = *state;

	tree_text(&engine->tree, KEPT BOX "/userdata/config.json", "{\"ociVersion\":\"1.0.2\"");
	tree_text(&engine->tree, RUN SIDE "/userdata/pidfile", "12x");
	tree_remove(&engine->tree, KEPT WEB "/userdata/config.json");
	tree_link(&engine->tree, KEPT WEB "/userdata/config.json", "/etc/passwd");
	assert_int_equal(engine_refresh(engine), RUNNING - 3);
	assert_int_equal(engine_refresh(engine), RUNNING - 3);
	assert_int_equal(owners_bad_files(engine->owners), 3);
	assert_non_null(engine_find(engine, INFRA));
	/* a list that is being rewritten, or is none, leaves what was known */
	tree_text(&engine->tree, KEPT "containers.json", "[{\"id\":");
	assert_int_equal(engine_refresh(engine), RUNNING - 3);
	assert_int_equal(owners_bad_files(engine->owners), 4);
}

/* ---- the parsers */

struct told {
	size_t count;
	char name[64], image[64];
	bool is_crio;
};

static int take(void *context, const struct storage_container *container)
{
	struct told *told = context;

	told->count++;
	(void)snprintf(told->name, sizeof(told->name), "%s", container->name ? container->name : "");
	(void)snprintf(told->image, sizeof(told->image), "%s", container->image ? container->image : "");
	told->is_crio = container->is_crio;
	return 0;
}

static int parse(const char *text, struct told *ret)
{
	*ret = (struct told){ .count = 0 };
	return storage_parse_containers(text, strlen(text), take, ret);
}

static void lists_of_other_shapes_are_refused_or_passed_over(void **state)
{
	static const char *const refused[] = { "", "{}", "null", "[", "[]x", "[\"\xff\"]", "[\"\\u0000\"]" };
	static const char *const empty[] = {
		"[]", "[7,null,[],\"x\",{}]", "[{\"id\":7}]", "[{\"id\":\"short\"}]", "[{\"id\":\"../" BOX "\"}]",
	};
	struct told told;

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		assert_int_equal(parse(refused[i], &told), -EBADMSG);
	for (size_t i = 0; i < ARRAY_SIZE(empty); i++) {
		assert_int_equal(parse(empty[i], &told), 0);
		assert_int_equal(told.count, 0);
	}
	assert_int_equal(parse("[{\"id\":\"" BOX "\",\"names\":7,\"metadata\":\"{\"}]", &told), 0);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.name, "");
	assert_string_equal(told.image, "");
}

/* RuntimeContainerMetadata of CRI-O's internal/storage/runtime.go. */
static void a_container_with_a_pod_id_is_cri_o_s(void **state)
{
	struct told told;

	assert_int_equal(parse("[{\"id\":\"" BOX "\",\"names\":[\"k8s_a\",\"b\"],\"metadata\":"
	                       "\"{\\\"pod-id\\\":\\\"" INFRA "\\\",\\\"image-name\\\":\\\"i\\\"}\"}]",
	                       &told),
	                 0);
	assert_true(told.is_crio);
	assert_string_equal(told.name, "k8s_a");
	assert_string_equal(told.image, "i");
}

#define POD "f821b37c62510000000000000000000000000000000000000000000000000000"

static char *find_pod(const char *text, size_t len, const char *pod)
{
	char *name = NULL;

	assert_int_equal(podman_find_pod_name(text, len, pod, &name), 0);
	return name;
}

static void a_pod_is_found_in_the_database(void **state)
{
	static const char text[] = "\0\0{\"id\":\"" INFRA "\",\"name\":\"no\"}"
				   "{\"id\":\"" POD "\",\"na" /* an old copy, cut off */
				   "\0{\"id\":\"" POD "\",\"name\":\"shop\",\"labels\":{}}\0\0";
	char *name = find_pod(text, sizeof(text), POD);

	assert_string_equal(name, "shop");
	free(name);
	name = find_pod(text, sizeof(text), "f821b37c6251");
	assert_string_equal(name, "shop");
	free(name);
	assert_null(find_pod(text, sizeof(text), "f821b37c62"));
	assert_null(find_pod(text, sizeof(text), WEB));
	assert_null(find_pod(text, 100, POD));
	assert_null(find_pod("", 0, POD));
}

static void a_pod_is_in_the_cgroup_path(void **state)
{
	char pod[STORAGE_ID_LEN + 1] = "";

	assert_true(podman_pod_of_cgroup("/libpod_parent/" POD "/libpod-" BOX, BOX, pod));
	assert_string_equal(pod, POD);
	assert_true(podman_pod_of_cgroup("machine-libpod_pod_" POD ".slice:libpod:" BOX, BOX, pod));
	assert_string_equal(pod, POD);
	assert_false(podman_pod_of_cgroup("/libpod_parent/libpod-" BOX, BOX, pod));
	assert_false(podman_pod_of_cgroup("/" POD "0/libpod-" BOX, BOX, pod));
	assert_false(podman_pod_of_cgroup("", BOX, pod));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, engine_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_running_container_is_as_podman_inspect_has_it),
		TEST(a_quiet_look_changes_nothing),
		TEST(a_renamed_container_has_its_new_name),
		TEST(a_removed_container_is_gone_at_the_next_look),
		TEST(a_reused_process_id_names_nobody),
		TEST(without_a_cgroup_the_conmon_tells_whose_process_it_is),
		TEST(another_user_s_store_cannot_name_our_processes),
		TEST(a_user_cannot_lead_us_into_others_directories),
		TEST(containers_that_end_with_the_machine_have_a_list_of_their_own),
		TEST(a_pod_whose_name_is_not_found_leaves_its_containers_their_names),
		TEST(bad_files_are_counted_once_and_leave_the_others),
		cmocka_unit_test(lists_of_other_shapes_are_refused_or_passed_over),
		cmocka_unit_test(a_container_with_a_pod_id_is_cri_o_s),
		cmocka_unit_test(a_pod_is_found_in_the_database),
		cmocka_unit_test(a_pod_is_in_the_cgroup_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
