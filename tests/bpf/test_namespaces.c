/* SPDX-License-Identifier: GPL-2.0-only */
/* The finder of namespaces on the running kernel, as root, in a mount namespace and on a tmpfs of its own, with children it ends. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "observe/namespaces/namespaces.h"

#define CROWD 1000

static char base[] = "/tmp/ctnet-test.XXXXXX";
static char netns_dir[64], blue[96], proc_dir[64];

struct child {
	pid_t pid;
	int order; /* writing to it makes the child take its next step */
	int done;  /* tells that it took one */
};

static void step(const struct child *child)
{
	char c = 0;

	assert_int_equal(write(child->order, &c, 1), 1);
	assert_int_equal(read(child->done, &c, 1), 1);
}

/* A child that moves into a network namespace of its own on the first order, and takes its name on the second. */
static struct child start_child(const char *name)
{
	int order[2], done[2];
	struct child child;

	assert_int_equal(pipe2(order, O_CLOEXEC), 0);
	assert_int_equal(pipe2(done, O_CLOEXEC), 0);
	child.pid = fork();
	assert_true(child.pid >= 0);
	if (child.pid == 0) {
		char c;

		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)close(order[1]);
		if (read(order[0], &c, 1) != 1 || unshare(CLONE_NEWNET) < 0 || write(done[1], &c, 1) != 1)
			_exit(1);
		if (read(order[0], &c, 1) != 1 || prctl(PR_SET_NAME, name) < 0 || write(done[1], &c, 1) != 1)
			_exit(1);
		(void)read(order[0], &c, 1);
		_exit(0);
	}
	(void)close(order[0]);
	(void)close(done[1]);
	child.order = order[1];
	child.done = done[0];
	return child;
}

static void end_child(struct child *child)
{
	(void)close(child->order);
	(void)close(child->done);
	(void)kill(child->pid, SIGKILL);
	(void)waitpid(child->pid, NULL, 0);
}

/* The authority: stat(2). */
static uint64_t inode_of(pid_t pid)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

static struct namespaces *open_finder(void)
{
	const struct namespaces_options options = { .proc = "/proc", .netns_dir = netns_dir };
	struct namespaces *namespaces = NULL;
	struct fault fault;

	assert_int_equal(namespaces_open(&options, &namespaces, &fault), 0);
	return namespaces;
}

static const struct ns_seen *find(struct namespaces *namespaces, uint64_t inode)
{
	size_t count;
	const struct ns_seen *rows = namespaces_seen(namespaces, &count);

	for (size_t i = 0; i < count; i++) {
		if (rows[i].inode == inode)
			return &rows[i];
	}
	return NULL;
}

static bool is_waiting(const struct namespaces *namespaces)
{
	struct pollfd fd = { .fd = namespaces_fd(namespaces), .events = POLLIN };

	return poll(&fd, 1, 0) == 1;
}

static void make_file(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0444);

	assert_true(fd >= 0);
	(void)close(fd);
}

static void mount_netns(pid_t pid, const char *path)
{
	char ns[64];

	(void)snprintf(ns, sizeof(ns), "/proc/%d/ns/net", (int)pid);
	assert_int_equal(mount(ns, path, NULL, MS_BIND, NULL), 0);
}

static void a_process_in_a_namespace_of_its_own_is_found(void **state)
{
	static const char name[] = "a) b\\ (c";
	struct namespaces *namespaces = open_finder();
	struct child child = start_child(name);
	uint64_t inode;

	step(&child);
	step(&child);
	inode = inode_of(child.pid);
	assert_int_equal(namespaces_refresh(namespaces, 100), 0);
	assert_non_null(find(namespaces, inode));
	assert_int_equal(find(namespaces, inode)->pid, child.pid);
	assert_string_equal(find(namespaces, inode)->comm, name);
	assert_int_equal(find(namespaces, inode)->birth, 100);
	end_child(&child);
	assert_int_equal(namespaces_refresh(namespaces, 200), 0);
	assert_null(find(namespaces, inode));
	namespaces_free(namespaces);
}

static void a_fork_that_moves_later_is_found_in_the_next_look(void **state)
{
	struct namespaces *namespaces = open_finder();
	struct child child;

	assert_int_equal(namespaces_refresh(namespaces, 100), 0);
	child = start_child("mover");
	assert_int_equal(namespaces_refresh(namespaces, 200), 0);
	step(&child);
	assert_int_equal(namespaces_refresh(namespaces, 300), 0);
	assert_non_null(find(namespaces, inode_of(child.pid)));
	assert_int_equal(find(namespaces, inode_of(child.pid))->birth, 300);
	end_child(&child);
	namespaces_free(namespaces);
}

static void we_live_in_the_observing_namespace(void **state)
{
	struct namespaces *namespaces = open_finder();
	char target[64] = "";
	struct stat st;

	assert_int_equal(namespaces_observing(namespaces), inode_of(getpid()));
	/* where process 1 cannot be looked into, kthreadd is the authority */
	if (stat(readlink("/proc/1/ns/net", target, sizeof(target)) > 0 ? "/proc/1/ns/net" : "/proc/2/ns/net", &st) ==
	    0)
		assert_int_equal(namespaces_machine(namespaces), st.st_ino);
	namespaces_free(namespaces);
}

