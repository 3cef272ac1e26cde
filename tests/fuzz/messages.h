/* SPDX-License-Identifier: GPL-2.0-only */
/* Arbitrary bytes, cut into netlink messages as the sockets cut them. */
#pragma once

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static inline void require(bool condition)
{
	if (!condition)
		abort();
}

/** Calls @feed with each message, in an allocation of just its size, so that a read behind it is seen. */
static inline void messages_each(const uint8_t *data, size_t size,
                                 void (*feed)(void *context, const struct nlmsghdr *nlh), void *context)
{
	while (size >= sizeof(struct nlmsghdr)) {
		_cleanup_free_ struct nlmsghdr *nlh = NULL;
		uint32_t len;

		memcpy(&len, data, sizeof(len));
		if (len < sizeof(*nlh) || len > size)
			break;
		nlh = malloc(len);
		require(nlh != NULL);
		memcpy(nlh, data, len);
		require(mnl_nlmsg_ok(nlh, (int)len));
		feed(context, nlh);
		if (MNL_ALIGN((size_t)len) >= size)
			break;
		data += MNL_ALIGN((size_t)len);
		size -= MNL_ALIGN((size_t)len);
	}
}
