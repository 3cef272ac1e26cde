/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads what a running agent counts: maps that it pinned, mapped to be read only. Loads and attaches nothing. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "observe/kernel/libbpf_log.h"
#include "observe/kernel/map_check.h"
#include "observe/kernel/traffic_state.h"

static const size_t index_bytes = CTNET_INDEX_ENTRIES * sizeof(ctnet_entry);

static int map_index(struct traffic_programs *programs)
{
	_cleanup_close_ int fd = pins_get(programs->pins, "index");
	void *memory;

	if (fd < 0)
		return fd;
	if (!map_is(fd, BPF_MAP_TYPE_ARRAY, (uint32_t)index_bytes, 1))
		return -ESTALE;
	memory = mmap(NULL, index_bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return -errno;
	programs->index = memory;
	return 0;
}

/* How the agent attaches: as it attached to the first. */
static enum attach_mode mode_of_agent(const struct traffic_programs *programs)
{
	for (uint32_t row = 0; row < rows_room(programs->rows); row++)
		if (rows_note(programs->rows, row)->attachment == CTNET_BY_CLSACT)
			return ATTACH_CLSACT;
	return ATTACH_TCX;
}

static void free_programs(struct traffic_programs **programs)
{
	traffic_free(*programs);
}

int traffic_read_along(const char *bpffs, struct traffic_programs **ret)
{
	_cleanup_(free_programs) struct traffic_programs *programs = calloc(1, sizeof(*programs));
	int r, cpus = libbpf_num_possible_cpus();

	if (!programs || cpus < 0)
		return programs ? cpus : -ENOMEM;
	libbpf_log_silence();
	programs->cpus = (uint32_t)cpus;
	programs->lost_fd = -1;
	programs->inner_fd = -1;
	programs->orphans = ARRAY_OF(struct traffic_orphan);
	r = pins_look(bpffs, &programs->pins);
	r = r ?: map_index(programs);
	r = r ?: rows_along(programs->index, programs->cpus, programs->pins, &programs->rows);
	if (r < 0)
		return r;
	programs->identity = pins_identity(programs->pins);
	programs->lost_fd = pins_get(programs->pins, "lost");
	programs->inner_fd = pins_get(programs->pins, "inner");
	programs->mode = mode_of_agent(programs);
	*ret = TAKE_PTR(programs);
	return 0;
}

bool traffic_is_along(const struct traffic_programs *programs)
{
	return !programs->bpf;
}

bool traffic_along_ended(const struct traffic_programs *programs)
{
	return traffic_is_along(programs) && pins_identity(programs->pins) != programs->identity;
}

static int find_row(const struct traffic_programs *programs, uint32_t ifindex, uint32_t netns, uint32_t *ret)
{
	const struct ctnet_inner_key key = { .netns = netns, .ifindex = ifindex };
	uint32_t row;

	if (netns == 0)
		return rows_find(programs->rows, ifindex, ret);
	if (programs->inner_fd < 0 || bpf_map_lookup_elem(programs->inner_fd, &key, &row) < 0 ||
	    row >= rows_room(programs->rows))
		return -ENOENT;
	*ret = row;
	return 0;
}

int traffic_claim_along(struct traffic_programs *programs, uint32_t ifindex, uint32_t netns, uint32_t *ret_row)
{
	struct attached attached = { .ifindex = ifindex, .netns = netns };
	const struct ctnet_note *note;
	uint32_t row;
	int r;

	rows_follow(programs->rows);
	if (find_row(programs, ifindex, netns, &row) < 0)
		return -EAGAIN;
	note = rows_note(programs->rows, row);
	attached.generation = __atomic_load_n(&note->generation, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&note->ifindex, __ATOMIC_SEQ_CST) != ifindex || note->netns != netns ||
	    note->attachment == CTNET_BY_NOTHING)
		return -EAGAIN;
	r = traffic_make_room(programs, row);
	if (r < 0)
		return r;
	programs->attached[row] = attached;
	*ret_row = row;
	return 0;
}

void traffic_end_along(struct traffic_programs *programs)
{
	if (!traffic_is_along(programs))
		return;
	if (programs->index)
		(void)munmap(programs->index, index_bytes);
	cleanup_close(&programs->lost_fd);
	cleanup_close(&programs->inner_fd);
}
