/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "observe/kernel/traffic_state.h"
#include "observe/netlink/tc_filters.h"

/* ---------------------------------------------------------------- the links of a row */

static void name_link(uint32_t row, enum ctnet_hook hook, char out[32])
{
	(void)snprintf(out, 32, "link-%u-%s", row, hook == CTNET_INGRESS ? "ingress" : "egress");
}

int traffic_pin_links(const struct traffic_programs *programs, uint32_t row, const struct tcx_links *links)
{
	char name[32];
	int r = 0;

	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS && r == 0; hook++) {
		name_link(row, hook, name);
		r = pins_put(programs->pins, name, links->fd[hook]);
	}
	if (r < 0)
		traffic_unpin_links(programs, row);
	return r;
}

void traffic_unpin_links(const struct traffic_programs *programs, uint32_t row)
{
	char name[32];

	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++) {
		name_link(row, hook, name);
		pins_drop(programs->pins, name);
	}
}

static void open_links(const struct traffic_programs *programs, uint32_t row, struct tcx_links *ret)
{
	char name[32];

	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++) {
		name_link(row, hook, name);
		ret->fd[hook] = pins_get(programs->pins, name);
	}
}

/* ---------------------------------------------------------------- its filters */

static struct clsact_filters filters_of(const struct ctnet_note *note)
{
	return (struct clsact_filters){
		.handle = note->handle,
		.priority = { (uint16_t)note->priority[CTNET_INGRESS], (uint16_t)note->priority[CTNET_EGRESS] },
	};
}

static uint32_t program_id(int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &size) < 0 ? 0 : info.id;
}

static bool filter_stands(const struct ctnet_note *note, enum ctnet_hook hook)
{
	return clsact_stands(note->ifindex, hook, note->handle, (uint16_t)note->priority[hook], note->program[hook]);
}

/*
 * A filter goes with its device, and when that is moved (dev_shutdown()); and no program ever has the id of one before it but after two
 * thousand million others. So one that stands there with the program that was noted is at the same device as ever.
 */
static int adopt_filters(const struct traffic_programs *programs, struct ctnet_note *note)
{
	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++)
		if (!filter_stands(note, hook))
			return -ENODEV;
	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++) {
		uint32_t id = program_id(programs->prog_fd[hook]);
		int r;

		/* both are known while one takes the other's place: a kill in between forgets neither */
		__atomic_store_n(&note->program[hook][1], id, __ATOMIC_SEQ_CST);
		r = clsact_replace(note->ifindex, hook, note->handle, (uint16_t)note->priority[hook],
		                   programs->prog_fd[hook]);
		if (r < 0)
			return r;
		__atomic_store_n(&note->program[hook][0], id, __ATOMIC_SEQ_CST);
	}
	return 0;
}

void traffic_note_filters(const struct traffic_programs *programs, const struct clsact_filters *filters,
                          struct ctnet_note *note)
{
	note->handle = filters->handle;
	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++) {
		note->priority[hook] = filters->priority[hook];
		note->program[hook][0] = program_id(programs->prog_fd[hook]);
	}
}

/* Those of ours, if they are there; another's stay. */
static void remove_filters(const struct ctnet_note *note)
{
	struct clsact_filters filters = filters_of(note);

	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++)
		if (!filter_stands(note, hook))
			filters.priority[hook] = 0;
	if (filters.priority[CTNET_INGRESS] || filters.priority[CTNET_EGRESS])
		clsact_detach(note->ifindex, &filters);
}

/* ---------------------------------------------------------------- rows that were left */

static bool is_unclaimed(const struct traffic_programs *programs, uint32_t row)
{
	return rows_in_use(programs->rows, row) &&
	       (row >= programs->attached_room || programs->attached[row].ifindex == 0);
}

static bool device_is_gone(const struct traffic_programs *programs, uint32_t row)
{
	const struct ctnet_note *note = rows_note(programs->rows, row);
	struct tcx_links links = { { -1, -1 } };
	bool gone;

	if (note->attachment == CTNET_BY_CLSACT)
		return !filter_stands(note, CTNET_INGRESS);
	if (note->attachment != CTNET_BY_TCX)
		return false;
	open_links(programs, row, &links);
	gone = links.fd[CTNET_INGRESS] >= 0 && tcx_is_dead(links.fd[CTNET_INGRESS]);
	tcx_detach(&links);
	return gone;
}

static void remember_orphan(struct traffic_programs *programs, uint32_t row)
{
	const struct ctnet_note *note = rows_note(programs->rows, row);
	struct traffic_orphan orphan = { .ifindex = note->ifindex, .inside = note->netns != 0 };

	memcpy(orphan.name, note->name, sizeof(orphan.name) - 1);
	memcpy(orphan.kind, note->kind, sizeof(orphan.kind) - 1);
	if (!note_kept(note, note->generation, &orphan.kept))
		return; /* it was not told of yet: where it began nobody knows */
	rows_read(programs->rows, row, orphan.counted);
	(void)array_append(&programs->orphans, &orphan);
}

/* Detaches what may still be attached and gives the row back. */
static void let_go(struct traffic_programs *programs, uint32_t row)
{
	const struct ctnet_note *note = rows_note(programs->rows, row);
	const struct ctnet_inner_key key = { .netns = note->netns, .ifindex = note->ifindex };
	struct tcx_links links;

	if (note->attachment == CTNET_BY_CLSACT) {
		remove_filters(note);
	} else {
		open_links(programs, row, &links);
		tcx_remove(&links);
		traffic_unpin_links(programs, row);
	}
	if (key.netns == 0) {
		rows_give_back(programs->rows, key.ifindex);
		return;
	}
	if (programs->inner)
		inner_programs_forget(programs->inner, key);
	rows_give_back_unlisted(programs->rows, row);
}

