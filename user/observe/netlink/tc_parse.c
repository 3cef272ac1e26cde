/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/tc_parse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>

/* Takes a string attribute that ends within its length, cut to @size. */
static void take_string(const struct nlattr *attr, char *out, size_t size)
{
	if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		(void)snprintf(out, size, "%s", mnl_attr_get_str(attr));
}

static int take_bpf_option(const struct nlattr *attr, void *data)
{
	struct tc_item *item = data;

	if (mnl_attr_get_type(attr) == TCA_BPF_NAME)
		take_string(attr, item->name, sizeof(item->name));
	return MNL_CB_OK;
}

static int take_attribute(const struct nlattr *attr, void *data)
{
	struct tc_item *item = data;

	if (mnl_attr_get_type(attr) == TCA_KIND)
		take_string(attr, item->kind, sizeof(item->kind));
	/* the kernel writes the kind before the options */
	if (mnl_attr_get_type(attr) == TCA_OPTIONS && strcmp(item->kind, "bpf") == 0 &&
	    mnl_attr_validate(attr, MNL_TYPE_NESTED) == 0)
		(void)mnl_attr_parse_nested(attr, take_bpf_option, item);
	return MNL_CB_OK;
}

int tc_parse(const struct nlmsghdr *message, struct tc_item *ret)
{
	struct tc_item item = { 0 };
	const struct tcmsg *tc;

	if (message->nlmsg_type != RTM_NEWQDISC && message->nlmsg_type != RTM_NEWTFILTER)
		return -EBADMSG;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*tc))
		return -EBADMSG;
	tc = mnl_nlmsg_get_payload(message);
	if (tc->tcm_ifindex <= 0)
		return -EBADMSG;
	item.ifindex = (uint32_t)tc->tcm_ifindex;
	item.parent = tc->tcm_parent;
	item.handle = tc->tcm_handle;
	if (message->nlmsg_type == RTM_NEWTFILTER)
		item.priority = (uint16_t)(tc->tcm_info >> 16);
	if (mnl_attr_parse(message, sizeof(*tc), take_attribute, &item) < 0)
		return -EBADMSG;
	*ret = item;
	return 0;
}
