/* SPDX-License-Identifier: GPL-2.0-only */
#include "unit/namespaces_node.h"

static void every_namespace_is_found_once_and_in_order(void **state)
{
	struct node *node = *state;
	size_t count;
	const struct ns_seen *rows;

	refresh(node, 100);
	rows = namespaces_seen(node->namespaces, &count);
	assert_int_equal(count, NAMESPACES);
	for (size_t i = 1; i < count; i++)
		assert_true(rows[i - 1].inode < rows[i].inode);
	assert_int_equal(namespaces_processes(node->namespaces), 11);
}

static void the_oldest_process_stands_for_its_namespace(void **state)
{
	struct node *node = *state;

	refresh(node, 100);
	assert_int_equal(row(node, BOX)->pid, 13383);
	assert_string_equal(row(node, BOX)->comm, "sleep");
	/* older by its start, though its number is higher */
	make_process(&node->tree, 20000, BOX, 5, "elder");
	refresh(node, 200);
	assert_int_equal(row(node, BOX)->pid, 20000);
	assert_string_equal(row(node, BOX)->comm, "elder");
	/* of the same age: the lower number */
	make_process(&node->tree, 19000, BOX, 5, "twin");
	refresh(node, 300);
	assert_int_equal(row(node, BOX)->pid, 19000);
}

static void names_and_mounts_are_told(void **state)
{
	struct node *node = *state;

	refresh(node, 100);
	assert_string_equal(row(node, BLUE)->name, "blue");
	assert_string_equal(row(node, BLUE)->mount, tree_path(&node->tree, "netns/blue"));
	assert_int_equal(row(node, BLUE)->pid, 0);
	/* a name is better than another mount of the same namespace */
	assert_string_equal(row(node, LAB)->name, "lab");
	assert_null(row(node, SHOPPER)->name);
	assert_string_equal(row(node, SHOPPER)->mount, "/run/docker/netns/54070e4d6579");
}

/* Process 1 cannot be read here; kernel threads live in the first namespace. */
static void the_machines_namespace_is_that_of_the_kernel_threads(void **state)
{
	struct node *node = *state;

	refresh(node, 100);
	assert_int_equal(namespaces_observing(node->namespaces), LAB);
	assert_int_equal(namespaces_machine(node->namespaces), MACHINE);
	assert_int_equal(row(node, MACHINE)->pid, 2);
	assert_int_equal(row(node, LAB)->pid, 0);
}

static void the_machines_namespace_is_that_of_process_1(void **state)
{
	struct node *node = *state;

	make_process(&node->tree, 1, SHOPPER, 0, "init");
	namespaces_free(node->namespaces);
	open_node(node, "netns");
	assert_int_equal(namespaces_machine(node->namespaces), SHOPPER);
	/* a process 2 that is no kernel thread says nothing */
	tree_remove(&node->tree, "proc/1");
	tree_remove(&node->tree, "proc/2");
	make_process(&node->tree, 2, SHOPPER, 0, "kthreadd");
	namespaces_free(node->namespaces);
	open_node(node, "netns");
	assert_int_equal(namespaces_machine(node->namespaces), 0);
}

static void a_birth_is_kept_until_the_namespace_goes(void **state)
{
	struct node *node = *state;

	refresh(node, 100);
	make_process(&node->tree, 20000, 4026539999, 9, "new");
	refresh(node, 200);
	assert_int_equal(row(node, BOX)->birth, 100);
	assert_int_equal(row(node, 4026539999)->birth, 200);
	tree_remove(&node->tree, "proc/20000");
	refresh(node, 300);
	assert_null(row(node, 4026539999));
	make_process(&node->tree, 20000, 4026539999, 9, "new");
	refresh(node, 400);
	assert_int_equal(row(node, 4026539999)->birth, 400);
	assert_int_equal(row(node, BOX)->birth, 100);
}

static void a_forgotten_namespace_is_born_again(void **state)
{
	struct node *node = *state;

	refresh(node, 100);
	namespaces_forget(node->namespaces, BOX);
	namespaces_forget(node->namespaces, 12345); /* never seen */
	refresh(node, 200);
	assert_int_equal(row(node, BOX)->birth, 200);
	assert_int_equal(row(node, SHOPPER)->birth, 100);
	refresh(node, 300);
	assert_int_equal(row(node, BOX)->birth, 200);
}

