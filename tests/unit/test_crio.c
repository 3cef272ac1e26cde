/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>

#include "observe/owners/crio_parse.h"
#include "unit/engine.h"

/*
 * CRI-O wants a Kubernetes node and is no package of the test machines' distribution: nothing here was recorded. The files hold the
 * annotations that CRI-O's pkg/annotations/internal.go names, with values of the form that its documentation shows; process id file, conmon
 * and cgroup are as with Podman, which was recorded (test_podman.c).
 */
#define SANDBOX "1111111111111111111111111111111111111111111111111111111111111111"
#define NGINX   "2222222222222222222222222222222222222222222222222222222222222222"
#define SIDECAR "3333333333333333333333333333333333333333333333333333333333333333"
#define PODMANS "4444444444444444444444444444444444444444444444444444444444444444"
#define RUN     "run/containers/storage/overlay-containers/"

#define ANNOTATIONS(type, id, metadata, more)                                                                          \
	"{\"ociVersion\":\"1.0.2-dev\",\"annotations\":{\"io.container.manager\":\"cri-o\","                           \
	"\"io.kubernetes.cri-o.ContainerType\":\"" type "\",\"io.kubernetes.cri-o.ContainerID\":\"" id                 \
	"\",\"io.kubernetes.cri-o.SandboxID\":\"" SANDBOX                                                              \
	"\",\"io.kubernetes.cri-o.SandboxName\":\"k8s_web-0_shop_b1946ac9-2c7e-4e3a_0\","                              \
	"\"io.kubernetes.cri-o.Metadata\":\"" metadata "\"" more                                                       \
	"},\"linux\":{\"cgroupsPath\":\"kubepods-podb1946ac9.slice:crio:" id "\"}}"
#define IMAGE ",\"io.kubernetes.cri-o.ImageName\":\"docker.io/library/nginx:1.25\""

static const char sandbox[] =
	ANNOTATIONS("sandbox", SANDBOX, "{\\\"name\\\":\\\"web-0\\\",\\\"namespace\\\":\\\"shop\\\"}", "");
static const char nginx[] = ANNOTATIONS("container", NGINX, "{\\\"name\\\":\\\"nginx\\\"}", IMAGE);
static const char sidecar[] = ANNOTATIONS("container", SIDECAR, "{\\\"name\\\":\\\"log\\\"}", "");

static void write_container(struct engine *engine, const char *id, const char *config, int pid)
{
	char path[PATH_MAX], text[PATH_MAX];

	(void)snprintf(path, sizeof(path), RUN "%s/userdata/config.json", id);
	tree_text(&engine->tree, path, config);
	(void)snprintf(path, sizeof(path), RUN "%s/userdata/pidfile", id);
	(void)snprintf(text, sizeof(text), "%d", pid);
	tree_text(&engine->tree, path, text);
	(void)snprintf(text, sizeof(text), "0::/kubepods.slice/kubepods-podb1946ac9.slice/crio-%s.scope\n", id);
	engine_process(engine, pid, 1, "sh", "net:[4026530001]", text);
}

static int set_up(void **state)
{
	struct engine *engine = engine_make();

	write_container(engine, SANDBOX, sandbox, 500);
	write_container(engine, NGINX, nginx, 501);
	write_container(engine, SIDECAR, sidecar, 502);
	/* Podman's has no config.json here */
	tree_text(&engine->tree, RUN PODMANS "/userdata/pidfile", "501");
	engine_open(engine, NULL);
	*state = engine;
	return 0;
}

static void a_pod_and_its_containers_are_found(void **state)
{
	struct engine *engine = *state;
	const struct owner *pod, *container;

	assert_int_equal(engine_refresh(engine), 3);
	pod = &engine_find(engine, SANDBOX)->owner;
	assert_int_equal(pod->kind, OWNER_POD);
	assert_string_equal(pod->name, "shop/web-0");
	assert_int_equal(pod->pid, 500);
	container = &engine_find(engine, NGINX)->owner;
	assert_int_equal(container->kind, OWNER_CRIO);
	assert_string_equal(container->name, "nginx");
	assert_string_equal(container->pod_name, "web-0");
	assert_string_equal(container->pod_namespace, "shop");
	assert_string_equal(container->image, "docker.io/library/nginx:1.25");
	assert_lives_in(engine_find(engine, SIDECAR), "net:[4026530001]");
	assert_string_equal(engine_source(engine, "crio")->state, "ok");
	assert_int_equal(owners_bad_files(engine->owners), 0);
}

