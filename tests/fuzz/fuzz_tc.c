/* SPDX-License-Identifier: GPL-2.0-only */
/* Feeds arbitrary bytes, cut into netlink messages as the socket cuts them, to the parser of traffic control messages. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/netlink.h"
#include "observe/netlink/tc_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct tc_item *item)
{
	if (item->ifindex == 0 || strnlen(item->kind, sizeof(item->kind)) == sizeof(item->kind) ||
	    strnlen(item->name, sizeof(item->name)) == sizeof(item->name))
		abort();
}

static void take(const struct nlmsghdr *nlh)
{
	struct tc_item item;

	if (tc_parse(nlh, &item) == 0)
		check(&item);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	each_message(data, size, take);
	return 0;
}
