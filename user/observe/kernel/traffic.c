/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/traffic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <traffic.skel.h>

#include "base/cleanup.h"
#include "observe/kernel/attach.h"
#include "observe/kernel/inner_programs.h"
#include "observe/kernel/kernel_price.h"
#include "observe/kernel/libbpf_log.h"
#include "observe/kernel/load_fault.h"
#include "observe/kernel/rows.h"

/* Filled only where the verifier refuses; it wants room for the log of every path (ENOSPC before 6.4 where it is short). */
#define LOG_BYTES ((size_t)1 << 20)

/* How one interface is attached. */
struct attached {
	union {
		struct tcx_links links;
		struct clsact_filters filters;
	};
	uint32_t ifindex; /* 0: the row is nobody's */
	uint32_t netns;   /* inode of the namespace it is inside of; 0: ours, where the index of rows leads to it */
};

struct traffic_programs {
	struct traffic_bpf *bpf;
	enum attach_mode mode; /* never ATTACH_AUTO */
	struct clsact *clsact; /* NULL with TCX */
	int prog_fd[CTNET_HOOKS];
	struct inner_programs *inner; /* NULL: this kernel does not let them be loaded, or attached */
	uint32_t cpus;
	struct rows *rows;
	struct attached *attached; /* by row */
	size_t attached_room;
};

/* ---------------------------------------------------------------- open */

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
	return traffic_bpf__load(programs->bpf);
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
		r = clsact_new(&programs->clsact, fault);
		if (r < 0)
			return r;
	}
	clsact_reclaim(programs->clsact);
	return 0;
}

static int open_rows(struct traffic_programs *programs, struct fault *fault)
{
	int r = rows_new(programs->bpf->bss->ctnet_index, bpf_map__fd(programs->bpf->maps.ctnet_chunks), programs->cpus,
	                 &programs->rows);

	if (r < 0)
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot make the table of counters: %s", strerror(-r));
	return 0;
}

static void free_programs(struct traffic_programs **programs)
{
	traffic_free(*programs);
}

int traffic_open(enum attach_mode mode, struct traffic_programs **ret, struct fault *fault)
{
	_cleanup_(free_programs) struct traffic_programs *programs = calloc(1, sizeof(*programs));
	int r;

	if (!programs)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "out of memory");
	r = load(programs, fault);
	if (r < 0)
		return r;
	r = open_rows(programs, fault);
	if (r < 0)
		return r;
	r = choose_mode(programs, mode, fault);
	if (r < 0)
		return r;
	if (programs->mode == ATTACH_TCX)
		(void)inner_programs_open(bpf_map__fd(programs->bpf->maps.ctnet_chunks),
		                          bpf_map__fd(programs->bpf->maps.ctnet_lost), &programs->inner);
	*ret = TAKE_PTR(programs);
	return 0;
}

const char *traffic_mode_name(const struct traffic_programs *programs)
{
	return programs->mode == ATTACH_TCX ? "tcx" : "clsact";
}

/* ---------------------------------------------------------------- one interface */

static int make_room(struct traffic_programs *programs, uint32_t row)
{
	size_t room = ((size_t)row / CTNET_CHUNK_ROWS + 1) * CTNET_CHUNK_ROWS;
	struct attached *attached;

	if (row < programs->attached_room)
		return 0;
	attached = reallocarray(programs->attached, room, sizeof(*attached));
	if (!attached)
		return -ENOMEM;
	memset(attached + programs->attached_room, 0, (room - programs->attached_room) * sizeof(*attached));
	programs->attached = attached;
	programs->attached_room = room;
	return 0;
}

static int attach(const struct traffic_programs *programs, uint32_t ifindex, struct attached *ret)
{
	if (programs->mode == ATTACH_TCX)
		return tcx_attach(programs->prog_fd, ifindex, &ret->links);
	return clsact_attach(programs->clsact, programs->prog_fd, ifindex, &ret->filters);
}

int traffic_attach(struct traffic_programs *programs, uint32_t ifindex)
{
	uint32_t row;
	int r;

	if (ifindex == 0)
		return -ENODEV;
	if (rows_find(programs->rows, ifindex, &row) == 0)
		return 0;
	r = rows_take(programs->rows, ifindex, &row);
	if (r < 0)
		return r;
	r = make_room(programs, row);
	if (r == 0)
		r = attach(programs, ifindex, &programs->attached[row]);
	if (r < 0) {
		rows_give_back(programs->rows, ifindex);
		return r;
	}
	programs->attached[row].ifindex = ifindex;
	return 0;
}

static struct ctnet_inner_key inner_key(const struct attached *attached)
{
	return (struct ctnet_inner_key){ .netns = attached->netns, .ifindex = attached->ifindex };
}

