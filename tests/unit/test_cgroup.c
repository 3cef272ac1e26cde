/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/cleanup.h"
#include "observe/owners/cgroup_parse.h"
#include "unit/tree.h"
#include "unit/unit.h"

#define ID    "4739f746297317435294a697435f0409e38cb944d6c7c1cb315a3652376732ab"
#define OTHER "1d4e6dd8edd71e804c068daf2e4ee03951f1638f872f59aee0f1db740fc85930"

static bool has_name(const char *text, const char *name)
{
	return cgroup_has_name(text, strlen(text), name);
}

static void a_container_is_known_by_the_name_of_its_cgroup(void **state)
{
	static const char *const of_it[] = {
		"0::/libpod_parent/libpod-" ID "\n",
		"1:cpu:/\n0::/machine.slice/libpod-" ID ".scope\n",
		"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container\n",
		"0::/kubepods.slice/kubepods-pod1.slice/crio-" ID ".scope",
		"4:memory:/docker/" ID "\n",
		"0::/../" ID "\n",
	};
	static const char *const of_another[] = {
		"",
		"0::/\n",
		"0::/libpod-" OTHER "\n",
		"0::/libpod-" ID "0\n",
		"0::/libpod-0" ID "\n",
		"0::/libpod-" ID ".slice\n",
		ID "\n",
		ID "::\n",
		"0:" ID ":/x\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(of_it); i++)
		assert_true(has_name(of_it[i], ID));
	for (size_t i = 0; i < ARRAY_SIZE(of_another); i++)
		assert_false(has_name(of_another[i], ID));
}

static bool has_path(const char *text, const char *path)
{
	return cgroup_has_path(text, strlen(text), path);
}

static void a_path_is_matched_by_whole_names(void **state)
{
	assert_true(has_path("0::/default/c1\n", "/default/c1"));
	assert_true(has_path("0::/outer/default/c1\n", "/default/c1"));
	assert_true(has_path("0::/default/c1/init.scope\n", "/default/c1"));
	assert_true(has_path("0::/default/c10/default/c1", "/default/c1"));
	assert_false(has_path("0::/default/c10\n", "/default/c1"));
	assert_false(has_path("0::/mydefault/c1\n", "/default/c1"));
	assert_false(has_path("0::/default\n0::/c1\n", "/default/c1"));
	assert_false(has_path("0::/default/c1\n", "/"));
	assert_false(has_path("0::/default/c1\n", ""));
	assert_false(has_path("0::/default/c1\n", "default/c1"));
}

static void recorded_processes_are_in_the_cgroups_that_were_asked_for(void **state)
{
	static const struct {
		const char *file, *path;
	} cases[] = {
		{ "tests/fixtures/containerd/proc/11374/cgroup", "/ctl/default/c1" },
		{ "tests/fixtures/containerd/proc/11461/cgroup", "/ctl/k8s.io/nginx" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t len;
		char *text = fixture_read(cases[i].file, &len);

		assert_true(cgroup_has_path(text, len, cases[i].path));
		assert_false(cgroup_has_path(text, len, "/ctl/default/c"));
		free(text);
	}
}

/* NULL: none. */
static void assert_service(const char *text, const char *wanted)
{
	char name[CGROUP_NAME_MAX] = "";

	assert_int_equal(cgroup_service(text, strlen(text), name), wanted != NULL);
	assert_string_equal(name, wanted ? wanted : "");
}

static void a_service_is_below_slices_only(void **state)
{
	assert_service("0::/system.slice/nginx.service\n", "nginx.service");
	assert_service("0::/system.slice/system-getty.slice/getty@tty1.service\n", "getty@tty1.service");
	assert_service("5:cpu:/\n1:name=systemd:/system.slice/nginx.service\n0::/\n", "nginx.service");
	assert_service("0::/nginx.service", "nginx.service");
	assert_service("0::/system.slice/_cpu.service\n", "cpu.service");
	assert_service("0::/system.slice/a\\x2db.service\n", "a\\x2db.service");
	/* what a service made below itself is its own affair: an engine's containers, a user's session */
	assert_service("0::/system.slice/docker.service/" ID "\n", NULL);
	assert_service("0::/user.slice/user-1.slice/user@1.service/app.slice/sshd.service\n", NULL);
	assert_service("0::/user.slice/user-1.slice/session-1.scope/sshd.service\n", NULL);
	/* a systemd within a container */
	assert_service("0::/docker/" ID "/system.slice/sshd.service\n", NULL);
	assert_service("0::/lxc.payload.c1/system.slice/sshd.service\n", NULL);
	/* not where systemd keeps its units */
	assert_service("3:memory:/system.slice/sshd.service\n", NULL);
	assert_service("0::/system.slice\n", NULL);
	assert_service("", NULL);
}

static void a_long_name_is_no_service(void **state)
{
	char text[1000], name[CGROUP_NAME_MAX] = "";
	int len = snprintf(text, sizeof(text), "0::/%0300d.service\n", 1);

	assert_false(cgroup_service(text, (size_t)len, name));
}

static void assert_lxc(const char *text, const char *wanted)
{
	char name[CGROUP_NAME_MAX] = "";

	assert_int_equal(cgroup_lxc(text, strlen(text), name), wanted != NULL);
	assert_string_equal(name, wanted ? wanted : "");
}

static void the_innermost_container_is_found(void **state)
{
	assert_lxc("0::/lxc.payload.guest\n", "guest");
	assert_lxc("0::/lxc.payload.guest/system.slice/ssh.service\n", "guest");
	assert_lxc("0::/lxc.payload.outer/lxc.payload.inner\n", "inner");
	assert_lxc("0::/lxc/guest\n", "guest");
	assert_lxc("0::/lxc/guest/init.scope\n", "guest");
	assert_lxc("2:cpu:/\n0::/user.slice/lxc.payload.guest\n", "guest");
	assert_lxc("0::/lxc.monitor.guest\n", NULL);
	assert_lxc("0::/lxc.payload.\n", NULL);
	assert_lxc("0::/lxc\n", NULL);
	assert_lxc("", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_container_is_known_by_the_name_of_its_cgroup),
		cmocka_unit_test(a_path_is_matched_by_whole_names),
		cmocka_unit_test(recorded_processes_are_in_the_cgroups_that_were_asked_for),
		cmocka_unit_test(a_service_is_below_slices_only),
		cmocka_unit_test(a_long_name_is_no_service),
		cmocka_unit_test(the_innermost_container_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
