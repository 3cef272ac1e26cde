/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/traffic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "observe/kernel/traffic_state.h"

/* ---------------------------------------------------------------- one interface */

int traffic_make_room(struct traffic_programs *programs, uint32_t row)
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

static struct ctnet_inner_key inner_key(const struct attached *attached)
{
	return (struct ctnet_inner_key){ .netns = attached->netns, .ifindex = attached->ifindex };
}

/* Notes last how it is attached: before, whoever comes after us takes it for not attached. */
static int keep_attached(const struct traffic_programs *programs, uint32_t row, const struct attached *attached)
{
	struct ctnet_note *note = rows_note(programs->rows, row);
	bool tcx = programs->mode == ATTACH_TCX;
	int r = 0;

	if (!programs->pins)
		return 0;
	if (tcx)
		r = traffic_pin_links(programs, row, &attached->links);
	else
		traffic_note_filters(programs, &attached->filters, note);
	if (r == 0)
		__atomic_store_n(&note->attachment, tcx ? CTNET_BY_TCX : CTNET_BY_CLSACT, __ATOMIC_SEQ_CST);
	return r;
}

static void take_off(const struct traffic_programs *programs, struct attached *attached)
{
	if (programs->mode == ATTACH_TCX)
		tcx_remove(&attached->links);
	else
		clsact_detach(attached->ifindex, &attached->filters);
}

static int put_on(const struct traffic_programs *programs, int netns_fd, uint32_t row, struct attached *attached)
{
	int r;

	if (netns_fd >= 0)
		r = inner_programs_attach(programs->inner, netns_fd, inner_key(attached), row, &attached->links);
	else if (programs->mode == ATTACH_TCX)
		r = tcx_attach(programs->prog_fd, attached->ifindex, &attached->links);
	else
		r = clsact_attach(programs->clsact, programs->prog_fd, attached->ifindex, &attached->filters);
	if (r < 0)
		return r;
	r = keep_attached(programs, row, attached);
	if (r < 0) {
		take_off(programs, attached);
		if (netns_fd >= 0)
			inner_programs_forget(programs->inner, inner_key(attached));
	}
	return r;
}

/* Attaches to the interface that a row was taken for. */
static int attach(struct traffic_programs *programs, int netns_fd, uint32_t row, struct attached attached)
{
	int r = traffic_make_room(programs, row);

	if (r < 0)
		return r;
	note_begin(rows_note(programs->rows, row), attached.ifindex, attached.netns);
	r = put_on(programs, netns_fd, row, &attached);
	if (r == 0)
		programs->attached[row] = attached;
	return r;
}

int traffic_attach(struct traffic_programs *programs, uint32_t ifindex)
{
	uint32_t row;
	int r;

	if (ifindex == 0)
		return -ENODEV;
	if (traffic_is_along(programs))
		return traffic_claim_along(programs, ifindex, 0, &row);
	if (rows_find(programs->rows, ifindex, &row) == 0) {
		if (row < programs->attached_room && programs->attached[row].ifindex)
			return 0;
		if (traffic_adopt(programs, row, -1) == 0)
			return 0;
	}
	r = rows_take(programs->rows, ifindex, &row);
	if (r < 0)
		return r;
	r = attach(programs, -1, row, (struct attached){ .ifindex = ifindex });
	if (r < 0)
		rows_give_back(programs->rows, ifindex);
	return r;
}

static void detach(const struct traffic_programs *programs, uint32_t row)
{
	struct attached *attached = &programs->attached[row];

	take_off(programs, attached);
	if (programs->pins && programs->mode == ATTACH_TCX)
		traffic_unpin_links(programs, row);
	if (attached->netns)
		inner_programs_forget(programs->inner, inner_key(attached));
	*attached = (struct attached){ .ifindex = 0 };
}

/* The row of an attached interface. Who reads along finds it also when the agent let it go: it is readable until it is taken again. */
static int row_of(const struct traffic_programs *programs, uint32_t ifindex, uint32_t *ret)
{
	if (!traffic_is_along(programs))
		return rows_find(programs->rows, ifindex, ret);
	for (uint32_t row = 0; row < programs->attached_room; row++) {
		const struct attached *attached = &programs->attached[row];

		if (attached->ifindex != ifindex || attached->netns != 0)
			continue;
		*ret = row;
		return 0;
	}
	return -ENOENT;
}

void traffic_detach(struct traffic_programs *programs, uint32_t ifindex)
{
	uint32_t row;

	if (programs->leave || row_of(programs, ifindex, &row) < 0)
		return;
	if (traffic_is_along(programs)) {
		programs->attached[row].ifindex = 0;
		return;
	}
	if (row < programs->attached_room && programs->attached[row].ifindex) {
		detach(programs, row);
		rows_give_back(programs->rows, ifindex);
	}
}

/* Reads a row that is still the interface's; the agent that we read along may have given it to another. */
static int read_row(const struct traffic_programs *programs, uint32_t row, struct ctnet_counters ret[CTNET_HOOKS])
{
	struct ctnet_counters counted[CTNET_HOOKS];

	if (!traffic_is_along(programs)) {
		rows_read(programs->rows, row, ret);
		return 0;
	}
	rows_read(programs->rows, row, counted);
	if (__atomic_load_n(&rows_note(programs->rows, row)->generation, __ATOMIC_SEQ_CST) !=
	    programs->attached[row].generation)
		return -ENOENT;
	memcpy(ret, counted, sizeof(counted));
	return 0;
}

int traffic_read(const struct traffic_programs *programs, uint32_t ifindex, struct ctnet_counters ret[CTNET_HOOKS])
{
	uint32_t row;
	int r = row_of(programs, ifindex, &row);

	return r < 0 ? r : read_row(programs, row, ret);
}

