/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/link.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"

/* As in each driver's struct rtnl_link_ops.kind; lo and hardware have no such kind, their names are ours. */
static const char *const kind_names[LINK_KINDS] = {
	[LINK_OTHER] = "nic",       [LINK_LOOPBACK] = "loopback", [LINK_VETH] = "veth",       [LINK_BRIDGE] = "bridge",
	[LINK_MACVLAN] = "macvlan", [LINK_IPVLAN] = "ipvlan",     [LINK_VLAN] = "vlan",       [LINK_NETKIT] = "netkit",
	[LINK_TUN] = "tun",         [LINK_VXLAN] = "vxlan",       [LINK_BOND] = "bond",       [LINK_TEAM] = "team",
	[LINK_DUMMY] = "dummy",     [LINK_IFB] = "ifb",           [LINK_VIRTUAL] = "virtual",
};

const char *link_kind_name(enum link_kind kind)
{
	if ((size_t)kind >= ARRAY_SIZE(kind_names))
		return kind_names[LINK_OTHER];
	return kind_names[kind];
}

enum link_kind link_kind_from_name(const char *name)
{
	for (enum link_kind kind = LINK_OTHER; kind < LINK_KINDS; kind++)
		if (strcmp(kind_names[kind], name) == 0)
			return kind;
	return LINK_OTHER;
}

static size_t address_size(const struct address *address)
{
	return address->family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

void address_format(const struct address *address, char *out, size_t size)
{
	char text[INET6_ADDRSTRLEN];

	if (!inet_ntop(address->family, address->bytes, text, sizeof(text)))
		text[0] = '\0'; /* neither IPv4 nor IPv6 */
	(void)snprintf(out, size, "%s/%u", text, address->prefix);
}

bool address_is_link_local(const struct address *address)
{
	return address->family == AF_INET6 && address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80;
}

int address_compare(const void *a, const void *b)
{
	const struct address *x = a;
	const struct address *y = b;
	int order;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	order = memcmp(x->bytes, y->bytes, address_size(x));
	if (order)
		return order;
	return (x->prefix > y->prefix) - (x->prefix < y->prefix);
}
