/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "observe/netlink/tc_parse.h"

/*
 * Questions about traffic control in the namespace we run in: what libbpf can set but not list. Each has a socket of its own: a
 * dump that was given up halfway would stand in the way of the next.
 */

/** What was found; freed with tc_list_free(). */
struct tc_list {
	struct tc_item *items;
	size_t count;
};

/**
 * All qdiscs of all interfaces whose parent is TC_H_CLSACT: the kinds "clsact" and "ingress".
 *
 * @ret: untouched on failure
 * Returns 0, -EINTR (it changed each time while we read: nothing is known for sure), or -errno.
 */
int tc_list_qdiscs(struct tc_list *ret);

/**
 * The qdisc of one interface whose parent is TC_H_CLSACT.
 *
 * @ret: untouched on failure
 * Returns 0, -ENOENT (there is none), -ENODEV, or -errno.
 */
int tc_find_qdisc(uint32_t ifindex, struct tc_item *ret);

/**
 * The filters on one side of an interface's clsact qdisc.
 *
 * @parent: TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS or TC_H_MIN_EGRESS)
 * @ret: untouched on failure
 * Returns 0, -EINTR as above, or -errno. An interface that is gone has none.
 */
int tc_list_filters(uint32_t ifindex, uint32_t parent, struct tc_list *ret);

/** Empties the list. For _cleanup_(). */
void tc_list_free(struct tc_list *list);
