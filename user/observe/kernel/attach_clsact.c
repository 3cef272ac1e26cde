/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>
#include <linux/pkt_sched.h>

#include "base/cleanup.h"
#include "observe/kernel/attach.h"
#include "observe/kernel/attach_slot.h"
#include "observe/netlink/tc_filters.h"

/*
 * The handle of a filter of ours: a mark, the slot of the process that made it, and whether a ctnet made the qdisc it stands on.
 * Whoever comes later reads there what may be taken away.
 */
#define HANDLE_MARK       0xc7e00000U
#define HANDLE_SLOT_SHIFT 4
#define HANDLE_SLOT_MASK  (ATTACH_SLOTS - 1U)
#define HANDLE_MADE_QDISC 1U
#define HANDLE_LASTING    2U /* it outlives its process on purpose: the death of that says nothing */
#define HANDLE_KNOWN      (HANDLE_SLOT_MASK << HANDLE_SLOT_SHIFT | HANDLE_MADE_QDISC | HANDLE_LASTING)

/* The first priority runs first. A neighbour's filter of another kind may have it; then the next, but not for ever. */
#define MAX_PRIORITY 16

struct side {
	enum bpf_tc_attach_point point;
	uint32_t parent;
	const char *name; /* of the program; libbpf names the filter "name:[id]" */
};

static const struct side sides[CTNET_HOOKS] = {
	[CTNET_INGRESS] = { BPF_TC_INGRESS, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS), "ctnet_ingress" },
	[CTNET_EGRESS] = { BPF_TC_EGRESS, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS), "ctnet_egress" },
};

struct clsact {
	bool lasting;
	unsigned int slot;
	int slot_fd;
};

int clsact_new(bool lasting, struct clsact **ret, struct fault *fault)
{
	struct clsact *clsact = calloc(1, sizeof(*clsact));
	int r = -EADDRINUSE;

	if (!clsact)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "out of memory");
	for (unsigned int slot = 0; slot < ATTACH_SLOTS && r == -EADDRINUSE; slot++) {
		r = attach_slot_take(slot);
		clsact->slot = slot;
	}
	if (r < 0) {
		free(clsact);
		if (r == -EADDRINUSE)
			return fault_set(fault, r, EXIT_CODE_RUNTIME,
			                 "%d ctnet processes count in this network namespace: end one", ATTACH_SLOTS);
		return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot bind a unix socket: %s", strerror(-r));
	}
	clsact->lasting = lasting;
	clsact->slot_fd = r;
	*ret = clsact;
	return 0;
}

static bool is_ours(const struct tc_item *filter, const struct side *side)
{
	size_t len = strlen(side->name);

	return (filter->handle & ~HANDLE_KNOWN) == HANDLE_MARK && strcmp(filter->kind, "bpf") == 0 &&
	       strncmp(filter->name, side->name, len) == 0 && (filter->name[len] == ':' || filter->name[len] == '\0');
}

static unsigned int slot_of(uint32_t handle)
{
	return handle >> HANDLE_SLOT_SHIFT & HANDLE_SLOT_MASK;
}

/* ---------------------------------------------------------------- the qdisc */

static struct bpf_tc_hook hook_of(uint32_t ifindex, unsigned int points)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex, .attach_point = (enum bpf_tc_attach_point)points);

	return hook;
}

/*
 * Deletes the qdisc where nobody has a filter on either side; where that cannot be told it stays. Always asked for with both
 * sides: with one libbpf flushes that side, whoever's filters are there.
 */
static void remove_empty_qdisc(uint32_t ifindex)
{
	struct bpf_tc_hook both = hook_of(ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);

	for (int hook = 0; hook < CTNET_HOOKS; hook++) {
		_cleanup_(tc_list_free) struct tc_list filters = { 0 };

		if (tc_list_filters(ifindex, sides[hook].parent, &filters) < 0 || filters.count > 0)
			return;
	}
	(void)bpf_tc_hook_destroy(&both);
}