/* The order in which `ip netns add` works: a plain file, then the mount on it. */
static void a_name_is_seen_with_its_mount_and_held_by_it(void **state)
{
	struct namespaces *namespaces = open_finder();
	struct child child = start_child("x");
	uint64_t inode;

	step(&child);
	inode = inode_of(child.pid);
	assert_int_equal(namespaces_refresh(namespaces, 100), 0);
	make_file(blue);
	assert_true(is_waiting(namespaces));
	assert_true(namespaces_dispatch(namespaces));
	assert_int_equal(namespaces_refresh(namespaces, 200), 0);
	assert_null(find(namespaces, inode)->name);
	assert_false(is_waiting(namespaces));

	mount_netns(child.pid, blue);
	assert_true(is_waiting(namespaces));
	assert_true(namespaces_dispatch(namespaces));
	assert_false(is_waiting(namespaces));
	assert_int_equal(namespaces_refresh(namespaces, 300), 0);
	assert_string_equal(find(namespaces, inode)->name, "blue");
	assert_string_equal(find(namespaces, inode)->mount, blue);

	end_child(&child);
	assert_int_equal(namespaces_refresh(namespaces, 400), 0);
	assert_int_equal(find(namespaces, inode)->pid, 0);
	assert_string_equal(find(namespaces, inode)->comm, "");
	assert_int_equal(find(namespaces, inode)->birth, 100);

	assert_int_equal(umount(blue), 0);
	assert_int_equal(unlink(blue), 0);
	assert_true(is_waiting(namespaces));
	assert_int_equal(namespaces_refresh(namespaces, 500), 0); /* without a dispatch */
	assert_null(find(namespaces, inode));
	assert_false(namespaces_dispatch(namespaces));
	namespaces_free(namespaces);
}

/* What people do to give a container's namespace a name. */
static void a_symlink_to_a_process_is_a_name(void **state)
{
	struct namespaces *namespaces = open_finder();
	struct child child = start_child("x");
	char target[64];
	uint64_t inode;

	step(&child);
	inode = inode_of(child.pid);
	(void)snprintf(target, sizeof(target), "/proc/%d/ns/net", (int)child.pid);
	assert_int_equal(symlink(target, blue), 0);
	assert_int_equal(namespaces_refresh(namespaces, 100), 0);
	assert_string_equal(find(namespaces, inode)->name, "blue");
	assert_int_equal(unlink(blue), 0);
	assert_int_equal(symlink("/proc/self/ns/mnt", blue), 0);
	assert_int_equal(namespaces_refresh(namespaces, 200), 0);
	assert_null(find(namespaces, inode)->name);
	assert_int_equal(unlink(blue), 0);
	end_child(&child);
	namespaces_free(namespaces);
}

static void a_namespace_is_opened_by_its_process_or_its_mount(void **state)
{
	struct namespaces *namespaces = open_finder();
	struct child child = start_child("x");
	struct child other = start_child("y");
	struct ns_seen seen = { .nsid = NSID_HERE };
	struct stat st;
	int fd;

	step(&child);
	step(&other);
	seen.inode = inode_of(child.pid);
	seen.pid = child.pid;
	fd = namespaces_open_fd(namespaces, &seen);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	assert_int_equal(st.st_ino, seen.inode);
	(void)close(fd);
	/* the process is gone, or another one by now: the mount leads there still */
	make_file(blue);
	mount_netns(child.pid, blue);
	seen.mount = blue;
	seen.pid = other.pid;
	fd = namespaces_open_fd(namespaces, &seen);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	assert_int_equal(st.st_ino, seen.inode);
	(void)close(fd);
	assert_int_equal(umount(blue), 0);
	assert_int_equal(namespaces_open_fd(namespaces, &seen), -ESTALE);
	seen.pid = 0;
	assert_int_equal(namespaces_open_fd(namespaces, &seen), -EINVAL);
	assert_int_equal(unlink(blue), 0);
	assert_int_equal(namespaces_open_fd(namespaces, &seen), -ENOENT);
	end_child(&child);
	end_child(&other);
	namespaces_free(namespaces);
}

/* Descriptors of ours, and how many of them are on a namespace. */
static size_t count_fds(size_t *ret_namespaces)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;
	struct dirent *entry;

	assert_non_null(dir);
	*ret_namespaces = 0;
	while ((entry = readdir(dir))) {
		char target[256];
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		if (len < 0)
			continue;
		target[len] = '\0';
		count++;
		if (strncmp(target, "net:", 4) == 0 || strcmp(target, blue) == 0)
			(*ret_namespaces)++;
	}
	(void)closedir(dir);
	return count;
}

