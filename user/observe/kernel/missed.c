/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/missed.h"

#include <assert.h>
#include <stddef.h>

#include <bpf/bpf.h>

/* struct bpf_link_info of a kprobe, 6.7 (commit 3acf8ace6823): `missed` stands here. Older kernels leave it 0. */
struct kprobe_link_info {
	uint32_t type, id, prog_id, padding;
	uint32_t perf_type, perf_padding;
	uint64_t func_name;
	uint32_t name_len, offset;
	uint64_t addr, missed;
};
static_assert(offsetof(struct kprobe_link_info, missed) == 48, "uapi/linux/bpf.h");

#define PERF_EVENT_KPROBE    3 /* enum bpf_perf_event_type */
#define PERF_EVENT_KRETPROBE 4

uint64_t missed_by_kprobe(int link_fd)
{
	struct kprobe_link_info info = { 0 };
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(link_fd, &info, &size))
		return 0;
	return info.perf_type == PERF_EVENT_KPROBE || info.perf_type == PERF_EVENT_KRETPROBE ? info.missed : 0;
}

/* The field is there since 5.12; kprobes are counted in it since 6.7. */
uint64_t missed_by_program(int program_fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(program_fd, &info, &size) ? 0 : info.recursion_misses;
}
