/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <linux/netlink.h>

/** One message of a traffic control dump: a qdisc or a filter. */
struct tc_item {
	uint32_t ifindex;
	uint32_t parent;   /* TC_H_CLSACT for the clsact and ingress qdiscs; for a filter its side */
	uint32_t handle;   /* filters: 0 for the line that stands for a whole priority */
	uint16_t priority; /* filters only */
	char kind[16];     /* "clsact", "bpf", "u32", …; "" where the kernel told none */
	char name[64];     /* of a bpf filter; "" where it is longer or none */
};

/**
 * Reads a RTM_NEWQDISC or RTM_NEWTFILTER message. Pure.
 *
 * @message: complete, as mnl_nlmsg_ok() says; its content may be anything
 * @ret: untouched on failure
 * Returns 0, or -EBADMSG where it is neither or makes no sense.
 */
int tc_parse(const struct nlmsghdr *message, struct tc_item *ret);