/* drop_infra_ctr, the default where nothing needs a process of the pod's own. */
static void a_pod_without_a_process_is_told_by_its_containers(void **state)
{
	struct engine *engine = *state;

	tree_remove(&engine->tree, RUN SANDBOX "/userdata/pidfile");
	assert_int_equal(engine_refresh(engine), 3);
	assert_string_equal(engine_find(engine, SANDBOX)->owner.name, "shop/web-0");
	assert_int_equal(engine_find(engine, SANDBOX)->owner.pid, 0);
	tree_remove(&engine->tree, RUN NGINX);
	tree_remove(&engine->tree, RUN SIDECAR);
	assert_int_equal(engine_refresh(engine), 0);
	assert_null(engine_source(engine, "crio"));
}

static void a_cgroup_of_another_engine_names_nobody(void **state)
{
	struct engine *engine = *state;

	tree_text(&engine->tree, "proc/501/cgroup", "0::/kubepods.slice/cri-containerd-c1.scope\n");
	assert_int_equal(engine_refresh(engine), 2);
	assert_null(engine_find(engine, NGINX));
}

static void a_quiet_look_changes_nothing(void **state)
{
	struct engine *engine = *state;
	const char *name;

	(void)engine_refresh(engine);
	name = engine_find(engine, NGINX)->owner.name;
	assert_int_equal(engine_refresh(engine), 3);
	assert_ptr_equal(engine_find(engine, NGINX)->owner.name, name);
}

static void bad_files_are_counted_once(void **state)
{
	struct engine *engine = *state;

	tree_text(&engine->tree, RUN NGINX "/userdata/config.json", "{");
	tree_text(&engine->tree, RUN SIDECAR "/userdata/pidfile", "999999999");
	assert_int_equal(engine_refresh(engine), 1);
	assert_int_equal(engine_refresh(engine), 1);
	assert_int_equal(owners_bad_files(engine->owners), 2);
}

static int parse(const char *text, const char *id, struct container *ret)
{
	return crio_parse_config(text, strlen(text), id, ret);
}

static void what_is_not_cri_o_s_is_refused(void **state)
{
	static const char libpods[] = "{\"ociVersion\":\"1.0.2\",\"annotations\":{\"io.container.manager\":\"libpod\","
				      "\"io.kubernetes.cri-o.ContainerID\":\"" NGINX "\"}}";
	struct container got = { .pid = -7 };

	assert_int_equal(parse(libpods, NGINX, &got), -EBADMSG);
	assert_int_equal(parse(nginx, SIDECAR, &got), -EBADMSG);
	assert_int_equal(parse("", NGINX, &got), -EBADMSG);
	assert_int_equal(parse("[]", NGINX, &got), -EBADMSG);
	assert_int_equal(parse("{\"ociVersion\":\"1\"}", NGINX, &got), -EBADMSG);
	assert_int_equal(got.pid, -7);
}

/* A pod's own annotations stand beside CRI-O's. */
static void a_pod_cannot_give_itself_another_name(void **state)
{
	static const char spoofed[] =
		ANNOTATIONS("sandbox", SANDBOX, "{\\\"name\\\":\\\"web-0\\\"}",
	                    ",\"io.kubernetes.pod.name\":\"bank\",\"io.kubernetes.pod.namespace\":\"kube-system\"");
	struct container got;

	assert_int_equal(parse(spoofed, SANDBOX, &got), 0);
	assert_string_equal(got.name, "shop/web-0");
	container_free(&got);
}

static void a_sandbox_name_of_another_form_is_no_pod(void **state)
{
	static const char *const names[] = { "", "k8s_", "k8s_a_b_c", "k8s_a_b_c_d_e", "x_a_b_c_d" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct container got;
		char text[512];

		(void)snprintf(text, sizeof(text),
		               "{\"ociVersion\":\"1\",\"annotations\":{\"io.container.manager\":\"cri-o\","
		               "\"io.kubernetes.cri-o.ContainerID\":\"" NGINX
		               "\",\"io.kubernetes.cri-o.ContainerType\":\"sandbox\","
		               "\"io.kubernetes.cri-o.SandboxName\":\"%s\"}}",
		               names[i]);
		assert_int_equal(parse(text, NGINX, &got), 0);
		assert_null(got.pod_name);
		assert_int_equal(got.kind, OWNER_CRIO);
		container_free(&got);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, engine_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pod_and_its_containers_are_found),
		TEST(a_pod_without_a_process_is_told_by_its_containers),
		TEST(a_cgroup_of_another_engine_names_nobody),
		TEST(a_quiet_look_changes_nothing),
		TEST(bad_files_are_counted_once),
		cmocka_unit_test(what_is_not_cri_o_s_is_refused),
		cmocka_unit_test(a_pod_cannot_give_itself_another_name),
		cmocka_unit_test(a_sandbox_name_of_another_form_is_no_pod),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
