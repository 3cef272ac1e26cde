/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "observe/owners/docker_parse.h"
#include "unit/tree.h"

#define CONTAINERS "tests/fixtures/docker/containers/"
#define BOX        "9bd9c50c343edd12550298e7a04ae0aa8ddf7305f102da3bd6687fd3f7f5b169"
#define SIDECAR    "97e5b7787cc034ab13a08f47bbe95b0229fed79319f1c392529a10277af93bd6"
#define ID         "0000000000000000000000000000000000000000000000000000000000000000"

static int parse(const char *text, struct docker_container *ret)
{
	return docker_parse_container(text, strlen(text), ID, ret);
}

static int parse_recorded(const char *id, struct docker_container *ret)
{
	char path[PATH_MAX];
	size_t len;
	char *text;
	int r;

	(void)snprintf(path, sizeof(path), CONTAINERS "%s/config.v2.json", id);
	text = fixture_read(path, &len);
	r = docker_parse_container(text, len, id, ret);
	free(text);
	return r;
}

/* Every state file of a real engine says what `docker inspect` said of the container. */
static void recorded_files_say_what_docker_inspect_says(void **state)
{
	size_t len, seen = 0;
	char *text = fixture_read("tests/fixtures/docker/inspect.tsv", &len);
	char *rest = text, *line = strsep(&rest, "\n"); /* the heading */

	while ((line = strsep(&rest, "\n")) && *line) {
		struct docker_container got;
		const char *name = strsep(&line, "\t");
		const char *id = strsep(&line, "\t");
		const char *pid = strsep(&line, "\t");
		const char *running = strsep(&line, "\t");

		assert_int_equal(parse_recorded(id, &got), 0);
		assert_string_equal(got.name, name + 1);
		assert_int_equal(got.pid, atoi(pid));
		assert_int_equal(got.running, strcmp(running, "true") == 0);
		assert_string_equal(got.image, "busybox");
		docker_container_free(&got);
		seen++;
	}
	assert_int_equal(seen, 9);
	free(text);
}

static void only_a_container_with_a_network_of_its_own_has_a_sandbox(void **state)
{
	struct docker_container got;

	assert_int_equal(parse_recorded(BOX, &got), 0);
	assert_string_equal(got.sandbox, "/run/docker/netns/fb3004c1f711");
	assert_null(got.pod_name);
	docker_container_free(&got);
	assert_int_equal(parse_recorded(SIDECAR, &got), 0);
	assert_null(got.sandbox);
	docker_container_free(&got);
}

static void labels_of_a_pod_are_read(void **state)
{
	struct docker_container got;

	assert_int_equal(parse_recorded("a1b1f563e8894f1781e5e7eb4e3f1b4b515bf6dff0e5723662d4a7a9b56c9763", &got), 0);
	assert_true(got.pod_sandbox);
	assert_string_equal(got.pod_name, "web-0");
	assert_string_equal(got.pod_namespace, "shop");
	docker_container_free(&got);
	assert_int_equal(parse_recorded("38ec98b1cb872a2186633d918514efebfac13b4463a57adac44eb6fc6246fb13", &got), 0);
	assert_false(got.pod_sandbox);
	assert_string_equal(got.pod_container, "nginx");
	docker_container_free(&got);
}

/* As after a crash: a file that ends anywhere is refused, and nothing is leaked. */
static void a_file_cut_short_is_refused(void **state)
{
	size_t len;
	char *text = fixture_read(CONTAINERS BOX "/config.v2.json", &len);
	struct docker_container got;

	while (len > 0 && text[len - 1] == '\n')
		len--;
	for (size_t cut = 0; cut < len; cut++) {
		char *copy = malloc(cut + 1); /* so that reading beyond is noticed */

		memcpy(copy, text, cut);
		assert_int_equal(docker_parse_container(copy, cut, BOX, &got), -EBADMSG);
		free(copy);
	}
	assert_int_equal(docker_parse_container(text, len, BOX, &got), 0);
	docker_container_free(&got);
	free(text);
}