static void a_process_that_is_shown_is_never_shown_where_it_left(void **state)
{
	struct node *node = *state;

	make_process(&node->tree, 20000, BOX, 5, "elder");
	for (uint64_t i = 0; i < 20; i++)
		refresh(node, 100 + i);
	assert_int_equal(row(node, BOX)->pid, 20000);
	tree_link(&node->tree, "proc/20000/ns/net", "net:[4026532330]");
	refresh(node, 200);
	assert_int_equal(row(node, BOX)->pid, 13383);
	assert_int_equal(row(node, SHOPPER)->pid, 20000);
}

static void a_process_that_moves_is_found_within_a_few_looks(void **state)
{
	struct node *node = *state;
	unsigned int looks = 0;

	make_process(&node->tree, 20000, LAB, 5, "mover");
	for (uint64_t i = 0; i < 20; i++)
		refresh(node, 100 + i);
	tree_link(&node->tree, "proc/20000/ns/net", "net:[4026539999]");
	while (!row(node, 4026539999) && looks < 100) {
		refresh(node, 200 + looks);
		looks++;
	}
	assert_in_range(looks, 1, LOOKS_AT_MOST);
	assert_string_equal(row(node, 4026539999)->comm, "mover");
}

/* Forked, and only then moved: it is read again in the next look. */
static void a_young_process_that_moves_is_found_at_once(void **state)
{
	struct node *node = *state;

	for (int pid = 20000; pid < 20000 + LOOKS_AT_MOST; pid++) {
		make_process(&node->tree, pid, LAB, 5, "unshare");
		refresh(node, 100);
		make_process(&node->tree, pid, 4026539000 + (uint64_t)pid, 5, "true");
		refresh(node, 200);
		assert_non_null(row(node, 4026539000 + (uint64_t)pid));
		assert_string_equal(row(node, 4026539000 + (uint64_t)pid)->comm, "true");
	}
}

/* Its process is gone, the kernel takes it down: it is seen until a probe tells that it is destroyed, however short its life was. */
static void what_was_seen_is_seen_until_its_death_is_told(void **state)
{
	const uint64_t inode = 4026539001;
	struct node *node = *state;

	refresh(node, 1000);
	namespaces_born(node->namespaces, inode, 2000);
	refresh(node, 2100);
	assert_null(row(node, inode)); /* its maker has not moved into it yet */
	make_process(&node->tree, 20000, inode, 5, "sh");
	refresh(node, 2200);
	assert_int_equal(row(node, inode)->pid, 20000);
	tree_remove(&node->tree, "proc/20000");
	refresh(node, 2300);
	assert_non_null(row(node, inode));
	assert_int_equal(row(node, inode)->pid, 0);
	assert_int_equal(row(node, inode)->birth, 2000);
	namespaces_died(node->namespaces, inode, 2000);
	refresh(node, 2400);
	assert_null(row(node, inode));
}

static void a_process_id_that_is_reused_is_another_process(void **state)
{
	struct node *node = *state;

	make_process(&node->tree, 20000, LAB, 5, "first");
	for (uint64_t i = 0; i < 20; i++)
		refresh(node, 100 + i);
	/* a directory of another inode number, as /proc has it for another process */
	make_process(&node->tree, 20001, 4026539999, 6, "second");
	tree_remove(&node->tree, "proc/20000");
	assert_int_equal(rename(tree_path(&node->tree, "proc/20001"), tree_path(&node->tree, "proc/20000")), 0);
	tree_text(&node->tree, "proc/20000/stat", "20000 (second) S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 6 0");
	refresh(node, 200);
	assert_int_equal(row(node, 4026539999)->pid, 20000);
	assert_string_equal(row(node, 4026539999)->comm, "second");
}