static void detach(const struct traffic_programs *programs, struct attached *attached)
{
	if (programs->mode == ATTACH_TCX)
		tcx_detach(&attached->links);
	else
		clsact_detach(attached->ifindex, &attached->filters);
	if (attached->netns)
		inner_programs_forget(programs->inner, inner_key(attached));
	attached->ifindex = 0;
	attached->netns = 0;
}

void traffic_detach(struct traffic_programs *programs, uint32_t ifindex)
{
	uint32_t row;

	if (rows_find(programs->rows, ifindex, &row) < 0)
		return;
	detach(programs, &programs->attached[row]);
	rows_give_back(programs->rows, ifindex);
}

int traffic_read(const struct traffic_programs *programs, uint32_t ifindex, struct ctnet_counters ret[CTNET_HOOKS])
{
	uint32_t row;
	int r = rows_find(programs->rows, ifindex, &row);

	if (r < 0)
		return r;
	rows_read(programs->rows, row, ret);
	return 0;
}

/* ---------------------------------------------------------------- one interface inside another namespace */

const char *traffic_inside_refusal(const struct traffic_programs *programs)
{
	if (programs->mode != ATTACH_TCX)
		return "programs inside other namespaces are attached by TCX alone (Linux 6.6)";
	if (!programs->inner)
		return "no program can tell namespaces apart here (needs BTF and CAP_PERFMON)";
	return NULL;
}

int traffic_attach_inside(struct traffic_programs *programs, int netns_fd, uint32_t ifindex, uint32_t *ret_row)
{
	struct attached attached = { .ifindex = ifindex };
	struct tcx_links links;
	struct stat status;
	uint32_t row;
	int r;

	if (traffic_inside_refusal(programs))
		return -EOPNOTSUPP;
	if (fstat(netns_fd, &status) < 0)
		return -errno;
	attached.netns = (uint32_t)status.st_ino;
	r = rows_take_unlisted(programs->rows, &row);
	if (r < 0)
		return r;
	r = make_room(programs, row);
	if (r == 0)
		r = inner_programs_attach(programs->inner, netns_fd, inner_key(&attached), row, &links);
	if (r < 0) {
		rows_give_back_unlisted(programs->rows, row);
		return r;
	}
	attached.links = links;
	programs->attached[row] = attached;
	*ret_row = row;
	return 0;
}

void traffic_detach_inside(struct traffic_programs *programs, uint32_t row)
{
	detach(programs, &programs->attached[row]);
	rows_give_back_unlisted(programs->rows, row);
}

void traffic_read_inside(const struct traffic_programs *programs, uint32_t row, struct ctnet_counters ret[CTNET_HOOKS])
{
	rows_read(programs->rows, row, ret);
}

/* ---------------------------------------------------------------- all of them */

void traffic_losses(const struct traffic_programs *programs, uint64_t ret[CTNET_TRAFFIC_LOSSES])
{
	_cleanup_free_ uint64_t *by_cpu = calloc(programs->cpus, sizeof(*by_cpu));
	int fd = bpf_map__fd(programs->bpf->maps.ctnet_lost);

	for (uint32_t what = 0; what < CTNET_TRAFFIC_LOSSES; what++) {
		ret[what] = 0;
		if (!by_cpu || bpf_map_lookup_elem(fd, &what, by_cpu) < 0)
			continue;
		for (uint32_t cpu = 0; cpu < programs->cpus; cpu++)
			ret[what] += by_cpu[cpu];
	}
}

int traffic_program_fd(const struct traffic_programs *programs, enum ctnet_hook hook)
{
	return programs->prog_fd[hook];
}

int traffic_inner_program_fd(const struct traffic_programs *programs, enum ctnet_hook hook)
{
	return inner_programs_fd(programs->inner, hook);
}

uint64_t traffic_map_bytes(const struct traffic_programs *programs)
{
	return rows_bytes(programs->rows) + (uint64_t)programs->cpus * CTNET_TRAFFIC_LOSSES * sizeof(uint64_t);
}

int traffic_price(const struct traffic_programs *programs, struct kernel_price *price)
{
	int r = kernel_price_add(price, programs->bpf->obj);

	r = r ?: inner_programs_price(programs->inner, price);
	/* the arrays in ctnet_chunks, made one by one */
	return r ?: kernel_price_add_map(price, "ctnet_rows", rows_chunk_memory(programs->rows));
}

uint32_t traffic_attached(const struct traffic_programs *programs)
{
	return rows_used(programs->rows);
}

void traffic_free(struct traffic_programs *programs)
{
	if (!programs)
		return;
	for (size_t row = 0; row < programs->attached_room; row++)
		if (programs->attached[row].ifindex)
			detach(programs, &programs->attached[row]);
	free(programs->attached);
	rows_free(programs->rows);
	clsact_free(programs->clsact);
	inner_programs_free(programs->inner);
	traffic_bpf__destroy(programs->bpf);
	free(programs);
}
