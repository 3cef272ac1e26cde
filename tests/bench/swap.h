/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Exchanges the program behind TCX links that somebody else holds: between two blocks of traffic nothing changes but what the hook runs,
 * and no grace period passes.
 */

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <unistd.h>

#define SWAP_LINKS 4

struct swap {
	int link[SWAP_LINKS], prog[SWAP_LINKS]; /* what stands there by right */
	size_t count;
};

static inline uint32_t swap_program_id(int prog_fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(prog_fd, &info, &len) < 0 ? 0 : info.id;
}

/** Finds the links that run @prog_fd and adds them. */
static inline void swap_find(struct swap *swap, int prog_fd)
{
	uint32_t id = 0, wanted = swap_program_id(prog_fd);

	while (swap->count < SWAP_LINKS && bpf_link_get_next_id(id, &id) == 0) {
		struct bpf_link_info info = { 0 };
		uint32_t len = sizeof(info);
		int fd = bpf_link_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (bpf_obj_get_info_by_fd(fd, &info, &len) == 0 && info.prog_id == wanted) {
			swap->link[swap->count] = fd;
			swap->prog[swap->count++] = prog_fd;
		} else {
			(void)close(fd);
		}
	}
}

/** Puts @prog_fd there, or with -1 what stands there by right. Returns 0 or -errno. */
static inline int swap_to(const struct swap *swap, int prog_fd)
{
	int r = 0;

	for (size_t i = 0; i < swap->count && r == 0; i++)
		r = bpf_link_update(swap->link[i], prog_fd < 0 ? swap->prog[i] : prog_fd, NULL);
	return r;
}

/** Only its own hold on the links ends. */
static inline void swap_close(struct swap *swap)
{
	for (size_t i = 0; i < swap->count; i++)
		(void)close(swap->link[i]);
	swap->count = 0;
}
