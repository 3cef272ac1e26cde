/* SPDX-License-Identifier: GPL-2.0-only */
#include "app/syscall_filter.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"

/*
 * By name: what libseccomp or the architecture does not know is left out. Each with what the C library may call in its place, of another
 * version or on another architecture; so it is more than strace shows.
 */
static const char allowed[] =
	/* what is observed: programs and maps, probes, namespaces, descriptors of other processes */
	"bpf perf_event_open setns pidfd_open pidfd_getfd ioctl "
	/* files */
	"open openat openat2 close close_range read pread64 readv preadv preadv2 write pwrite64 writev "
	"pwritev pwritev2 lseek _llseek stat stat64 fstat fstat64 lstat lstat64 newfstatat fstatat64 statx "
	"statfs statfs64 fstatfs fstatfs64 access faccessat faccessat2 getdents getdents64 readlink "
	"readlinkat getcwd fcntl fcntl64 dup dup2 dup3 umask fadvise64 fadvise64_64 flock "
	/* the textfile, what is pinned, the sockets' files */
	"fchmod fchmodat chmod fsync fdatasync ftruncate ftruncate64 fallocate rename renameat renameat2 "
	"unlink unlinkat mkdir mkdirat rmdir "
	/* netlink, HTTP, the feed, sd_notify */
	"socket socketpair bind listen connect accept accept4 getsockname getpeername getsockopt setsockopt "
	"send sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg shutdown sendfile sendfile64 "
	/* waiting */
	"poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64 epoll_create epoll_create1 "
	"epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 signalfd signalfd4 timerfd_create "
	"timerfd_settime timerfd_settime64 timerfd_gettime timerfd_gettime64 inotify_init inotify_init1 "
	"inotify_add_watch inotify_rm_watch pipe pipe2 nanosleep clock_nanosleep clock_nanosleep_time64 "
	"sched_yield "
	/* time and what is known of oneself */
	"clock_gettime clock_gettime64 clock_getres clock_getres_time64 gettimeofday time getpid getppid "
	"gettid getuid geteuid getgid getegid getuid32 geteuid32 getgid32 getegid32 getpgrp getpgid getsid "
	"uname sysinfo getrusage times getrlimit ugetrlimit prlimit64 getcpu sched_getaffinity sched_getparam "
	"sched_getscheduler capget prctl getrandom "
	/* memory, threads, signals, the end */
	"brk mmap mmap2 munmap mremap mprotect madvise membarrier futex futex_time64 futex_waitv "
	"set_robust_list get_robust_list set_tid_address set_thread_area arch_prctl rseq rt_sigaction "
	"rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigtimedwait_time64 sigaction "
	"sigprocmask sigreturn sigaltstack tgkill restart_syscall riscv_flush_icache riscv_hwprobe exit "
	"exit_group "
#ifdef __SANITIZE_ADDRESS__
	/* the search for leaks at the end: a process of its own that stops this one */
	"clone ptrace wait4 kill "
#endif
	"";

static void free_filter(scmp_filter_ctx *filter)
{
	if (*filter)
		seccomp_release(*filter);
}

/*
 * Threads and no processes: a look into a namespace is one (observe/namespaces/visit.c). Where clone3(2) keeps its flags a filter cannot
 * read; the C library takes ENOSYS for a kernel before 5.3 and calls clone(2).
 */
static int allow_threads(scmp_filter_ctx filter)
{
#ifdef __s390x__
	const struct scmp_arg_cmp thread = SCMP_A1(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD);
#else
	const struct scmp_arg_cmp thread = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD);
#endif
	int r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, &thread);

	return r < 0 ? r : seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

static int allow_names(scmp_filter_ctx filter)
{
	_cleanup_free_ char *names = strdup(allowed);
	char *rest = NULL;
	int r = 0;

	if (!names)
		return -ENOMEM;
	for (char *name = strtok_r(names, " ", &rest); r == 0 && name; name = strtok_r(NULL, " ", &rest)) {
		int number = seccomp_syscall_resolve_name(name);

		if (number != __NR_SCMP_ERROR)
			r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
	}
	return r;
}

static int install(void)
{
	_cleanup_(free_filter) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r = filter ? allow_threads(filter) : -ENOMEM;

	/* not SIGSYS for a call of another architecture either; a tree in place of a list, where libseccomp has it (2.5) */
	if (r == 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(EPERM));
	if (r == 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r == 0)
		r = allow_names(filter);
	return r < 0 ? r : seccomp_load(filter);
}

void syscall_filter_install(void)
{
	int r = install();

	if (r < 0)
		log_warning("no filter of system calls: %s; going on without", strerror(-r));
}
