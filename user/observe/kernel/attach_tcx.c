/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "observe/kernel/attach.h"

/* uapi/linux/bpf.h of 6.6; the headers of 6.1 lack them. */
enum {
	TCX_INGRESS = 46,    /* BPF_TCX_INGRESS */
	TCX_EGRESS = 47,     /* BPF_TCX_EGRESS */
	TCX_BEFORE = 1 << 3, /* BPF_F_BEFORE; with nothing named: before all others */
};

static const enum bpf_attach_type attach_type[CTNET_HOOKS] = {
	[CTNET_INGRESS] = (enum bpf_attach_type)TCX_INGRESS,
	[CTNET_EGRESS] = (enum bpf_attach_type)TCX_EGRESS,
};

bool tcx_usable(int prog_fd)
{
	/* No interface has index 0. A kernel with TCX looks it up: ENODEV; an older one refuses the type: EINVAL. */
	int fd = bpf_link_create(prog_fd, 0, attach_type[CTNET_INGRESS], NULL);

	if (fd >= 0)
		(void)close(fd);
	return fd == -ENODEV;
}

int tcx_attach(const int prog_fd[CTNET_HOOKS], uint32_t ifindex, struct tcx_links *ret)
{
	/* at the head, so that a neighbour's redirect or drop hides nothing from us */
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = TCX_BEFORE);
	struct tcx_links links = { { -1, -1 } };

	for (int hook = 0; hook < CTNET_HOOKS; hook++) {
		links.fd[hook] = bpf_link_create(prog_fd[hook], (int)ifindex, attach_type[hook], &opts);
		if (links.fd[hook] < 0) {
			int r = links.fd[hook];

			tcx_detach(&links);
			return r;
		}
	}
	*ret = links;
	return 0;
}

void tcx_detach(struct tcx_links *links)
{
	for (int hook = 0; hook < CTNET_HOOKS; hook++) {
		if (links->fd[hook] >= 0)
			(void)close(links->fd[hook]);
		links->fd[hook] = -1;
	}
}

/* ---------------------------------------------------------------- links that somebody pinned */

#define MOST_PROGRAMS 64 /* at one hook (bpf_mprog_max() in include/linux/bpf_mprog.h) */

/* BPF_PROG_QUERY as of 6.6, with what the headers of 6.1 lack. */
struct query {
	uint32_t ifindex;
	uint32_t attach_type;
	uint32_t flags;
	uint32_t attach_flags;
	uint64_t program_ids;
	uint32_t count;
	uint32_t unused;
	uint64_t program_flags;
	uint64_t link_ids;
	uint64_t link_flags;
	uint64_t revision;
};

/* What the kernel says of a TCX link (struct bpf_link_info); the same place in it has the ifindex of an XDP link. */
static int describe(int link_fd, uint32_t *ret_id, uint32_t *ret_ifindex)
{
	struct bpf_link_info info = { 0 };
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(link_fd, &info, &size) < 0)
		return -errno;
	*ret_id = info.id;
	*ret_ifindex = info.xdp.ifindex;
	return 0;
}

bool tcx_is_dead(int link_fd)
{
	uint32_t id = 0, ifindex = 0;

	return describe(link_fd, &id, &ifindex) < 0 || ifindex == 0;
}

/* Whether the kernel lists the link at this interface of the namespace we are in. */
static bool stands_at(uint32_t id, uint32_t ifindex, enum ctnet_hook hook)
{
	uint32_t programs[MOST_PROGRAMS], links[MOST_PROGRAMS];
	struct query query = {
		.ifindex = ifindex,
		.attach_type = attach_type[hook],
		.program_ids = (uintptr_t)programs,
		.count = MOST_PROGRAMS,
		.link_ids = (uintptr_t)links,
	};

	if (syscall(SYS_bpf, BPF_PROG_QUERY, &query, sizeof(query)) < 0)
		return false;
	for (uint32_t i = 0; i < query.count; i++)
		if (links[i] == id)
			return true;
	return false;
}

int tcx_adopt(const struct tcx_links *links, const int prog_fd[CTNET_HOOKS], uint32_t ifindex)
{
	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++) {
		uint32_t id = 0, at = 0;
		int r = describe(links->fd[hook], &id, &at);

		if (r < 0)
			return r;
		if (at != ifindex || !stands_at(id, ifindex, hook))
			return -ENODEV;
		if (bpf_link_update(links->fd[hook], prog_fd[hook], NULL) < 0)
			return errno == ENOLINK ? -ENODEV : -errno;
	}
	return 0;
}

void tcx_remove(struct tcx_links *links)
{
	for (int hook = 0; hook < CTNET_HOOKS; hook++)
		if (links->fd[hook] >= 0)
			(void)bpf_link_detach(links->fd[hook]);
	tcx_detach(links);
}
