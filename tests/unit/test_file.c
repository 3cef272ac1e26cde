/* SPDX-License-Identifier: GPL-2.0-only */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "unit/unit.h"

/* Each test has a directory of its own, given as *state and removed behind it. */
static int make_directory(void **state)
{
	char path[] = "/tmp/ctnet-test-file.XXXXXX";

	if (!mkdtemp(path))
		return -1;
	*state = strdup(path);
	return *state ? 0 : -1;
}

static int for_each_entry(const char *path, int (*entry)(int dir, const char *name))
{
	DIR *dir = opendir(path);
	struct dirent *item;
	int count = 0;

	if (!dir)
		return -1;
	while ((item = readdir(dir))) {
		if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0)
			count += entry(dirfd(dir), item->d_name);
	}
	(void)closedir(dir);
	return count;
}

static int remove_entry(int dir, const char *name)
{
	return unlinkat(dir, name, 0);
}

static int count_entry(int dir, const char *name)
{
	return 1;
}

static int remove_directory(void **state)
{
	(void)chmod(*state, 0700);
	(void)for_each_entry(*state, remove_entry);
	(void)rmdir(*state);
	free(*state);
	return 0;
}

static const char *in(const char *dir, const char *name)
{
	static char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void assert_content(const char *path, const char *want)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	assert_int_equal(file_read_at(AT_FDCWD, path, 1000000, &text), 0);
	assert_string_equal(text.data, want);
}

