/* SPDX-License-Identifier: GPL-2.0-only */
/* The file that node_exporter reads: how it comes, how it is replaced, what is left behind. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#include "app/textfile.h"
#include "base/file.h"
#include "render/prom.h"
#include "render_fixture.h"
#include "tree.h"

static struct textfile textfile;

static int make(void **state)
{
	static struct tree tree;

	tree_make(&tree);
	textfile = (struct textfile){ .dir = NULL };
	*state = &tree;
	return 0;
}

static const struct prom_how all = { .max_series = 100000 };

static int clear(void **state)
{
	tree_remove(*state, "");
	return 0;
}

static void opens(const struct tree *tree)
{
	struct fault fault = { .code = EXIT_CODE_OK };

	assert_int_equal(textfile_open(&textfile, tree->path, &all, &fault), 0);
	assert_int_equal(fault.code, EXIT_CODE_OK);
}

static bool is_there(const struct tree *tree, const char *name)
{
	return faccessat(AT_FDCWD, tree_path(tree, name), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static size_t files_in(const struct tree *tree)
{
	DIR *dir = opendir(tree->path);
	const struct dirent *entry;
	size_t count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	(void)closedir(dir);
	return count;
}

static void the_file_is_the_snapshot_for_everybody_to_read(void **state)
{
	const struct tree *tree = *state;
	_cleanup_buf_ struct buf wanted = BUF_INIT;
	_cleanup_buf_ struct buf got = BUF_INIT;
	struct prom_own lost = { 0 };
	mode_t mask = umask(0077);
	struct fault fault;
	struct stat st;

	opens(tree);
	assert_int_equal(textfile_write(&textfile, fixture_node(), &fault), 0);
	(void)umask(mask);
	assert_int_equal(stat(tree_path(tree, "ctnet.prom"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(prom_render(fixture_node(), &all, &lost, &wanted), 0);
	assert_int_equal(file_read_at(AT_FDCWD, tree_path(tree, "ctnet.prom"), 1 << 20, &got), 0);
	assert_string_equal(got.data, wanted.data);
	assert_int_equal(files_in(tree), 1);
	assert_int_equal(textfile.own.textfile, 0);
	textfile_close(&textfile, false);
	assert_int_equal(files_in(tree), 0);
}

/* Who has the old file open reads the old text to its end; the name leads to the new one. */
static void it_is_replaced_not_written_over(void **state)
{
	const struct tree *tree = *state;
	_cleanup_close_ int old = -1;
	struct stat before, now;
	struct fault fault;

	opens(tree);
	assert_int_equal(textfile_write(&textfile, fixture_node(), &fault), 0);
	old = open(tree_path(tree, "ctnet.prom"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(fstat(old, &before), 0);
	assert_int_equal(textfile_write(&textfile, fixture_empty(), &fault), 0);
	assert_int_equal(fstat(old, &now), 0);
	assert_int_equal(now.st_size, before.st_size);
	assert_int_equal(now.st_nlink, 0);
	assert_int_equal(stat(tree_path(tree, "ctnet.prom"), &now), 0);
	assert_true(now.st_ino != before.st_ino && now.st_size < before.st_size);
	assert_int_equal(files_in(tree), 1);
	textfile_close(&textfile, false);
}

static void it_stays_where_it_is_to_be_kept(void **state)
{
	const struct tree *tree = *state;
	struct fault fault;

	opens(tree);
	assert_int_equal(textfile_write(&textfile, fixture_empty(), &fault), 0);
	textfile_close(&textfile, true);
	assert_true(is_there(tree, "ctnet.prom"));
}

/* An agent that never came to write does not take away what another one left. */
static void without_a_write_nothing_is_taken_away(void **state)
{
	const struct tree *tree = *state;

	tree_text(tree, "ctnet.prom", "of another\n");
	opens(tree);
	textfile_close(&textfile, false);
	assert_true(is_there(tree, "ctnet.prom"));
	textfile = (struct textfile){ .dir = NULL }; /* never opened */
	textfile_close(&textfile, false);
}

/* A process id that nobody has: of a child that has ended and was waited for. */
static pid_t dead_pid(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return pid;
}

static void leftovers_of_the_dead_are_taken_away(void **state)
{
	static const char *const kept[] = {
		"ctnet.prom",
		"node.prom",
		".ctnet.prom.",
		".ctnet.prom.12x",
		".ctnet.prom.-1",
		".ctnet.prom.0",
		".ctnet.prom.99999999999",
		".other.prom.1",
		"x.ctnet.prom.1",
	};
	const struct tree *tree = *state;
	char of_dead[64], of_living[64];

	(void)snprintf(of_dead, sizeof(of_dead), ".ctnet.prom.%d", dead_pid());
	(void)snprintf(of_living, sizeof(of_living), ".ctnet.prom.%d", getppid());
	tree_text(tree, of_dead, "half");
	tree_text(tree, of_living, "half");
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		tree_text(tree, kept[i], "");
	opens(tree);
	assert_false(is_there(tree, of_dead));
	assert_true(is_there(tree, of_living));
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		assert_true(is_there(tree, kept[i]));
}

/* Another user's process is alive although it may not be asked (EPERM). */
static void the_leftover_of_a_stranger_that_lives_is_kept(void **state)
{
	const struct tree *tree = *state;
	struct fault fault;
	char of_root[64];
	pid_t pid;
	int status;

	if (geteuid() != 0) {
		print_message("# only root can play another user\n");
		skip();
	}
	(void)snprintf(of_root, sizeof(of_root), ".ctnet.prom.%d", getppid());
	tree_text(tree, of_root, "half");
	assert_int_equal(chown(tree->path, 65534, 65534), 0);
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(setuid(65534) < 0 ||
		      textfile_open(&textfile, tree->path, &(struct prom_how){ .max_series = 1 }, &fault) < 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_true(is_there(tree, of_root));
}

static void a_directory_that_is_no_good_is_named(void **state)
{
	const struct tree *tree = *state;
	struct fault fault = { .code = EXIT_CODE_OK };

	assert_int_equal(textfile_open(&textfile, tree_path(tree, "none"), &(struct prom_how){ .max_series = 1 },
	                               &fault),
	                 -ENOENT);
	assert_int_equal(fault.code, EXIT_CODE_RUNTIME);
	assert_non_null(
		strstr(fault.text, "/none: No such file or directory; make it, or name another with --textfile-dir"));
	tree_text(tree, "file", "");
	assert_int_equal(textfile_open(&textfile, tree_path(tree, "file"), &(struct prom_how){ .max_series = 1 },
	                               &fault),
	                 -ENOTDIR);
	assert_null(textfile.dir);
}

static void a_directory_that_may_not_be_written_to_is_named(void **state)
{
	const struct tree *tree = *state;
	struct fault fault = { .code = EXIT_CODE_OK };
	bool root = geteuid() == 0;
	int r;

	assert_int_equal(chmod(tree->path, 0555), 0);
	if (root)
		assert_int_equal(seteuid(65534), 0);
	r = textfile_open(&textfile, tree->path, &(struct prom_how){ .max_series = 1 }, &fault);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(tree->path, 0755), 0);
	assert_int_equal(r, -EACCES);
	assert_non_null(strstr(fault.text, "cannot write to "));
	assert_non_null(strstr(fault.text, "--textfile-dir"));
}

/* What stands under the name is a directory: the rename fails, whoever tries. */
static void a_failed_write_is_counted_and_leaves_all_as_it_was(void **state)
{
	const struct tree *tree = *state;
	struct fault fault = { .code = EXIT_CODE_OK };

	tree_text(tree, "ctnet.prom/inside", "");
	opens(tree);
	assert_int_equal(textfile_write(&textfile, fixture_empty(), &fault), -EISDIR);
	assert_int_equal(textfile_write(&textfile, fixture_empty(), &fault), -EISDIR);
	assert_int_equal(textfile.own.textfile, 2);
	assert_non_null(strstr(fault.text, "/ctnet.prom: Is a directory"));
	assert_true(is_there(tree, "ctnet.prom/inside"));
	assert_int_equal(files_in(tree), 1);
	textfile_close(&textfile, false);
	assert_true(is_there(tree, "ctnet.prom/inside"));
	tree_remove(tree, "ctnet.prom");
	opens(tree);
	assert_int_equal(textfile_write(&textfile, fixture_empty(), &fault), 0);
	textfile_close(&textfile, false);
}

static void series_that_found_no_room_are_counted(void **state)
{
	const struct tree *tree = *state;
	struct fault fault;

	assert_int_equal(textfile_open(&textfile, tree->path, &(struct prom_how){ .max_series = 3 }, &fault), 0);
	assert_int_equal(textfile_write(&textfile, fixture_node(), &fault), 0);
	assert_true(textfile.own.series > 0);
	textfile_close(&textfile, false);
}

#define TEXTFILE_TEST(f) cmocka_unit_test_setup_teardown(f, make, clear)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEXTFILE_TEST(the_file_is_the_snapshot_for_everybody_to_read),
		TEXTFILE_TEST(it_is_replaced_not_written_over),
		TEXTFILE_TEST(it_stays_where_it_is_to_be_kept),
		TEXTFILE_TEST(without_a_write_nothing_is_taken_away),
		TEXTFILE_TEST(leftovers_of_the_dead_are_taken_away),
		TEXTFILE_TEST(the_leftover_of_a_stranger_that_lives_is_kept),
		TEXTFILE_TEST(a_directory_that_is_no_good_is_named),
		TEXTFILE_TEST(a_directory_that_may_not_be_written_to_is_named),
		TEXTFILE_TEST(a_failed_write_is_counted_and_leaves_all_as_it_was),
		TEXTFILE_TEST(series_that_found_no_room_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
