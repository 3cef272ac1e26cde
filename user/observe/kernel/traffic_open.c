/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/traffic_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <traffic.skel.h>

#include "base/cleanup.h"
#include "observe/kernel/kernel_price.h"
#include "observe/kernel/libbpf_log.h"
#include "observe/kernel/load_fault.h"
#include "observe/kernel/map_check.h"

/* Filled only where the verifier refuses; it wants room for the log of every path (ENOSPC before 6.4 where it is short). */
#define LOG_BYTES ((size_t)1 << 20)

/* What is pinned of the programs' maps. */
enum { PINNED_MAPS = 3 };

struct pinned_map {
	const char *name;
	struct bpf_map *map;
	int fd; /* of the one that an agent before us left; -1: none that is like ours */
};

static void find_left(const struct pins *pins, struct pinned_map *map)
{
	map->fd = pins_get(pins, map->name);
	if (map->fd >= 0 && !map_like(map->fd, bpf_map__type(map->map), bpf_map__key_size(map->map),
	                              bpf_map__value_size(map->map), bpf_map__max_entries(map->map))) {
		(void)close(map->fd);
		map->fd = -1;
	}
}

/* All of what the last agent left, or nothing of it. */
static int take_up_maps(struct traffic_programs *programs, struct pinned_map maps[PINNED_MAPS], bool *ret_all)
{
	size_t left = 0;
	int r = 0;

	for (size_t i = 0; i < PINNED_MAPS; i++) {
		find_left(programs->pins, &maps[i]);
		left += maps[i].fd >= 0;
	}
	*ret_all = left == PINNED_MAPS;
	if (!*ret_all) {
		programs->adoption.cleared = left > 0;
		pins_clear(programs->pins);
	}
	for (size_t i = 0; i < PINNED_MAPS; i++) {
		if (*ret_all)
			r = r ?: bpf_map__reuse_fd(maps[i].map, maps[i].fd); /* it takes a copy */
		if (maps[i].fd >= 0)
			(void)close(maps[i].fd);
	}
	return r;
}

static int load_with_pins(struct traffic_programs *programs)
{
	struct pinned_map maps[PINNED_MAPS] = {
		{ "index", programs->bpf->maps.bss, -1 },
		{ "chunks", programs->bpf->maps.ctnet_chunks, -1 },
		{ "lost", programs->bpf->maps.ctnet_lost, -1 },
	};
	bool all;
	int r = take_up_maps(programs, maps, &all);

	r = r ?: traffic_bpf__load(programs->bpf);
	for (size_t i = 0; i < PINNED_MAPS && !all; i++)
		r = r ?: pins_put(programs->pins, maps[i].name, bpf_map__fd(maps[i].map));
	return r;
}

/* bpf_map__inner_map() could size the pattern, but what it returns crashes every setter of libbpf 1.1. */
static int load_with_pattern(struct traffic_programs *programs)
{
	_cleanup_close_ int pattern = rows_chunk_map(programs->cpus);
	int r;

	if (pattern < 0)
		return pattern;
	r = bpf_map__set_inner_map_fd(programs->bpf->maps.ctnet_chunks, pattern);
	if (r < 0)
		return r;
	return programs->pins ? load_with_pins(programs) : traffic_bpf__load(programs->bpf);
}

static int load(struct traffic_programs *programs, struct fault *fault)
{
	_cleanup_free_ char *log = calloc(1, LOG_BYTES);
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_buf = log, .kernel_log_size = LOG_BYTES);
	int r, cpus = libbpf_num_possible_cpus();

	if (!log)
		return load_fault(fault, -ENOMEM, "");
	libbpf_log_silence();
	if (cpus < 0)
		return fault_set(fault, cpus, EXIT_CODE_RUNTIME, "cannot tell how many CPUs there are: %s",
		                 strerror(-cpus));
	programs->cpus = (uint32_t)cpus;
	programs->bpf = traffic_bpf__open_opts(&opts);
	if (!programs->bpf)
		return load_fault(fault, -errno, "");
	r = load_with_pattern(programs);
	if (r < 0)
		return load_fault(fault, r, libbpf_log_reason(log));
	programs->prog_fd[CTNET_INGRESS] = bpf_program__fd(programs->bpf->progs.ctnet_ingress);
	programs->prog_fd[CTNET_EGRESS] = bpf_program__fd(programs->bpf->progs.ctnet_egress);
	return 0;
}

