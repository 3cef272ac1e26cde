/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/load_fault.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <linux/capability.h>

#include "base/capability.h"
#include "base/cleanup.h"

/* What loading and attaching tc programs takes (capabilities(7), bpf(2)); CAP_SYS_ADMIN holds the first two as well. */
static const struct {
	unsigned int number;
	const char *name;
	bool in_sys_admin;
} needed[] = {
	{ CAP_BPF, "CAP_BPF", true },
	{ CAP_PERFMON, "CAP_PERFMON", true },
	{ CAP_NET_ADMIN, "CAP_NET_ADMIN", false },
};

/* Writes "CAP_A, CAP_B": what is missing. Returns whether anything is. */
static bool list_missing(char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(needed) && len < size; i++) {
		if (capability_held(needed[i].number) || (needed[i].in_sys_admin && capability_held(CAP_SYS_ADMIN)))
			continue;
		len += (size_t)snprintf(out + len, size - len, "%s%s", len ? ", " : "", needed[i].name);
	}
	return len > 0;
}

const char *bpf_withheld(int error)
{
	if (error == -ENOSYS)
		return "this kernel has no bpf(2): it is built without CONFIG_BPF_SYSCALL";
	if (error == -EPERM &&
	    (capability_held(CAP_SYS_ADMIN) || (capability_held(CAP_BPF) && capability_held(CAP_PERFMON))))
		return "the kernel forbids bpf(2) to this process though it has the capabilities: "
		       "look for a seccomp filter, a security module, lockdown, or a user namespace";
	return NULL;
}

int load_fault(struct fault *fault, int error, const char *reason)
{
	const char *withheld = bpf_withheld(error);
	char missing[64];

	/* without CAP_PERFMON it is the verifier that refuses, and with other words for each kernel */
	if (list_missing(missing, sizeof(missing)))
		return fault_set(fault, -EPERM, EXIT_CODE_NOT_PERMITTED, "cannot count traffic without %s: run as root",
		                 missing);
	if (withheld)
		return fault_set(fault, error == -EPERM ? error : -EOPNOTSUPP,
		                 error == -EPERM ? EXIT_CODE_NOT_PERMITTED : EXIT_CODE_KERNEL_LACKS,
		                 "%s; ctnet ls, show and path go without", withheld);
	if (error == -ENOMEM)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME,
		                 "no memory for the traffic programs and their maps");
	return fault_set(fault, -EOPNOTSUPP, EXIT_CODE_KERNEL_LACKS,
	                 "this kernel does not take the traffic programs (Linux 5.7 or later and CONFIG_NET_CLS_ACT "
	                 "are needed): %s%s%s",
	                 strerror(-error), *reason ? ": " : "", reason);
}
