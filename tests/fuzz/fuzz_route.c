/* SPDX-License-Identifier: GPL-2.0-only */
/* Feeds arbitrary bytes, cut into netlink messages as the socket cuts them, to the parser of route messages. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fuzz/netlink.h"
#include "observe/netlink/route_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct route_message *told)
{
	if (told->hop_count > ROUTE_HOPS)
		abort();
	for (size_t i = 0; i < told->hop_count; i++) {
		const struct default_route *hop = &told->hops[i];

		if (hop->index == 0 || (hop->family != AF_INET && hop->family != AF_INET6) ||
		    (hop->has_gateway && hop->gateway.family != AF_INET && hop->gateway.family != AF_INET6) ||
		    default_route_compare(hop, hop) != 0)
			abort();
	}
}

static void take(const struct nlmsghdr *nlh)
{
	struct route_message told;

	if (route_parse(nlh, &told) == 0)
		check(&told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	each_message(data, size, take);
	return 0;
}
