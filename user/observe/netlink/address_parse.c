/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/address_parse.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "observe/netlink/attr.h"

static const struct attr_rule address_rules[] = {
	[IFA_ADDRESS] = { sizeof(struct in_addr), sizeof(struct in6_addr) },
	[IFA_LOCAL] = { sizeof(struct in_addr), sizeof(struct in6_addr) },
};

static int read_address(const struct ifaddrmsg *head, const struct attr *attrs, struct link_address *row)
{
	size_t size = head->ifa_family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
	struct attr bytes = attr_there(attrs[IFA_LOCAL]) ? attrs[IFA_LOCAL] : attrs[IFA_ADDRESS];

	if (head->ifa_index == 0 || head->ifa_prefixlen > size * 8)
		return -EBADMSG;
	if (!attr_there(bytes) || bytes.len != size)
		return -EBADMSG;
	row->index = head->ifa_index;
	row->address.family = head->ifa_family;
	row->address.prefix = head->ifa_prefixlen;
	memcpy(row->address.bytes, bytes.data, size);
	return 0;
}

int address_parse(const struct nlmsghdr *nlh, struct address_message *ret)
{
	struct address_message told = { .gone = nlh->nlmsg_type == RTM_DELADDR };
	struct attr attrs[ARRAY_SIZE(address_rules)];
	const struct ifaddrmsg *head;
	int r;

	if (nlh->nlmsg_type != RTM_NEWADDR && nlh->nlmsg_type != RTM_DELADDR)
		return -ENOMSG;
	head = message_header(nlh, sizeof(*head));
	if (!head)
		return -EBADMSG;
	if (head->ifa_family != AF_INET && head->ifa_family != AF_INET6)
		return -ENOMSG;
	r = attrs_of_message(nlh, sizeof(*head), address_rules, ARRAY_SIZE(address_rules), attrs);
	if (r < 0)
		return r;
	r = read_address(head, attrs, &told.row);
	if (r < 0)
		return r;
	*ret = told;
	return 0;
}

int link_address_compare(const void *a, const void *b)
{
	const struct link_address *x = a;
	const struct link_address *y = b;

	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return address_compare(&x->address, &y->address);
}
