/* SPDX-License-Identifier: GPL-2.0-only */
/* What wakes the finder of namespaces up, and what it opens. */
#include "unit/namespaces_node.h"

static bool is_waiting(struct node *node)
{
	struct pollfd fd = { .fd = namespaces_fd(node->namespaces), .events = POLLIN };

	return poll(&fd, 1, 0) == 1;
}

static void a_new_name_wakes_us_up(void **state)
{
	struct node *node = *state;

	refresh(node, 100);
	assert_false(is_waiting(node));
	assert_false(namespaces_dispatch(node->namespaces));
	tree_link(&node->tree, "netns/link", "/nowhere");
	assert_true(is_waiting(node));
	assert_true(namespaces_dispatch(node->namespaces));
	assert_false(is_waiting(node));
	refresh(node, 200);
	assert_false(namespaces_dispatch(node->namespaces));
}

static void the_directory_of_names_may_come_later_and_go(void **state)
{
	struct node *node = *state;

	namespaces_free(node->namespaces);
	tree_remove(&node->tree, "netns");
	open_node(node, "netns");
	refresh(node, 100);
	tree_text(&node->tree, "other/file", "");
	assert_false(namespaces_dispatch(node->namespaces));
	tree_text(&node->tree, "netns/first", "");
	assert_true(is_waiting(node));
	assert_true(namespaces_dispatch(node->namespaces));
	refresh(node, 200);
	/* now in the directory itself */
	tree_text(&node->tree, "netns/second", "");
	assert_true(namespaces_dispatch(node->namespaces));
	refresh(node, 300);
	tree_remove(&node->tree, "netns");
	assert_true(namespaces_dispatch(node->namespaces));
	refresh(node, 400);
	tree_text(&node->tree, "netns/third", "");
	assert_true(namespaces_dispatch(node->namespaces));
}

static void a_quiet_look_changes_nothing(void **state)
{
	struct node *node = *state;
	const struct ns_seen *before, *after;
	size_t count;

	for (uint64_t i = 0; i < 4; i++)
		refresh(node, 100 + i);
	before = namespaces_seen(node->namespaces, &count);
	refresh(node, 200);
	after = namespaces_seen(node->namespaces, &count);
	assert_ptr_equal(before, after); /* not even put together again */
	assert_int_equal(count, NAMESPACES);
}

static void the_namespace_of_a_process_is_told(void **state)
{
	struct node *node = *state;
	uint64_t inode = 0;

	assert_int_equal(namespaces_inode_of_pid(node->namespaces, 13599, &inode), 0);
	assert_int_equal(inode, BOX);
	assert_int_equal(namespaces_inode_of_pid(node->namespaces, 4000000, &inode), -ESRCH);
	assert_int_equal(inode, BOX);
}

static void what_is_no_namespace_is_not_opened(void **state)
{
	struct node *node = *state;
	struct ns_seen seen = { .inode = BLUE };
	uint64_t inode;

	tree_text(&node->tree, "file", "");
	assert_int_equal(mkfifo(tree_path(&node->tree, "fifo"), 0600), 0);
	assert_int_equal(namespaces_inode_of_path(tree_path(&node->tree, "file"), &inode), -EINVAL);
	assert_int_equal(namespaces_inode_of_path(tree_path(&node->tree, "fifo"), &inode), -EINVAL);
	assert_int_equal(namespaces_inode_of_path("/proc/self/ns/mnt", &inode), -EINVAL);
	assert_int_equal(namespaces_inode_of_path(tree_path(&node->tree, "none"), &inode), -ENOENT);
	assert_int_equal(namespaces_inode_of_path("/proc/self/ns/net", &inode), 0);
	assert_int_equal(namespaces_open_fd(node->namespaces, &seen), -ENOENT);
	seen.mount = tree_path(&node->tree, "fifo");
	assert_int_equal(namespaces_open_fd(node->namespaces, &seen), -EINVAL);
}

/* Our own namespace, by a path of the real /proc: opened under its own inode only. */
static void another_namespace_in_the_same_place_is_stale(void **state)
{
	struct node *node = *state;
	struct ns_seen seen = { .mount = "/proc/self/ns/net" };
	int fd;

	assert_int_equal(namespaces_inode_of_path(seen.mount, &seen.inode), 0);
	fd = namespaces_open_fd(node->namespaces, &seen);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(close(fd), 0);
	seen.inode++;
	assert_int_equal(namespaces_open_fd(node->namespaces, &seen), -ESTALE);
}

static void a_proc_that_is_none_is_named(void **state)
{
	struct node *node = *state;
	struct namespaces_options options = { .proc = tree_path(&node->tree, "nowhere"), .netns_dir = "/run/netns" };
	struct namespaces *namespaces = NULL;
	struct fault fault = { .code = EXIT_CODE_OK };

	assert_int_equal(namespaces_open(&options, &namespaces, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, "nowhere"));
	assert_int_equal(fault.code, EXIT_CODE_RUNTIME);
	options.proc = tree_path(&node->tree, "netns");
	assert_int_equal(namespaces_open(&options, &namespaces, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, "procfs"));
	assert_null(namespaces);
	namespaces_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_name_wakes_us_up),
		TEST(the_directory_of_names_may_come_later_and_go),
		TEST(a_quiet_look_changes_nothing),
		TEST(the_namespace_of_a_process_is_told),
		TEST(what_is_no_namespace_is_not_opened),
		TEST(another_namespace_in_the_same_place_is_stale),
		TEST(a_proc_that_is_none_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
