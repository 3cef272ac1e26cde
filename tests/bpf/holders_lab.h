/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Processes that hold a network namespace which no process is in. They live in a process namespace of the test's own, so that nothing
 * but them is found. After <cmocka.h>.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

#define PROC "/proc"
#define FD   77 /* the descriptor by which a child holds */

/* What a child does to hold the namespace it is in; then it leaves it. */
struct how {
	const char *mount;     /* it mounts it there, in a mount namespace of its own; NULL: it does not */
	const char *source;    /* what it mounts; NULL: the network namespace it is in */
	const char *directory; /* it keeps that open as well; NULL: none */
	bool descriptor;       /* it keeps it open as FD */
	bool unmounts;         /* which it opened through the mount, and takes the mount away, as `ip netns del` does */
	int family;            /* it keeps a socket made there, as FD + 1; 0: it does not */
	pid_t joins;           /* the namespace is that of this child; 0: a new one */
};

struct child {
	pid_t pid;
	uint64_t inode; /* of the namespace it holds */
};

static inline int stat_inode(const char *path, uint64_t *ret)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	*ret = st.st_ino;
	return 0;
}

/* Into a new namespace, or into the one that another child holds by its descriptor. */
static inline int move_in(pid_t joins)
{
	_cleanup_close_ int fd = -1;
	char path[64];

	if (joins == 0)
		return unshare(CLONE_NEWNET);
	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", joins, FD);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return setns(fd, CLONE_NEWNET);
}

static inline int mount_at(const char *source, const char *path)
{
	_cleanup_close_ int file = -1;

	if (mount("none", "/mnt", "tmpfs", 0, NULL) < 0)
		return -errno;
	file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0)
		return -errno;
	return mount(source ? source : "/proc/self/ns/net", path, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

/* Holds a new namespace as told, and goes back. Returns 0 or -errno. */
static inline int hold(const struct how *how, uint64_t *ret)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int fd;

	if (home < 0 || move_in(how->joins) < 0 || stat_inode("/proc/self/ns/net", ret) < 0)
		return -errno;
	if (how->mount && unshare(CLONE_NEWNS) < 0)
		return -errno;
	if (how->mount && mount_at(how->source, how->mount) < 0)
		return -errno;
	if (how->descriptor) {
		fd = open(how->unmounts ? how->mount : "/proc/self/ns/net", O_RDONLY);
		if (dup2(fd, FD) < 0 || close(fd) < 0)
			return -errno;
	}
	if (how->unmounts && umount2(how->mount, MNT_DETACH) < 0)
		return -errno;
	if (how->directory && open(how->directory, O_RDONLY | O_DIRECTORY) < 0)
		return -errno;
	if (how->family) {
		fd = socket(how->family, SOCK_DGRAM, 0);
		if (dup2(fd, FD + 1) < 0 || close(fd) < 0)
			return -errno;
	}
	if (setns(home, CLONE_NEWNET) < 0 || close(home) < 0)
		return -errno;
	return 0;
}

static inline struct child start(const char *comm, const struct how *how)
{
	struct child child = { .pid = -1 };
	uint64_t inode = 0;
	int ready[2];

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	(void)fflush(NULL);
	child.pid = fork();
	assert_true(child.pid >= 0);
	if (child.pid == 0) {
		int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

		for (int fd = 0; fd < 3; fd++) /* what was inherited may be sockets */
			(void)dup2(nowhere, fd);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)prctl(PR_SET_NAME, comm);
		if (hold(how, &inode) == 0)
			(void)!write(ready[1], &inode, sizeof(inode));
		(void)close(ready[0]);
		(void)close(ready[1]);
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], &child.inode, sizeof(child.inode)), sizeof(child.inode));
	(void)close(ready[0]);
	return child;
}

static inline void end(struct child child)
{
	assert_int_equal(kill(child.pid, SIGKILL), 0);
	assert_int_equal(waitpid(child.pid, NULL, 0), child.pid);
}

/**
 * Runs the tests as process 1 of a process namespace, whose end ends all in it, with a /proc to match and none of the machine's
 * namespaces among the mounts. Returns an exit status.
 */
static inline int in_a_lab(int (*tests)(void))
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET) < 0) {
		perror("unshare");
		return 1;
	}
	pid = fork();
	if (pid == 0) {
		if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount("proc", PROC, "proc", 0, NULL) < 0) {
			perror("mount");
			return 1;
		}
		/* the copies in this mount namespace alone */
		if (system("umount -a -t nsfs 2>/dev/null; ! grep -q ' - nsfs ' /proc/self/mountinfo") != 0)
			return 1;
		return tests();
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
