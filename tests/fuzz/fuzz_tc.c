/* SPDX-License-Identifier: GPL-2.0-only */
/* Feeds arbitrary bytes, cut into netlink messages as the socket cuts them, to the parser of traffic control messages. */
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/netlink/tc_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct tc_item *item)
{
	if (item->ifindex == 0 || strnlen(item->kind, sizeof(item->kind)) == sizeof(item->kind) ||
	    strnlen(item->name, sizeof(item->name)) == sizeof(item->name))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	while (size >= sizeof(struct nlmsghdr)) {
		/* an allocation of just that size, so that a read behind it is seen */
		_cleanup_free_ struct nlmsghdr *nlh = NULL;
		struct tc_item item;
		uint32_t len;

		memcpy(&len, data, sizeof(len));
		if (len < sizeof(*nlh) || len > size)
			break;
		nlh = malloc(len);
		if (!nlh)
			abort();
		memcpy(nlh, data, len);
		if (tc_parse(nlh, &item) == 0)
			check(&item);
		if (MNL_ALIGN((size_t)len) >= size)
			break;
		data += MNL_ALIGN((size_t)len);
		size -= MNL_ALIGN((size_t)len);
	}
	return 0;
}
