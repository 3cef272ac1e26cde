/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* Cuts bytes into netlink messages as the socket cuts them; each is an allocation of its own, so that a read behind it is seen. */
static inline void each_message(const uint8_t *data, size_t size, void (*take)(const struct nlmsghdr *nlh))
{
	while (size >= sizeof(struct nlmsghdr)) {
		_cleanup_free_ struct nlmsghdr *nlh = NULL;
		uint32_t len;

		memcpy(&len, data, sizeof(len));
		if (len < sizeof(*nlh) || len > size)
			return;
		nlh = malloc(len);
		if (!nlh)
			abort();
		memcpy(nlh, data, len);
		take(nlh);
		if (MNL_ALIGN((size_t)len) >= size)
			return;
		data += MNL_ALIGN((size_t)len);
		size -= MNL_ALIGN((size_t)len);
	}
}