static void what_is_no_state_file_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"null",
		"[]",
		"7",
		"{}",
		"\"ID\"",
		"{\"ID\":\"" ID "\"}",
		"{\"ID\":\"" ID "\",\"State\":7}",
		"{\"ID\":\"" ID "\",\"State\":null}",
		"{\"ID\":7,\"State\":{}}",
		"{\"State\":{\"Running\":true,\"Pid\":1}}",
		"{\"ID\":\"" ID "\",\"State\":{}}x",
		"{\"ID\":\"" ID "\",\"Name\":\"/a\\u0000b\",\"State\":{}}",
		"{\"ID\":\"" ID "\",\"Name\":\"/a\xff\",\"State\":{}}",
		"{\"ID\":\"" ID "\",\"Name\":\"/\xed\xa0\x80\",\"State\":{}}",
		"{\"ID\":\"" ID "\",\"Name\":\"/a\nb\",\"State\":{}}",
	};
	struct docker_container got = { .pid = -7 };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(parse(texts[i], &got), -EBADMSG);
	assert_int_equal(got.pid, -7);
}

static void a_file_of_another_container_is_refused(void **state)
{
	struct docker_container got;

	assert_int_equal(parse("{\"ID\":\"" BOX "\",\"State\":{}}", &got), -EBADMSG);
}

static void nesting_without_end_is_refused(void **state)
{
	const size_t depth = 200000;
	char *text = malloc(depth);
	struct docker_container got;

	memset(text, '[', depth);
	assert_int_equal(docker_parse_container(text, depth, ID, &got), -EBADMSG);
	free(text);
}

/* Anything may be of another type than Docker writes. */
static void fields_of_another_type_are_taken_as_absent(void **state)
{
	struct docker_container got;

	assert_int_equal(parse("{\"ID\":\"" ID "\",\"Name\":7,\"Config\":[],\"NetworkSettings\":\"x\","
	                       "\"State\":{\"Running\":\"true\",\"Pid\":\"12\"}}",
	                       &got),
	                 0);
	assert_false(got.running);
	assert_int_equal(got.pid, 0);
	assert_null(got.name);
	assert_null(got.image);
	docker_container_free(&got);
	assert_int_equal(parse("{\"ID\":\"" ID
	                       "\",\"Name\":\"\",\"Config\":{\"Image\":{},\"Labels\":[1]},\"State\":{}}",
	                       &got),
	                 0);
	assert_null(got.name);
	assert_null(got.image);
	docker_container_free(&got);
}

static void a_process_id_that_cannot_be_is_none(void **state)
{
	static const char *const pids[] = { "0", "-1", "4194305", "9223372036854775807", "1.5", "true", "null" };
	struct docker_container got;
	char text[256];

	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++) {
		(void)snprintf(text, sizeof(text), "{\"ID\":\"" ID "\",\"State\":{\"Running\":true,\"Pid\":%s}}",
		               pids[i]);
		assert_int_equal(parse(text, &got), 0);
		assert_int_equal(got.pid, 0);
		assert_true(got.running);
		docker_container_free(&got);
	}
}

static void text_is_handed_on_as_it_is(void **state)
{
	struct docker_container got;

	assert_int_equal(parse("{\"ID\":\"" ID "\",\"Name\":\"//\\\"x\\\"\\n\\u001b\",\"State\":{}}", &got), 0);
	assert_string_equal(got.name, "/\"x\"\n\x1b");
	docker_container_free(&got);
}

static void only_64_hexadecimal_digits_are_an_id(void **state)
{
	assert_true(docker_is_id(BOX));
	assert_false(docker_is_id(""));
	assert_false(docker_is_id("../../../../../../../../../../../../../../../../../../etc/passwd"));
	assert_false(docker_is_id(BOX "0"));
	assert_false(docker_is_id("9BD9c50c343edd12550298e7a04ae0aa8ddf7305f102da3bd6687fd3f7f5b169"));
	assert_false(docker_is_id("9bd9c50c343edd12550298e7a04ae0aa8ddf7305f102da3bd6687fd3f7f5b16"));
}

#define CMDLINE(text) text, sizeof(text)

