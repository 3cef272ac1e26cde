/* SPDX-License-Identifier: GPL-2.0-only */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/top_settings_file.h"
#include "tree.h"

/* A home of its own for each test. */
static struct tree home;

static int setup(void **state)
{
	tree_make(&home);
	(void)setenv("HOME", home.path, 1);
	(void)unsetenv("XDG_CONFIG_HOME");
	return 0;
}

static int teardown(void **state)
{
	tree_remove(&home, "");
	return 0;
}

static void saved_settings_come_back(void **state)
{
	struct top_settings saved = top_settings_standard();
	struct top_settings loaded = top_settings_standard();
	char path[TOP_SETTINGS_PATH_SIZE];
	char notice[256];

	saved.tree = true;
	saved.sort = SORT_NAME;
	assert_int_equal(top_settings_save(&saved, path, NULL), 0);
	assert_string_equal(path, tree_path(&home, ".config/ctnet/top.conf"));
	top_settings_load(&loaded, notice, sizeof(notice));
	assert_string_equal(notice, "");
	assert_true(loaded.tree && loaded.sort == SORT_NAME);
}

static void xdg_says_where_unless_it_is_relative(void **state)
{
	struct top_settings settings = top_settings_standard();
	char path[TOP_SETTINGS_PATH_SIZE];

	(void)setenv("XDG_CONFIG_HOME", tree_path(&home, "xdg"), 1);
	assert_int_equal(top_settings_save(&settings, path, NULL), 0);
	assert_string_equal(path, tree_path(&home, "xdg/ctnet/top.conf"));
	(void)setenv("XDG_CONFIG_HOME", "xdg", 1);
	assert_int_equal(top_settings_save(&settings, path, NULL), 0);
	assert_non_null(strstr(path, "/.config/ctnet/top.conf"));
}

static void none_is_no_fault_and_a_bad_one_is_told(void **state)
{
	struct top_settings settings = top_settings_standard();
	char path[TOP_SETTINGS_PATH_SIZE];
	char notice[256];

	top_settings_load(&settings, notice, sizeof(notice));
	assert_string_equal(notice, "");
	assert_int_equal(top_settings_save(&settings, path, NULL), 0);
	tree_text(&home, ".config/ctnet/top.conf", "tree = yes\nspeed = 9\n");
	top_settings_load(&settings, notice, sizeof(notice));
	assert_non_null(strstr(notice, "/.config/ctnet/top.conf: line 2: not a key that is known"));
	assert_true(settings.tree);
	(void)unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0); /* must not be waited for */
	top_settings_load(&settings, notice, sizeof(notice));
	assert_non_null(strstr(notice, "top.conf: "));
}

static void nobody_leads_root_astray(void **state)
{
	struct top_settings settings = top_settings_standard();
	struct fault fault = { .code = EXIT_CODE_OK };
	char path[TOP_SETTINGS_PATH_SIZE];
	const char *config = tree_path(&home, ".config");

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(home.path, 65534, 65534), 0);
	assert_true(top_settings_save(&settings, path, &fault) < 0);
	assert_non_null(strstr(fault.text, "is another user's"));
	assert_int_equal(access(config, F_OK), -1);
	/* a link of theirs to a directory of ours */
	assert_int_equal(symlink("/tmp", config), 0);
	assert_int_equal(lchown(config, 65534, 65534), 0);
	assert_true(top_settings_save(&settings, path, &fault) < 0);
	assert_int_equal(access("/tmp/ctnet/top.conf", F_OK), -1);
}

static void without_a_home_it_says_so(void **state)
{
	struct top_settings settings = top_settings_standard();
	struct fault fault = { .code = EXIT_CODE_OK };
	char path[TOP_SETTINGS_PATH_SIZE];
	char notice[64];

	(void)unsetenv("HOME");
	assert_true(top_settings_save(&settings, path, &fault) < 0);
	assert_non_null(strstr(fault.text, "neither XDG_CONFIG_HOME nor HOME is set"));
	top_settings_load(&settings, notice, sizeof(notice));
	assert_string_equal(notice, "");
}

#define at_home(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		at_home(saved_settings_come_back),
		at_home(xdg_says_where_unless_it_is_relative),
		at_home(none_is_no_fault_and_a_bad_one_is_told),
		at_home(nobody_leads_root_astray),
		at_home(without_a_home_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