/* Whether a ctnet made the qdisc that stands here: then the last of them to go takes it away. */
static bool made_by_ctnet(uint32_t ifindex)
{
	for (int hook = 0; hook < CTNET_HOOKS; hook++) {
		_cleanup_(tc_list_free) struct tc_list filters = { 0 };

		if (tc_list_filters(ifindex, sides[hook].parent, &filters) < 0)
			return false;
		for (size_t i = 0; i < filters.count; i++)
			if (is_ours(&filters.items[i], &sides[hook]) && filters.items[i].handle & HANDLE_MADE_QDISC)
				return true;
	}
	return false;
}

/* Makes the qdisc or finds one. @ret_made: a ctnet made it, we or another. */
static int provide_qdisc(uint32_t ifindex, bool *ret_made)
{
	struct bpf_tc_hook both = hook_of(ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);
	struct tc_item qdisc;
	int r = bpf_tc_hook_create(&both);

	if (r == -EEXIST) {
		r = tc_find_qdisc(ifindex, &qdisc);
		if (r < 0)
			return r;
		/* it has one side only, and takes what is meant for the other for its own (ingress_tcf_block()) */
		if (strcmp(qdisc.kind, "clsact") != 0)
			return -EBUSY;
		*ret_made = made_by_ctnet(ifindex);
		return 0;
	}
	if (r < 0)
		return r;
	*ret_made = true;
	return 0;
}

/* ---------------------------------------------------------------- the filters */

static int add_filter(uint32_t ifindex, const struct side *side, int prog_fd, uint32_t handle, uint16_t *ret_priority)
{
	struct bpf_tc_hook hook = hook_of(ifindex, side->point);
	int r = -EINVAL;

	for (uint16_t priority = 1; priority <= MAX_PRIORITY; priority++) {
		LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog_fd, .handle = handle, .priority = priority);

		r = bpf_tc_attach(&hook, &opts);
		if (r == 0) {
			*ret_priority = priority;
			return 0;
		}
		/* what the kernel says of a priority that another kind or protocol has */
		if (r != -EINVAL && r != -EEXIST)
			return r;
	}
	return r == -EEXIST ? -EBUSY : r;
}

static void remove_filter(uint32_t ifindex, const struct side *side, uint32_t handle, uint16_t priority)
{
	struct bpf_tc_hook hook = hook_of(ifindex, side->point);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = handle, .priority = priority);

	(void)bpf_tc_detach(&hook, &opts); /* gone already, with its interface or by somebody's hand: as good */
}

int clsact_attach(const struct clsact *clsact, const int prog_fd[CTNET_HOOKS], uint32_t ifindex,
                  struct clsact_filters *ret)
{
	struct clsact_filters filters = { 0 };
	bool made;
	int r = provide_qdisc(ifindex, &made);

	if (r < 0)
		return r;
	filters.handle = HANDLE_MARK | clsact->slot << HANDLE_SLOT_SHIFT | (made ? HANDLE_MADE_QDISC : 0) |
	                 (clsact->lasting ? HANDLE_LASTING : 0);
	for (int hook = 0; hook < CTNET_HOOKS; hook++) {
		r = add_filter(ifindex, &sides[hook], prog_fd[hook], filters.handle, &filters.priority[hook]);
		if (r < 0) {
			clsact_detach(ifindex, &filters);
			return r;
		}
	}
	*ret = filters;
	return 0;
}

void clsact_detach(uint32_t ifindex, const struct clsact_filters *filters)
{
	for (int hook = 0; hook < CTNET_HOOKS; hook++)
		if (filters->priority[hook])
			remove_filter(ifindex, &sides[hook], filters->handle, filters->priority[hook]);
	if (filters->handle & HANDLE_MADE_QDISC)
		remove_empty_qdisc(ifindex);
}

/* ---------------------------------------------------------------- what the dead left */

enum liveness { UNKNOWN, ALIVE, DEAD };

/* Slots of the dead are held until all is done: a ctnet that starts meanwhile takes another. */
struct living {
	enum liveness slot[ATTACH_SLOTS];
	int held[ATTACH_SLOTS];
};

static bool is_dead(struct living *living, unsigned int slot)
{
	if (living->slot[slot] == UNKNOWN) {
		living->held[slot] = attach_slot_take(slot);
		living->slot[slot] = living->held[slot] < 0 ? ALIVE : DEAD;
	}
	return living->slot[slot] == DEAD;
}

/* Which filters of ctnets are to be removed. */
typedef bool (*doomed_fn)(void *context, enum ctnet_hook hook, const struct tc_item *filter);

