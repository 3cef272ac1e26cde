/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
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
