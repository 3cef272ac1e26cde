/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a program for which there is no bpf(2), as on a kernel without it, or under a container runtime's filter:
 *
 *	without_bpf ENOSYS|EPERM PROGRAM ARGUMENT...
 *
 * The filter is seccomp's and stays with all that the program starts. Of another architecture no call is let through.
 */
#include <err.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

int main(int argc, char **argv)
{
	const unsigned int answer = argc > 1 && strcmp(argv[1], "EPERM") == 0 ? EPERM : ENOSYS;
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_bpf, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | answer),
	};
	const struct sock_fprog filter = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	if (argc < 3 || (answer == ENOSYS && strcmp(argv[1], "ENOSYS") != 0))
		errx(2, "usage: without_bpf ENOSYS|EPERM PROGRAM ARGUMENT...");
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0)
		err(1, "seccomp filter");
	execvp(argv[2], argv + 2);
	err(1, "%s", argv[2]);
}
