/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/inner_programs.h"

#include <errno.h>
#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <inner.skel.h>

#include "base/cleanup.h"
#include "observe/kernel/kernel_price.h"
#include "observe/kernel/map_check.h"
#include "observe/kernel/pins.h"
#include "observe/namespaces/visit.h"

struct inner_programs {
	struct inner_bpf *bpf;
	int prog_fd[CTNET_HOOKS];
};

static void free_programs(struct inner_programs **programs)
{
	inner_programs_free(*programs);
}

/* The map that the last agent left, or else ours for the next. */
static int reuse_pinned(struct bpf_map *map, const struct pins *pins)
{
	_cleanup_close_ int fd = pins_get(pins, "inner");

	if (fd < 0 || !map_like(fd, bpf_map__type(map), bpf_map__key_size(map), bpf_map__value_size(map),
	                        bpf_map__max_entries(map)))
		return 0;
	return bpf_map__reuse_fd(map, fd);
}

static int load(struct inner_programs *programs, int chunks_fd, int lost_fd, const struct pins *pins)
{
	int r;

	programs->bpf = inner_bpf__open();
	if (!programs->bpf)
		return -errno;
	r = bpf_map__reuse_fd(programs->bpf->maps.ctnet_chunks, chunks_fd);
	if (r == 0)
		r = bpf_map__reuse_fd(programs->bpf->maps.ctnet_lost, lost_fd);
	if (r == 0 && pins)
		r = reuse_pinned(programs->bpf->maps.ctnet_inner, pins);
	if (r == 0)
		r = inner_bpf__load(programs->bpf);
	if (r == 0 && pins)
		r = pins_put(pins, "inner", bpf_map__fd(programs->bpf->maps.ctnet_inner));
	if (r < 0)
		return r;
	programs->prog_fd[CTNET_INGRESS] = bpf_program__fd(programs->bpf->progs.ctnet_inner_rx);
	programs->prog_fd[CTNET_EGRESS] = bpf_program__fd(programs->bpf->progs.ctnet_inner_tx);
	return 0;
}

int inner_programs_open(int chunks_fd, int lost_fd, const struct pins *pins, struct inner_programs **ret)
{
	_cleanup_(free_programs) struct inner_programs *programs = calloc(1, sizeof(*programs));
	int r;

	if (!programs)
		return -ENOMEM;
	r = load(programs, chunks_fd, lost_fd, pins);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(programs);
	return 0;
}

static int map_of(const struct inner_programs *programs)
{
	return bpf_map__fd(programs->bpf->maps.ctnet_inner);
}

/* What a thread that is there has to do. */
struct errand {
	const int *prog_fd;
	uint32_t ifindex;
	struct tcx_links links;
};

static int attach_there(void *context)
{
	struct errand *errand = context;

	return tcx_attach(errand->prog_fd, errand->ifindex, &errand->links);
}

int inner_programs_attach(const struct inner_programs *programs, int netns_fd, struct ctnet_inner_key key, uint32_t row,
                          struct tcx_links *ret)
{
	struct errand errand = { .prog_fd = programs->prog_fd, .ifindex = key.ifindex };
	int r;

	/* the row is looked for from the first packet on */
	r = bpf_map_update_elem(map_of(programs), &key, &row, BPF_NOEXIST);
	if (r < 0)
		return r == -E2BIG ? -ENOSPC : r;
	r = visit_netns(netns_fd, attach_there, &errand);
	if (r < 0) {
		inner_programs_forget(programs, key);
		return r;
	}
	*ret = errand.links;
	return 0;
}

static int adopt_there(void *context)
{
	const struct errand *errand = context;

	return tcx_adopt(&errand->links, errand->prog_fd, errand->ifindex);
}

int inner_programs_adopt(const struct inner_programs *programs, int netns_fd, struct ctnet_inner_key key, uint32_t row,
                         const struct tcx_links *links)
{
	struct errand errand = { .prog_fd = programs->prog_fd, .ifindex = key.ifindex, .links = *links };
	int r = bpf_map_update_elem(map_of(programs), &key, &row, BPF_ANY);

	return r < 0 ? r : visit_netns(netns_fd, adopt_there, &errand);
}

/* Deleting the key at hand would begin the walk anew: the next one is found first. */
void inner_programs_mend(const struct inner_programs *programs,
                         bool (*theirs)(void *context, struct ctnet_inner_key key, uint32_t row), void *context)
{
	struct ctnet_inner_key key, next;
	int fd = map_of(programs), r = bpf_map_get_next_key(fd, NULL, &next);
	uint32_t row;

	while (r == 0) {
		key = next;
		r = bpf_map_get_next_key(fd, &key, &next);
		if (bpf_map_lookup_elem(fd, &key, &row) == 0 && !theirs(context, key, row))
			(void)bpf_map_delete_elem(fd, &key);
	}
}

void inner_programs_forget(const struct inner_programs *programs, struct ctnet_inner_key key)
{
	(void)bpf_map_delete_elem(map_of(programs), &key);
}

int inner_programs_fd(const struct inner_programs *programs, enum ctnet_hook hook)
{
	return programs->prog_fd[hook];
}

int inner_programs_price(const struct inner_programs *programs, struct kernel_price *price)
{
	return programs ? kernel_price_add(price, programs->bpf->obj) : 0;
}

void inner_programs_free(struct inner_programs *programs)
{
	if (!programs)
		return;
	inner_bpf__destroy(programs->bpf);
	free(programs);
}