static size_t remove_doomed(uint32_t ifindex, doomed_fn doomed, void *context)
{
	bool made = false;
	size_t count = 0;

	for (enum ctnet_hook hook = 0; hook < CTNET_HOOKS; hook++) {
		_cleanup_(tc_list_free) struct tc_list filters = { 0 };

		if (tc_list_filters(ifindex, sides[hook].parent, &filters) < 0)
			continue;
		for (size_t i = 0; i < filters.count; i++) {
			const struct tc_item *filter = &filters.items[i];

			if (!is_ours(filter, &sides[hook]) || !doomed(context, hook, filter))
				continue;
			remove_filter(ifindex, &sides[hook], filter->handle, filter->priority);
			made |= filter->handle & HANDLE_MADE_QDISC;
			count++;
		}
	}
	if (made)
		remove_empty_qdisc(ifindex);
	return count;
}

static size_t remove_everywhere(doomed_fn doomed, void *context)
{
	_cleanup_(tc_list_free) struct tc_list qdiscs = { 0 };
	size_t count = 0;

	if (tc_list_qdiscs(&qdiscs) < 0)
		return 0;
	for (size_t i = 0; i < qdiscs.count; i++)
		if (strcmp(qdiscs.items[i].kind, "clsact") == 0)
			count += remove_doomed(qdiscs.items[i].ifindex, doomed, context);
	return count;
}

static bool is_of_the_dead(void *living, enum ctnet_hook hook, const struct tc_item *filter)
{
	(void)hook;
	return !(filter->handle & HANDLE_LASTING) && is_dead(living, slot_of(filter->handle));
}

size_t clsact_reclaim(const struct clsact *self)
{
	struct living living;
	size_t count;

	for (size_t i = 0; i < ATTACH_SLOTS; i++) {
		living.slot[i] = UNKNOWN;
		living.held[i] = -1;
	}
	if (self)
		living.slot[self->slot] = DEAD;
	count = remove_everywhere(is_of_the_dead, &living);
	for (size_t i = 0; i < ATTACH_SLOTS; i++)
		cleanup_close(&living.held[i]);
	return count;
}

/* ---------------------------------------------------------------- what an agent let count on */

struct sweep {
	doomed_fn known;
	void *context;
};

static bool is_unknown(void *context, enum ctnet_hook hook, const struct tc_item *filter)
{
	const struct sweep *sweep = context;

	return filter->handle & HANDLE_LASTING && !(sweep->known && sweep->known(sweep->context, hook, filter));
}

size_t clsact_sweep(bool (*known)(void *context, enum ctnet_hook hook, const struct tc_item *filter), void *context)
{
	struct sweep sweep = { known, context };

	return remove_everywhere(is_unknown, &sweep);
}

uint32_t clsact_program_of(const struct tc_item *filter)
{
	const char *colon = strchr(filter->name, ':');
	uint32_t id;

	return colon && sscanf(colon, ":[%" SCNu32 "]", &id) == 1 ? id : 0;
}

bool clsact_stands(uint32_t ifindex, enum ctnet_hook hook, uint32_t handle, uint16_t priority,
                   const uint32_t program[2])
{
	_cleanup_(tc_list_free) struct tc_list filters = { 0 };

	if (tc_list_filters(ifindex, sides[hook].parent, &filters) < 0)
		return false;
	for (size_t i = 0; i < filters.count; i++) {
		const struct tc_item *filter = &filters.items[i];
		uint32_t id = clsact_program_of(filter);

		if (is_ours(filter, &sides[hook]) && filter->handle == handle && filter->priority == priority &&
		    id != 0 && (id == program[0] || id == program[1]))
			return true;
	}
	return false;
}

int clsact_replace(uint32_t ifindex, enum ctnet_hook hook, uint32_t handle, uint16_t priority, int prog_fd)
{
	struct bpf_tc_hook at = hook_of(ifindex, sides[hook].point);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog_fd, .handle = handle, .priority = priority,
	            .flags = BPF_TC_F_REPLACE);

	return bpf_tc_attach(&at, &opts);
}

void clsact_free(struct clsact *clsact)
{
	if (!clsact)
		return;
	cleanup_close(&clsact->slot_fd);
	free(clsact);
}
