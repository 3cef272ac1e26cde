/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Says which BPF programs are attached by TCX to the interfaces of this network namespace, one line each: "INTERFACE ingress|egress
 * PROGRAM". What bpftool 7.1 does not show. Says nothing on a kernel without TCX (before 6.6).
 */
#include <err.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_PROGRAMS 64

/* linux/bpf.h of 6.6, commit e420bed02507 */
static const struct hook {
	__u32 attach_type;
	const char *name;
} hooks[] = { { 46, "ingress" }, { 47, "egress" } };

static long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static void say_program(const char *interface, const char *hook, __u32 id)
{
	union bpf_attr by_id = { .prog_id = id };
	struct bpf_prog_info info = { .type = 0 };
	union bpf_attr ask = { .info = { .info_len = sizeof(info) } };
	int fd = (int)bpf(BPF_PROG_GET_FD_BY_ID, &by_id);

	if (fd < 0) /* gone meanwhile */
		return;
	ask.info.bpf_fd = (__u32)fd;
	ask.info.info = (__u64)(unsigned long)&info;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &ask) == 0)
		(void)printf("%s %s %s\n", interface, hook, info.name);
	close(fd);
}

static void say_hook(const struct if_nameindex *interface, const struct hook *hook)
{
	__u32 ids[MAX_PROGRAMS];
	union bpf_attr query;

	memset(&query, 0, sizeof(query));
	query.query.target_fd = interface->if_index; /* a union with target_ifindex since 6.6 */
	query.query.attach_type = hook->attach_type;
	query.query.prog_ids = (__u64)(unsigned long)ids;
	query.query.prog_cnt = MAX_PROGRAMS;
	if (bpf(BPF_PROG_QUERY, &query) < 0)
		return;
	for (__u32 i = 0; i < query.query.prog_cnt; i++)
		say_program(interface->if_name, hook->name, ids[i]);
}

int main(void)
{
	struct if_nameindex *all = if_nameindex();

	if (!all)
		err(1, "if_nameindex");
	for (const struct if_nameindex *one = all; one->if_index; one++)
		for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
			say_hook(one, &hooks[i]);
	if_freenameindex(all);
	return 0;
}
