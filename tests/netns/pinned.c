/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of TCX links the tests need and bpftool 7.1 does not know.
 *
 *	pinned links			the links at the interfaces of this namespace: "INTERFACE ingress|egress LINK PROGRAM TAG"
 *	pinned swap PATH...		puts another program, which does nothing, in place of that of each pinned link
 */
#include <err.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST 64

/* BPF_PROG_QUERY as of 6.6 */
struct query {
	uint32_t ifindex, type, flags, attach_flags;
	uint64_t programs;
	uint32_t count, unused;
	uint64_t program_flags, links, link_flags, revision;
};

static long bpf(enum bpf_cmd command, void *attr, size_t size)
{
	return syscall(SYS_bpf, command, attr, size);
}

static void say_link(const char *interface, const char *hook, uint32_t link, uint32_t program)
{
	union bpf_attr by_id = { .prog_id = program };
	struct bpf_prog_info info = { .type = 0 };
	union bpf_attr ask = { .info = { .info_len = sizeof(info), .info = (uintptr_t)&info } };
	int fd = (int)bpf(BPF_PROG_GET_FD_BY_ID, &by_id, sizeof(by_id));

	if (fd < 0)
		return;
	ask.info.bpf_fd = (uint32_t)fd;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &ask, sizeof(ask)) == 0) {
		printf("%s %s %u %u ", interface, hook, link, program);
		for (size_t i = 0; i < sizeof(info.tag); i++)
			printf("%02x", info.tag[i]);
		printf("\n");
	}
	close(fd);
}

static int say_links(void)
{
	static const char *const hooks[] = { "ingress", "egress" }; /* BPF_TCX_INGRESS is 46 */
	struct if_nameindex *all = if_nameindex();
	uint32_t programs[MOST], links[MOST];

	if (!all)
		err(1, "if_nameindex");
	for (const struct if_nameindex *one = all; one->if_index; one++) {
		for (uint32_t hook = 0; hook < 2; hook++) {
			struct query query = {
				.ifindex = one->if_index,
				.type = 46 + hook,
				.programs = (uintptr_t)programs,
				.count = MOST,
				.links = (uintptr_t)links,
			};

			if (bpf(BPF_PROG_QUERY, &query, sizeof(query)) < 0)
				continue;
			for (uint32_t i = 0; i < query.count; i++)
				say_link(one->if_name, hooks[hook], links[i], programs[i]);
		}
	}
	if_freenameindex(all);
	return 0;
}

static int load_nothing(void)
{
	static const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = -1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.insn_cnt = sizeof(code) / sizeof(code[0]),
		.insns = (uintptr_t)code,
		.license = (uintptr_t) "GPL",
	};
	int fd = (int)bpf(BPF_PROG_LOAD, &attr, sizeof(attr));

	if (fd < 0)
		err(1, "load");
	return fd;
}

static int swap(char **paths)
{
	int program = load_nothing();

	for (; *paths; paths++) {
		union bpf_attr get = { .pathname = (uintptr_t)*paths };
		union bpf_attr update;
		int link = (int)bpf(BPF_OBJ_GET, &get, sizeof(get));

		if (link < 0)
			err(1, "%s", *paths);
		memset(&update, 0, sizeof(update));
		update.link_update.link_fd = (uint32_t)link;
		update.link_update.new_prog_fd = (uint32_t)program;
		if (bpf(BPF_LINK_UPDATE, &update, sizeof(update)) < 0)
			err(1, "%s", *paths);
		close(link);
	}
	close(program);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "links") == 0)
		return say_links();
	if (argc > 2 && strcmp(argv[1], "swap") == 0)
		return swap(argv + 2);
	errx(2, "usage: pinned links | pinned swap PATH...");
}
