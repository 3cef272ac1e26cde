/* SPDX-License-Identifier: GPL-2.0-only */
/* The filter of system calls of a running agent: what it forbids answers EPERM, what an agent lives of works. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/syscall_filter.h"
#include "base/cleanup.h"

/* With arguments by which the kernel itself would answer something else, should one get through. */
static const struct {
	const char *name;
	long number;
	long arguments[5];
	int wanted;
} calls[] = {
	{ "execve", SYS_execve, { 0 }, EPERM },
	{ "execveat", SYS_execveat, { -1 }, EPERM },
	{ "clone, a process", SYS_clone, { SIGCHLD | CLONE_SIGHAND }, EPERM },
	{ "clone, a thread", SYS_clone, { CLONE_THREAD }, EINVAL },
	{ "clone3", SYS_clone3, { 0, 0 }, ENOSYS },
	{ "ptrace", SYS_ptrace, { -1 }, EPERM },
	{ "process_vm_readv", SYS_process_vm_readv, { 0, 0, 0, 0, 0 }, EPERM },
	{ "mount", SYS_mount, { 0 }, EPERM },
	{ "umount2", SYS_umount2, { 0, -1 }, EPERM },
	{ "pivot_root", SYS_pivot_root, { 0 }, EPERM },
	{ "unshare", SYS_unshare, { -1 }, EPERM },
	{ "kexec_load", SYS_kexec_load, { 0, 0, 0, -1 }, EPERM },
	{ "init_module", SYS_init_module, { 0 }, EPERM },
	{ "finit_module", SYS_finit_module, { -1 }, EPERM },
	{ "delete_module", SYS_delete_module, { 0 }, EPERM },
	{ "setuid", SYS_setuid, { -1 }, EPERM },
	{ "kill", SYS_kill, { 1, -1 }, EPERM },
	{ "io_uring_setup", SYS_io_uring_setup, { 0 }, EPERM },
	{ "no call at all", 100000, { 0 }, EPERM },
	{ "setns", SYS_setns, { -1, CLONE_NEWNET }, EBADF },
	{ "bpf", SYS_bpf, { -1 }, EINVAL },
	{ "perf_event_open", SYS_perf_event_open, { 0 }, EFAULT },
	{ "openat2", SYS_openat2, { AT_FDCWD, 0, 0, 0 }, EINVAL },
	{ "pidfd_getfd", SYS_pidfd_getfd, { -1, -1, 0 }, EBADF },
};

static void *run(void *data)
{
	*(bool *)data = true;
	return NULL;
}

static int count_failures(void)
{
	bool ran = false;
	pthread_t thread;
	int failures = 0;

	syscall_filter_install();
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		const long *a = calls[i].arguments;
		int got = syscall(calls[i].number, a[0], a[1], a[2], a[3], a[4]) < 0 ? errno : 0;

		if (got != calls[i].wanted)
			(void)fprintf(stderr, "# %s: errno %d, wanted %d\n", calls[i].name, got, calls[i].wanted);
		failures += got != calls[i].wanted;
	}
	if (pthread_create(&thread, NULL, run, &ran) == 0)
		(void)pthread_join(thread, NULL);
	return failures + !ran;
}

static void test_calls(void **state)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0)
		_exit(count_failures());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_calls) };

	return cmocka_run_group_tests_name("syscall_filter", tests, NULL, NULL);
}