static void processes_that_cannot_be_read_are_left_out(void **state)
{
	struct node *node = *state;

	tree_text(&node->tree, "proc/20000/stat", "20000 (zombie) Z 1"); /* no namespace */
	tree_link(&node->tree, "proc/20001/ns/net", "net:[4026539001]"); /* no stat: it just ended */
	tree_link(&node->tree, "proc/20002/ns/net", "garbage");
	tree_link(&node->tree, "proc/20003/ns/net", "net:[4026539003]");
	tree_text(&node->tree, "proc/20003/stat", "garbage");
	refresh(node, 100);
	assert_null(row(node, 4026539001));
	assert_null(row(node, 4026539003));
	assert_non_null(row(node, BOX));
}

/* As /var/run is one: the mount table has the path behind it. */
static void the_directory_of_names_may_be_a_symlink(void **state)
{
	struct node *node = *state;

	namespaces_free(node->namespaces);
	tree_link(&node->tree, "var", node->tree.path);
	open_node(node, "var/netns");
	refresh(node, 100);
	assert_string_equal(row(node, BLUE)->name, "blue");
}

static void hostile_text_is_cleaned_in_names_only(void **state)
{
	struct node *node = *state;
	char line[PATH_MAX], path[PATH_MAX];

	(void)snprintf(line, sizeof(line), "400 42 0:4 net:[4026539999] %s/netns/\x1b[31m\\040\xff rw - nsfs nsfs rw\n",
	               node->tree.path);
	(void)snprintf(path, sizeof(path), "%s/netns/\x1b[31m \xff", node->tree.path);
	write_mountinfo(&node->tree, line);
	make_process(&node->tree, 20000, 4026539998, 5, "\x1b[31m");
	refresh(node, 100);
	assert_string_equal(row(node, 4026539999)->name, "?[31m ?");
	assert_string_equal(row(node, 4026539999)->mount, path);
	assert_string_equal(row(node, 4026539998)->comm, "?[31m");
}

static void an_unreadable_line_does_not_hide_the_others(void **state)
{
	struct node *node = *state;

	write_mountinfo(&node->tree, "garbage\n\n1 2 3 net:[1]\n"
	                             "400 42 0:4 net:[4026539999] /run/x rw - nsfs nsfs rw");
	refresh(node, 100);
	assert_non_null(row(node, 4026539999));
	assert_non_null(row(node, BLUE));
}

static void the_last_state_stands_when_a_look_fails(void **state)
{
	struct node *node = *state;

	refresh(node, 100);
	tree_remove(&node->tree, "proc/self/mountinfo");
	tree_text(&node->tree, "netns/other", ""); /* so that names are read again */
	assert_int_equal(namespaces_refresh(node->namespaces, 200), -ENOENT);
	assert_string_equal(row(node, BLUE)->name, "blue");
	assert_int_equal(row(node, BOX)->birth, 100);
	write_mountinfo(&node->tree, "400 42 0:4 net:[4026539999] /run/x rw - nsfs nsfs rw\n");
	refresh(node, 300); /* still due */
	assert_int_equal(row(node, 4026539999)->birth, 300);
	assert_int_equal(row(node, BOX)->birth, 100);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_namespace_is_found_once_and_in_order),
		TEST(the_oldest_process_stands_for_its_namespace),
		TEST(names_and_mounts_are_told),
		TEST(the_machines_namespace_is_that_of_the_kernel_threads),
		TEST(the_machines_namespace_is_that_of_process_1),
		TEST(a_birth_is_kept_until_the_namespace_goes),
		TEST(a_forgotten_namespace_is_born_again),
		TEST(what_was_seen_is_seen_until_its_death_is_told),
		TEST(a_process_that_is_shown_is_never_shown_where_it_left),
		TEST(a_process_that_moves_is_found_within_a_few_looks),
		TEST(a_young_process_that_moves_is_found_at_once),
		TEST(a_process_id_that_is_reused_is_another_process),
		TEST(processes_that_cannot_be_read_are_left_out),
		TEST(the_directory_of_names_may_be_a_symlink),
		TEST(hostile_text_is_cleaned_in_names_only),
		TEST(an_unreadable_line_does_not_hide_the_others),
		TEST(the_last_state_stands_when_a_look_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