static void bury(struct traffic_programs *programs, uint32_t row)
{
	bool gone = device_is_gone(programs, row);

	if (gone)
		remember_orphan(programs, row);
	programs->adoption.ended += gone;
	programs->adoption.anew += !gone;
	programs->adoption.unclaimed--;
	let_go(programs, row);
}

static int adopt_links(struct traffic_programs *programs, uint32_t row, int netns_fd, struct tcx_links *links)
{
	const struct ctnet_note *note = rows_note(programs->rows, row);
	const struct ctnet_inner_key key = { .netns = note->netns, .ifindex = note->ifindex };

	open_links(programs, row, links);
	if (links->fd[CTNET_INGRESS] < 0 || links->fd[CTNET_EGRESS] < 0)
		return -ENODEV;
	if (netns_fd < 0)
		return tcx_adopt(links, programs->prog_fd, note->ifindex);
	return programs->inner ? inner_programs_adopt(programs->inner, netns_fd, key, row, links) : -EOPNOTSUPP;
}

int traffic_adopt(struct traffic_programs *programs, uint32_t row, int netns_fd)
{
	struct ctnet_note *note = rows_note(programs->rows, row);
	bool tcx = programs->mode == ATTACH_TCX;
	struct attached attached = { .ifindex = note->ifindex, .netns = note->netns };
	struct tcx_links links = { { -1, -1 } };
	int r = traffic_make_room(programs, row);

	if (r == 0 && note->attachment != (tcx ? CTNET_BY_TCX : CTNET_BY_CLSACT))
		r = -EOPNOTSUPP;
	if (r == 0)
		r = tcx ? adopt_links(programs, row, netns_fd, &links) : adopt_filters(programs, note);
	if (r < 0) {
		tcx_detach(&links);
		bury(programs, row);
		return r;
	}
	if (tcx)
		attached.links = links;
	else
		attached.filters = filters_of(note);
	programs->attached[row] = attached;
	programs->adoption.adopted++;
	programs->adoption.unclaimed--;
	return 0;
}

static bool leads_to_its_row(void *context, struct ctnet_inner_key key, uint32_t row)
{
	const struct traffic_programs *programs = context;
	const struct ctnet_note *note = rows_in_use(programs->rows, row) ? rows_note(programs->rows, row) : NULL;

	return note && note->netns == key.netns && note->ifindex == key.ifindex;
}

static bool is_noted(void *context, enum ctnet_hook hook, const struct tc_item *filter)
{
	const struct traffic_programs *programs = context;
	const struct ctnet_note *note;
	uint32_t row, id = clsact_program_of(filter);

	if (!programs->pins || rows_find(programs->rows, filter->ifindex, &row) < 0)
		return false;
	note = rows_note(programs->rows, row);
	return note->attachment == CTNET_BY_CLSACT && note->handle == filter->handle &&
	       note->priority[hook] == filter->priority && id != 0 &&
	       (note->program[hook][0] == id || note->program[hook][1] == id);
}

void traffic_inherit(struct traffic_programs *programs)
{
	(void)clsact_sweep(is_noted, programs);
	if (!programs->pins)
		return;
	if (programs->inner)
		inner_programs_mend(programs->inner, leads_to_its_row, programs);
	programs->adoption.unclaimed = rows_used(programs->rows);
	for (uint32_t row = 0; row < rows_room(programs->rows); row++) {
		/* taken, but killed before it was attached */
		if (rows_in_use(programs->rows, row) &&
		    rows_note(programs->rows, row)->attachment == CTNET_BY_NOTHING) {
			let_go(programs, row);
			programs->adoption.unclaimed--;
		}
	}
}

void traffic_settle(struct traffic_programs *programs)
{
	for (uint32_t row = 0; programs->adoption.unclaimed > 0 && row < rows_room(programs->rows); row++)
		if (is_unclaimed(programs, row))
			bury(programs, row);
}

bool traffic_orphan_next(struct traffic_programs *programs, struct traffic_orphan *ret)
{
	size_t count = programs->orphans.count;

	if (count == 0)
		return false;
	*ret = *(struct traffic_orphan *)array_at(&programs->orphans, count - 1);
	array_remove(&programs->orphans, count - 1, 1);
	return true;
}

/* ---------------------------------------------------------------- for people */

static void say_count(struct buf *out, uint32_t count, const char *what)
{
	if (count > 0)
		(void)buf_printf(out, "%u interface%s %s\n", count, count > 1 ? "s" : "", what);
}

int traffic_story(const struct traffic_programs *programs, struct buf *ret)
{
	const struct adoption *a = &programs->adoption;

	if (programs->no_pins[0])
		(void)buf_printf(ret, "%s\n", programs->no_pins);
	if (programs->pins && pins_replaced(programs->pins)[0])
		(void)buf_printf(ret, "replaced what a ctnetd with another layout left (%s): the split begins anew\n",
		                 pins_replaced(programs->pins));
	if (a->cleared)
		(void)buf_puts(
			ret,
			"replaced maps that an agent before left and that are not as ours: the split begins anew\n");
	say_count(ret, a->adopted, "counted on since the last ctnetd");
	say_count(ret, a->anew, "of the last ctnetd could not be taken over: the split begins anew");
	say_count(ret, a->ended, "of the last ctnetd ended while none ran");
	return ret->failed ? -ENOMEM : 0;
}