/* ---------------------------------------------------------------- what is kept beside a row */

void traffic_keep_inside(const struct traffic_programs *programs, uint32_t row, const struct ctnet_kept *kept)
{
	if (programs->pins && !traffic_is_along(programs))
		note_keep(rows_note(programs->rows, row), kept);
}

bool traffic_kept_inside(const struct traffic_programs *programs, uint32_t row, struct ctnet_kept *ret)
{
	const struct ctnet_note *note = rows_note(programs->rows, row);

	return programs->pins &&
	       note_kept(note, traffic_is_along(programs) ? programs->attached[row].generation : note->generation, ret);
}

void traffic_keep(const struct traffic_programs *programs, uint32_t ifindex, const struct ctnet_kept *kept)
{
	uint32_t row;

	if (row_of(programs, ifindex, &row) == 0)
		traffic_keep_inside(programs, row, kept);
}

bool traffic_kept(const struct traffic_programs *programs, uint32_t ifindex, struct ctnet_kept *ret)
{
	uint32_t row;

	return row_of(programs, ifindex, &row) == 0 && traffic_kept_inside(programs, row, ret);
}

void traffic_note_name(const struct traffic_programs *programs, uint32_t ifindex, const char *name, const char *kind)
{
	struct ctnet_note *note;
	uint32_t row;

	if (traffic_is_along(programs) || row_of(programs, ifindex, &row) < 0)
		return;
	note = rows_note(programs->rows, row);
	strncpy(note->name, name, sizeof(note->name) - 1);
	strncpy(note->kind, kind, sizeof(note->kind) - 1);
}

/* ---------------------------------------------------------------- one interface inside another namespace */

const char *traffic_inside_refusal(const struct traffic_programs *programs)
{
	if (programs->mode != ATTACH_TCX)
		return "programs inside other namespaces are attached by TCX alone (Linux 6.6)";
	if (traffic_is_along(programs) ? programs->inner_fd < 0 : !programs->inner)
		return "no program can tell namespaces apart here (needs BTF and CAP_PERFMON)";
	return NULL;
}

/* The row that an agent before us had for it, or none. */
static bool find_left_inside(const struct traffic_programs *programs, uint32_t netns, uint32_t ifindex, uint32_t *ret)
{
	if (programs->adoption.unclaimed == 0)
		return false;
	for (uint32_t row = 0; row < rows_room(programs->rows); row++) {
		const struct ctnet_note *note = rows_note(programs->rows, row);

		if (!rows_in_use(programs->rows, row) || note->netns != netns || note->ifindex != ifindex ||
		    (row < programs->attached_room && programs->attached[row].ifindex))
			continue;
		*ret = row;
		return true;
	}
	return false;
}

int traffic_attach_inside(struct traffic_programs *programs, int netns_fd, uint32_t ifindex, uint32_t *ret_row)
{
	struct attached attached = { .ifindex = ifindex };
	struct stat status;
	uint32_t row;
	int r;

	if (traffic_inside_refusal(programs))
		return -EOPNOTSUPP;
	if (fstat(netns_fd, &status) < 0)
		return -errno;
	attached.netns = (uint32_t)status.st_ino;
	if (traffic_is_along(programs))
		return traffic_claim_along(programs, ifindex, attached.netns, ret_row);
	if (find_left_inside(programs, attached.netns, ifindex, &row) && traffic_adopt(programs, row, netns_fd) == 0) {
		*ret_row = row;
		return 0;
	}
	r = rows_take_unlisted(programs->rows, &row);
	if (r < 0)
		return r;
	r = attach(programs, netns_fd, row, attached);
	if (r < 0) {
		rows_give_back_unlisted(programs->rows, row);
		return r;
	}
	*ret_row = row;
	return 0;
}

void traffic_detach_inside(struct traffic_programs *programs, uint32_t row)
{
	if (programs->leave)
		return;
	if (traffic_is_along(programs)) {
		programs->attached[row].ifindex = 0;
		return;
	}
	detach(programs, row);
	rows_give_back_unlisted(programs->rows, row);
}

int traffic_read_inside(const struct traffic_programs *programs, uint32_t row, struct ctnet_counters ret[CTNET_HOOKS])
{
	return read_row(programs, row, ret);
}

/* ---------------------------------------------------------------- all of them */

void traffic_losses(const struct traffic_programs *programs, uint64_t ret[CTNET_TRAFFIC_LOSSES])
{
	_cleanup_free_ uint64_t *by_cpu = calloc(programs->cpus, sizeof(*by_cpu));
	int fd = programs->lost_fd;

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

uint32_t traffic_attached(const struct traffic_programs *programs)
{
	return rows_used(programs->rows);
}

/* ---------------------------------------------------------------- the end */

void traffic_leave(struct traffic_programs *programs)
{
	programs->leave = programs->pins && !traffic_is_along(programs);
}

/* What stays attached must not be taken away with its descriptors: a pin holds it. */
static void close_links(struct traffic_programs *programs)
{
	for (size_t row = 0; programs->mode == ATTACH_TCX && row < programs->attached_room; row++)
		if (programs->attached[row].ifindex)
			tcx_detach(&programs->attached[row].links);
}

void traffic_detach_all(struct traffic_programs *programs)
{
	if (traffic_is_along(programs))
		return;
	if (programs->leave) {
		close_links(programs);
		return;
	}
	traffic_settle(programs);
	for (uint32_t row = 0; row < programs->attached_room; row++)
		if (programs->attached[row].ifindex)
			detach(programs, row);
}
