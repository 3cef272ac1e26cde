/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "observe/namespaces/mountinfo_parse.h"
#include "unit/tree.h"

static struct netns_mount mount;

static int parse(const char *line)
{
	return mountinfo_parse_netns(line, strlen(line), &mount);
}

/* The table of a machine with a named namespace and Docker, as the kernel wrote it. */
static void a_recorded_table_gives_its_namespaces(void **state)
{
	static const struct {
		uint64_t inode;
		const char *path;
	} wanted[] = {
		{ 4026532177, "/run/netns/lab" },
		{ 4026532255, "/run/docker/netns/fb3004c1f711" },
		{ 4026532330, "/run/docker/netns/54070e4d6579" },
		{ 4026532403, "/run/docker/netns/c80fff1f518b" },
		{ 4026532177, "/run/docker/netns/default" },
		{ 4026532486, "/run/docker/netns/3a8f12f6ce0b" },
		{ 4026532564, "/run/docker/netns/f187aedf6ef7" },
		{ 4026532634, "/run/netns/blue" },
		{ 4026532634, "/run/odd a\\b\nc\t#d/x" },
	};
	size_t len, found = 0;
	char *text = fixture_read("tests/fixtures/proc/node/self/mountinfo", &len);
	char *rest = text;
	char *line;

	while ((line = strsep(&rest, "\n"))) {
		int r = parse(line);

		if (!*line)
			continue;
		assert_true(r >= 0);
		if (r == 0)
			continue;
		assert_true(found < sizeof(wanted) / sizeof(wanted[0]));
		assert_int_equal(mount.inode, wanted[found].inode);
		assert_string_equal(mount.path, wanted[found].path);
		found++;
	}
	assert_int_equal(found, sizeof(wanted) / sizeof(wanted[0]));
	free(text);
}

static void any_number_of_optional_fields_may_be_there(void **state)
{
	assert_int_equal(parse("1 2 0:4 net:[12] /a rw - nsfs nsfs rw"), 1);
	assert_int_equal(parse("1 2 0:4 net:[12] /a rw shared:1 master:2 propagate_from:3 unbindable - nsfs nsfs rw"),
	                 1);
	assert_int_equal(mount.inode, 12);
	assert_string_equal(mount.path, "/a");
}

static void a_namespace_of_another_kind_is_none(void **state)
{
	assert_int_equal(parse("1 2 0:4 mnt:[12] /a rw - nsfs nsfs rw"), 0);
	assert_int_equal(parse("1 2 0:4 / /a rw - nsfs nsfs rw"), 0);
}

/* Anybody may name a directory so and have it mounted. */
static void a_directory_with_the_name_of_a_namespace_is_none(void **state)
{
	assert_int_equal(parse("1 2 8:1 net:[12] /a rw - ext4 /dev/sda rw"), 0);
	assert_int_equal(parse("1 2 8:1 net:[12] /a rw - nsfsx nsfs rw"), 0);
	assert_int_equal(parse("1 2 8:1 net:[12] /a rw nsfs - ext4 nsfs rw"), 0);
}

static void escapes_are_taken_back(void **state)
{
	assert_int_equal(parse("1 2 0:4 net:[12] /\\040\\011\\012\\134\\043 rw - nsfs nsfs rw"), 1);
	assert_string_equal(mount.path, "/ \t\n\\#");
	/* what is no escape stands as it is */
	assert_int_equal(parse("1 2 0:4 net:[12] /\\04x\\9 rw - nsfs nsfs rw"), 1);
	assert_string_equal(mount.path, "/\\04x\\9");
	assert_int_equal(parse("1 2 0:4 net:[12] /\\377 rw - nsfs nsfs rw"), 1);
	assert_string_equal(mount.path, "/\xff");
}

static void a_line_cut_short_is_refused(void **state)
{
	static const char line[] = "43 42 0:4 net:[4026532177] /run/netns/lab rw shared:2 - nsfs";

	for (size_t len = 0; len < sizeof(line) - 5; len++) {
		char *copy = malloc(len + 1); /* so that reading beyond is noticed */

		memcpy(copy, line, len);
		assert_int_equal(mountinfo_parse_netns(copy, len, &mount), -EINVAL);
		free(copy);
	}
	assert_int_equal(parse(line), 1);
}

static void a_path_that_is_none_is_refused(void **state)
{
	char line[PATH_MAX + 64];
	char path[PATH_MAX + 1];

	assert_int_equal(parse("1 2 0:4 net:[12] a rw - nsfs nsfs rw"), -EINVAL);
	assert_int_equal(parse("1 2 0:4 net:[12] /a\\000b rw - nsfs nsfs rw"), -EINVAL);
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[PATH_MAX] = '\0';
	(void)snprintf(line, sizeof(line), "1 2 0:4 net:[12] %s rw - nsfs nsfs rw", path);
	assert_int_equal(parse(line), -EINVAL);
	path[PATH_MAX - 1] = '\0';
	(void)snprintf(line, sizeof(line), "1 2 0:4 net:[12] %s rw - nsfs nsfs rw", path);
	assert_int_equal(parse(line), 1);
	assert_string_equal(mount.path, path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recorded_table_gives_its_namespaces),
		cmocka_unit_test(any_number_of_optional_fields_may_be_there),
		cmocka_unit_test(a_namespace_of_another_kind_is_none),
		cmocka_unit_test(a_directory_with_the_name_of_a_namespace_is_none),
		cmocka_unit_test(escapes_are_taken_back),
		cmocka_unit_test(a_line_cut_short_is_refused),
		cmocka_unit_test(a_path_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
