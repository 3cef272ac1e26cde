/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What traffic_open() says where it may not or cannot: which capability is missing, or what the kernel lacks. Each case in a child of its
 * own, for what is given up cannot be taken back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/syscall.h>

#include <cmocka.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "base/cleanup.h"
#include "bpf/lab.h"
#include "observe/kernel/traffic.h"

struct answer {
	int error;
	struct fault fault;
	size_t talk; /* bytes on stderr */
};

/* Runs traffic_open() in a child after @prepare, with stderr in a file. */
static struct answer ask(void (*prepare)(unsigned int), unsigned int what)
{
	struct answer answer = { .error = 1 };
	int result[2];
	pid_t pid;

	assert_int_equal(pipe(result), 0);
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		FILE *talk = tmpfile();
		struct traffic_programs *programs = NULL;

		(void)dup2(fileno(talk), STDERR_FILENO);
		prepare(what);
		answer.error = traffic_open(ATTACH_AUTO, &programs, &answer.fault);
		traffic_free(programs);
		answer.talk = (size_t)lseek(fileno(talk), 0, SEEK_END);
		(void)!write(result[1], &answer, sizeof(answer));
		_exit(0);
	}
	(void)close(result[1]);
	assert_int_equal(read(result[0], &answer, sizeof(answer)), sizeof(answer));
	(void)close(result[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return answer;
}

static void keep_capabilities(unsigned int keep)
{
	static const int numbers[] = { CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN };
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (keep & 1U << i)
			data[numbers[i] / 32].effective |= 1U << numbers[i] % 32;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		data[i].permitted = data[i].effective;
	if (syscall(SYS_capset, &header, data) < 0)
		_exit(1);
}

static void each_missing_capability_is_named(void **state)
{
	static const char *const missing[] = {
		"CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN",
		"CAP_PERFMON, CAP_NET_ADMIN",
		"CAP_BPF, CAP_NET_ADMIN",
		"CAP_NET_ADMIN",
		"CAP_BPF, CAP_PERFMON",
		"CAP_PERFMON",
		"CAP_BPF",
	};

	for (unsigned int keep = 0; keep < ARRAY_SIZE(missing); keep++) {
		struct answer answer = ask(keep_capabilities, keep);
		char want[128];

		(void)snprintf(want, sizeof(want), "cannot count traffic without %s: run as root", missing[keep]);
		assert_string_equal(answer.fault.text, want);
		assert_int_equal(answer.error, -EPERM);
		assert_int_equal(answer.fault.code, EXIT_CODE_NOT_PERMITTED);
		assert_int_equal(answer.talk, 0);
	}
}

static void those_three_capabilities_are_enough(void **state)
{
	struct answer answer = ask(keep_capabilities, 7);

	assert_string_equal(answer.fault.text, "");
	assert_int_equal(answer.error, 0);
}

/* Lets bpf(2) end with @error, as a kernel or a container's policy would. */
static void refuse_bpf(unsigned int error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { .len = ARRAY_SIZE(filter), .filter = filter };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		_exit(1);
}

static void a_kernel_without_bpf_is_told_as_such(void **state)
{
	struct answer answer = ask(refuse_bpf, ENOSYS);

	assert_int_equal(answer.error, -EOPNOTSUPP);
	assert_int_equal(answer.fault.code, EXIT_CODE_KERNEL_LACKS);
	assert_non_null(strstr(answer.fault.text, "CONFIG_BPF_SYSCALL"));
	assert_int_equal(answer.talk, 0);
}

static void a_policy_that_forbids_bpf_is_told_as_such(void **state)
{
	struct answer answer = ask(refuse_bpf, EPERM);

	assert_int_equal(answer.error, -EPERM);
	assert_int_equal(answer.fault.code, EXIT_CODE_NOT_PERMITTED);
	assert_non_null(strstr(answer.fault.text, "seccomp"));
	assert_int_equal(answer.talk, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_missing_capability_is_named),
		cmocka_unit_test(those_three_capabilities_are_enough),
		cmocka_unit_test(a_kernel_without_bpf_is_told_as_such),
		cmocka_unit_test(a_policy_that_forbids_bpf_is_told_as_such),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