/* Also with TCX: the one before us may have been told to take clsact. */
static int choose_mode(struct traffic_programs *programs, enum attach_mode mode, struct fault *fault)
{
	bool tcx = tcx_usable(programs->prog_fd[CTNET_INGRESS]);
	int r;

	if (mode == ATTACH_TCX && !tcx)
		return fault_set(fault, -EOPNOTSUPP, EXIT_CODE_KERNEL_LACKS,
		                 "this kernel has no TCX (Linux 6.6 and later): attach with clsact");
	programs->mode = mode == ATTACH_AUTO ? (tcx ? ATTACH_TCX : ATTACH_CLSACT) : mode;
	if (programs->mode == ATTACH_CLSACT) {
		r = clsact_new(programs->pins != NULL, &programs->clsact, fault);
		if (r < 0)
			return r;
	}
	(void)clsact_reclaim(programs->clsact);
	return 0;
}

static int open_rows(struct traffic_programs *programs, struct fault *fault)
{
	int r = rows_new(programs->bpf->bss->ctnet_index, bpf_map__fd(programs->bpf->maps.ctnet_chunks), programs->cpus,
	                 &programs->rows);

	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot make the table of counters: %s", strerror(-r));
	if (programs->pins)
		rows_keep(programs->rows, programs->pins);
	programs->lost_fd = bpf_map__fd(programs->bpf->maps.ctnet_lost);
	return 0;
}

static void free_programs(struct traffic_programs **programs)
{
	traffic_free(*programs);
}

static int open_all(struct traffic_programs *programs, enum attach_mode mode, struct fault *fault)
{
	int r = load(programs, fault);

	if (r < 0)
		return r;
	r = open_rows(programs, fault);
	if (r < 0)
		return r;
	r = choose_mode(programs, mode, fault);
	if (r < 0)
		return r;
	if (programs->mode == ATTACH_TCX)
		(void)inner_programs_open(bpf_map__fd(programs->bpf->maps.ctnet_chunks), programs->lost_fd,
		                          programs->pins, &programs->inner);
	return 0;
}

static struct traffic_programs *new_programs(void)
{
	struct traffic_programs *programs = calloc(1, sizeof(*programs));

	if (programs) {
		programs->orphans = ARRAY_OF(struct traffic_orphan);
		programs->inner_fd = -1;
		programs->lost_fd = -1;
	}
	return programs;
}

int traffic_open(enum attach_mode mode, struct traffic_programs **ret, struct fault *fault)
{
	_cleanup_(free_programs) struct traffic_programs *programs = new_programs();
	int r;

	if (!programs)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "out of memory");
	r = open_all(programs, mode, fault);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(programs);
	return 0;
}

int traffic_open_lasting(enum attach_mode mode, const char *bpffs, struct traffic_programs **ret, struct fault *fault)
{
	_cleanup_(free_programs) struct traffic_programs *programs = new_programs();
	struct fault no_pins = { 0 };
	int r;

	if (!programs)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "out of memory");
	if (strcmp(bpffs, PINS_NOWHERE) != 0 && pins_open(bpffs, &programs->pins, &no_pins) < 0)
		(void)snprintf(programs->no_pins, sizeof(programs->no_pins), "%s", no_pins.text);
	r = open_all(programs, mode, fault);
	if (r < 0)
		return r;
	traffic_inherit(programs);
	*ret = TAKE_PTR(programs);
	return 0;
}

const char *traffic_mode_name(const struct traffic_programs *programs)
{
	return programs->mode == ATTACH_TCX ? "tcx" : "clsact";
}

int traffic_price(const struct traffic_programs *programs, struct kernel_price *price)
{
	int r = programs->bpf ? kernel_price_add(price, programs->bpf->obj) : 0;

	r = r ?: inner_programs_price(programs->inner, price);
	/* the arrays in ctnet_chunks, made one by one */
	return r ?: kernel_price_add_map(price, "ctnet_rows", rows_chunk_memory(programs->rows));
}

void traffic_free(struct traffic_programs *programs)
{
	if (!programs)
		return;
	traffic_detach_all(programs);
	free(programs->attached);
	rows_free(programs->rows);
	clsact_free(programs->clsact);
	inner_programs_free(programs->inner);
	traffic_bpf__destroy(programs->bpf);
	traffic_end_along(programs);
	pins_close(programs->pins, programs->leave);
	array_free(&programs->orphans);
	free(programs);
}