static void what_was_written_is_read_back(void **state)
{
	struct stat st;

	assert_int_equal(file_replace(*state, "f", "first\n", 6, 0644), 0);
	assert_content(in(*state, "f"), "first\n");
	assert_int_equal(stat(in(*state, "f"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(file_replace(*state, "f", "2", 1, 0600), 0);
	assert_content(in(*state, "f"), "2");
	assert_int_equal(stat(in(*state, "f"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(file_replace(*state, "f", "", 0, 0644), 0);
	assert_content(in(*state, "f"), "");
	assert_int_equal(for_each_entry(*state, count_entry), 1);
}

/* A reader that has the old file open goes on with the old bytes. */
static void a_replaced_file_is_a_new_one(void **state)
{
	_cleanup_close_ int fd = -1;
	char old[8] = "";

	assert_int_equal(file_replace(*state, "f", "old", 3, 0644), 0);
	fd = open(in(*state, "f"), O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(file_replace(*state, "f", "new!", 4, 0644), 0);
	assert_int_equal(read(fd, old, sizeof(old)), 3);
	assert_memory_equal(old, "old", 3);
}

static void a_failed_replacement_leaves_the_old_file_and_nothing_else(void **state)
{
	char name[300];

	assert_int_equal(file_replace(*state, "f", "old", 3, 0644), 0);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(file_replace(*state, name, "new", 3, 0644), -ENAMETOOLONG);
	assert_int_equal(file_replace("/nonexistent", "f", "new", 3, 0644), -ENOENT);
	assert_int_equal(file_replace(in(*state, "f"), "f", "new", 3, 0644), -ENOTDIR);
	/* the rename onto a directory fails after all the rest went well */
	assert_int_equal(mkdir(in(*state, "d"), 0700), 0);
	assert_int_equal(file_replace(*state, "d", "new", 3, 0644), -EISDIR);
	assert_int_equal(rmdir(in(*state, "d")), 0);
	assert_int_equal(for_each_entry(*state, count_entry), 1);
	assert_content(in(*state, "f"), "old");
}

/* A limit on the file's size ends a write half way, as a full disk does: the first bytes fit. */
static void a_write_cut_short_leaves_the_old_file_and_nothing_else(void **state)
{
	_cleanup_free_ char *data = calloc(1, 100000);
	struct rlimit old;
	struct rlimit small;
	int r;

	assert_non_null(data);
	assert_int_equal(file_replace(*state, "f", "old", 3, 0644), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){ .rlim_cur = 50000, .rlim_max = old.rlim_max };
	assert_ptr_not_equal(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	r = file_replace(*state, "f", data, 100000, 0644);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(r, -EFBIG);
	assert_content(in(*state, "f"), "old");
	assert_int_equal(for_each_entry(*state, count_entry), 1);
}

/* What stands under the temporary name is put aside, not written through. */
static void a_leftover_under_the_temporary_name_is_not_written_through(void **state)
{
	char temporary[64];
	char victim[256];

	(void)snprintf(temporary, sizeof(temporary), ".f.%ld", (long)getpid());
	(void)snprintf(victim, sizeof(victim), "%s", in(*state, "victim"));
	assert_int_equal(file_replace(*state, "victim", "precious", 8, 0644), 0);
	assert_int_equal(link(victim, in(*state, temporary)), 0);
	assert_int_equal(file_replace(*state, "f", "new", 3, 0644), 0);
	assert_content(victim, "precious");
	assert_int_equal(symlink(victim, in(*state, temporary)), 0);
	assert_int_equal(file_replace(*state, "f", "new", 3, 0644), 0);
	assert_content(victim, "precious");
	assert_int_equal(mkfifo(in(*state, temporary), 0600), 0);
	assert_int_equal(file_replace(*state, "f", "newer", 5, 0644), 0);
	assert_content(in(*state, "f"), "newer");
	assert_int_equal(for_each_entry(*state, count_entry), 2);
}

static void a_file_larger_than_allowed_is_refused_not_cut(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_free_ char *data = malloc(50000);

	assert_non_null(data);
	memset(data, 'x', 50000);
	assert_int_equal(file_replace(*state, "f", data, 50000, 0644), 0);
	assert_int_equal(buf_puts(&text, "before "), 0);
	assert_int_equal(file_read_at(AT_FDCWD, in(*state, "f"), 49999, &text), -EFBIG);
	assert_string_equal(text.data, "before ");
	assert_int_equal(file_read_at(AT_FDCWD, in(*state, "f"), 50000, &text), 0);
	assert_int_equal(text.len, 50007);
}

/* A file of /proc says that it has 0 bytes. */
static void a_proc_file_is_read_whole_and_bounded(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	assert_int_equal(file_read_at(AT_FDCWD, "/proc/self/mountinfo", 10, &text), -EFBIG);
	assert_int_equal(text.len, 0);
	assert_int_equal(file_read_at(AT_FDCWD, "/proc/self/comm", 1000, &text), 0);
	assert_string_equal(text.data, "test_file\n");
}

static void what_is_no_regular_file_is_refused_at_once(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	assert_int_equal(mkfifo(in(*state, "fifo"), 0600), 0);
	assert_int_equal(symlink("/etc/passwd", in(*state, "link")), 0);
	assert_int_equal(file_read_at(AT_FDCWD, in(*state, "fifo"), 100, &text), -EINVAL);
	assert_int_equal(file_read_at(AT_FDCWD, in(*state, "link"), 100, &text), -ELOOP);
	assert_int_equal(file_read_at(AT_FDCWD, *state, 100, &text), -EINVAL);
	assert_int_equal(file_read_at(AT_FDCWD, "/dev/zero", 100, &text), -EINVAL);
	assert_int_equal(file_read_at(AT_FDCWD, in(*state, "none"), 100, &text), -ENOENT);
	assert_null(text.data);
}

static void a_path_counts_from_the_directory_given(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_close_ int dir = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(dir >= 0);
	assert_int_equal(file_replace(*state, "f", "here", 4, 0644), 0);
	assert_int_equal(file_read_at(dir, "f", 4, &text), 0);
	assert_string_equal(text.data, "here");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_directory, remove_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_written_is_read_back),
		TEST(a_replaced_file_is_a_new_one),
		TEST(a_failed_replacement_leaves_the_old_file_and_nothing_else),
		TEST(a_write_cut_short_leaves_the_old_file_and_nothing_else),
		TEST(a_leftover_under_the_temporary_name_is_not_written_through),
		TEST(a_file_larger_than_allowed_is_refused_not_cut),
		TEST(a_proc_file_is_read_whole_and_bounded),
		TEST(what_is_no_regular_file_is_refused_at_once),
		TEST(a_path_counts_from_the_directory_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