static void no_descriptor_is_kept_through_a_churn(void **state)
{
	struct namespaces *namespaces = open_finder();
	size_t before = 0, after = 0, held = 0;

	for (int round = 0; round < 30; round++) {
		struct child child = start_child("x");
		uint64_t inode;
		int fd;

		step(&child);
		inode = inode_of(child.pid);
		make_file(blue);
		mount_netns(child.pid, blue);
		assert_int_equal(namespaces_refresh(namespaces, 100), 0);
		fd = namespaces_open_fd(namespaces, find(namespaces, inode));
		assert_true(fd >= 0);
		(void)close(fd);
		after = count_fds(&held);
		assert_int_equal(held, 0);
		before = round == 0 ? after : before;
		end_child(&child);
		assert_int_equal(umount(blue), 0);
		assert_int_equal(unlink(blue), 0);
	}
	assert_int_equal(after, before);
	namespaces_free(namespaces);
}

static ino_t inode_by_readdir(const char *dir_path, pid_t pid)
{
	DIR *dir = opendir(dir_path);
	struct dirent *entry;
	ino_t inode = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		if (atoi(entry->d_name) == pid)
			inode = entry->d_ino;
	}
	(void)closedir(dir);
	return inode;
}

/* Makes a process with the id 500 in the process id namespace it runs in, and tells the inode number of its directory. */
static ino_t inode_of_pid_500(const char *dir_path)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	ino_t inode;
	pid_t pid;

	if (fd < 0 || write(fd, "499", 3) != 3)
		_exit(2);
	(void)close(fd);
	pid = fork();
	if (pid == 0) {
		(void)pause();
		_exit(0);
	}
	if (pid != 500)
		_exit(3);
	inode = inode_by_readdir(dir_path, pid);
	if (inode == 0 || inode_by_readdir(dir_path, pid) != inode)
		_exit(4);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return inode;
}

/* What the finder knows a process again by. */
static void a_reused_process_id_has_another_inode_in_proc(void **state)
{
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		ino_t first;
		pid_t init;

		if (unshare(CLONE_NEWPID | CLONE_NEWNS) < 0)
			_exit(1);
		init = fork();
		if (init == 0) {
			if (mount("proc", proc_dir, "proc", 0, NULL) < 0)
				_exit(1);
			first = inode_of_pid_500(proc_dir);
			_exit(inode_of_pid_500(proc_dir) == first ? 5 : 0);
		}
		(void)waitpid(init, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static double look_us(struct namespaces *namespaces)
{
	struct timespec a, b;

	(void)clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(namespaces_refresh(namespaces, 100), 0);
	(void)clock_gettime(CLOCK_MONOTONIC, &b);
	return (double)(b.tv_sec - a.tv_sec) * 1e6 + (double)(b.tv_nsec - a.tv_nsec) / 1e3;
}

/* The price of a look at a crowded machine; whatever it is, the crowd is seen. */
static void a_crowd_is_counted(void **state)
{
	static pid_t crowd[CROWD];
	struct namespaces *namespaces = open_finder();
	double first, quiet = 1e9;
	size_t made = 0;

	for (; made < CROWD; made++) {
		crowd[made] = fork();
		if (crowd[made] == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			(void)pause();
			_exit(0);
		}
		if (crowd[made] < 0)
			break;
	}
	first = look_us(namespaces);
	(void)look_us(namespaces);
	for (int i = 0; i < 16; i++) {
		double us = look_us(namespaces);

		quiet = us < quiet ? us : quiet;
	}
	printf("# measured: %llu processes: first look %.0f us, quiet look %.0f us (the best of 16)\n",
	       (unsigned long long)namespaces_processes(namespaces), first, quiet);
	assert_true(namespaces_processes(namespaces) >= made);
	for (size_t i = 0; i < made; i++) {
		(void)kill(crowd[i], SIGKILL);
		(void)waitpid(crowd[i], NULL, 0);
	}
	assert_int_equal(made, CROWD);
	namespaces_free(namespaces);
}

static int set_up(void **state)
{
	if (!mkdtemp(base))
		return -1;
	(void)snprintf(netns_dir, sizeof(netns_dir), "%s/netns", base);
	(void)snprintf(blue, sizeof(blue), "%s/blue", netns_dir);
	(void)snprintf(proc_dir, sizeof(proc_dir), "%s/proc", base);
	/* the tmpfs hides in our own mount namespace, and goes with it whatever happens */
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("ctnet-test", base, "tmpfs", 0, "mode=0700") < 0 || mkdir(netns_dir, 0700) < 0 ||
	    mkdir(proc_dir, 0700) < 0) {
		(void)rmdir(base);
		return -1;
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)umount2(base, MNT_DETACH);
	return rmdir(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_in_a_namespace_of_its_own_is_found),
		cmocka_unit_test(a_fork_that_moves_later_is_found_in_the_next_look),
		cmocka_unit_test(we_live_in_the_observing_namespace),
		cmocka_unit_test(a_name_is_seen_with_its_mount_and_held_by_it),
		cmocka_unit_test(a_symlink_to_a_process_is_a_name),
		cmocka_unit_test(a_namespace_is_opened_by_its_process_or_its_mount),
		cmocka_unit_test(no_descriptor_is_kept_through_a_churn),
		cmocka_unit_test(a_reused_process_id_has_another_inode_in_proc),
		cmocka_unit_test(a_crowd_is_counted),
	};

	if (geteuid() != 0) {
		puts("ok - test_namespaces # SKIP needs root");
		return 0;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