static void the_data_root_is_read_from_a_command_line(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *data_root, *config_file;
	} cases[] = {
		{ CMDLINE("dockerd"), NULL, NULL },
		{ CMDLINE("dockerd\0--data-root=/srv/a"), "/srv/a", NULL },
		{ CMDLINE("dockerd\0--data-root\0/srv/a\0--debug"), "/srv/a", NULL },
		{ CMDLINE("dockerd\0-g\0/srv/a"), "/srv/a", NULL },
		{ CMDLINE("dockerd\0-g=/srv/a"), "/srv/a", NULL },
		{ CMDLINE("dockerd\0-g/srv/a"), "/srv/a", NULL },
		{ CMDLINE("dockerd\0--graph\0/srv/a"), "/srv/a", NULL },
		{ CMDLINE("dockerd\0--config-file=/srv/d.json"), NULL, "/srv/d.json" },
		{ CMDLINE("dockerd\0--data-root=/srv/a\0--data-root=/srv/b"), "/srv/b", NULL },
		{ CMDLINE("dockerd\0--data-root=relative"), NULL, NULL },
		{ CMDLINE("dockerd\0--data-root="), NULL, NULL },
		{ CMDLINE("dockerd\0--data-root"), NULL, NULL },
		{ CMDLINE("dockerd\0--data-rooted=/srv/a"), NULL, NULL },
		{ "dockerd\0--data-root=/srv/a", 26, "/srv/a", NULL }, /* not ended by a NUL */
		{ "", 0, NULL, NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct docker_daemon got;

		assert_int_equal(docker_parse_cmdline(cases[i].text, cases[i].len, &got), 0);
		assert_int_equal(!got.data_root, !cases[i].data_root);
		assert_int_equal(!got.config_file, !cases[i].config_file);
		if (got.data_root)
			assert_string_equal(got.data_root, cases[i].data_root);
		if (got.config_file)
			assert_string_equal(got.config_file, cases[i].config_file);
		docker_daemon_free(&got);
	}
}

static void a_recorded_command_line_is_read(void **state)
{
	struct docker_daemon got;
	size_t len;
	char *text = fixture_read("tests/fixtures/proc/node/12949/cmdline", &len);

	assert_int_equal(docker_parse_cmdline(text, len, &got), 0);
	assert_string_equal(got.data_root, "/srv/docker");
	docker_daemon_free(&got);
	free(text);
}

static void the_data_root_is_read_from_daemon_json(void **state)
{
	static const struct {
		const char *text;
		int r;
		const char *root;
	} cases[] = {
		{ "{\"data-root\": \"/srv/a\", \"debug\": true}", 0, "/srv/a" },
		{ "{\"graph\": \"/srv/a\"}", 0, "/srv/a" },
		{ "{}", 0, NULL },
		{ "{\"data-root\": \"relative\"}", 0, NULL },
		{ "{\"data-root\": 7}", 0, NULL },
		{ "{\"data-root\":", -EBADMSG, NULL },
		{ "", -EBADMSG, NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *root = NULL;

		assert_int_equal(docker_parse_daemon_json(cases[i].text, strlen(cases[i].text), &root), cases[i].r);
		assert_int_equal(!root, !cases[i].root);
		if (root)
			assert_string_equal(root, cases[i].root);
		free(root);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_files_say_what_docker_inspect_says),
		cmocka_unit_test(only_a_container_with_a_network_of_its_own_has_a_sandbox),
		cmocka_unit_test(labels_of_a_pod_are_read),
		cmocka_unit_test(a_file_cut_short_is_refused),
		cmocka_unit_test(what_is_no_state_file_is_refused),
		cmocka_unit_test(a_file_of_another_container_is_refused),
		cmocka_unit_test(nesting_without_end_is_refused),
		cmocka_unit_test(fields_of_another_type_are_taken_as_absent),
		cmocka_unit_test(a_process_id_that_cannot_be_is_none),
		cmocka_unit_test(text_is_handed_on_as_it_is),
		cmocka_unit_test(only_64_hexadecimal_digits_are_an_id),
		cmocka_unit_test(the_data_root_is_read_from_a_command_line),
		cmocka_unit_test(a_recorded_command_line_is_read),
		cmocka_unit_test(the_data_root_is_read_from_daemon_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
