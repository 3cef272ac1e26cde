/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/tc_parse.h"

#include <errno.h>
#include <string.h>

#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>

#include "base/cleanup.h"
#include "observe/netlink/attr.h"

static const struct attr_rule rules[] = {
	[TCA_KIND] = { 1, UINT16_MAX },
	[TCA_OPTIONS] = { 0, UINT16_MAX },
};

static const struct attr_rule bpf_rules[] = {
	[TCA_BPF_NAME] = { 0, UINT16_MAX },
};

/* Only a bpf filter's options are read; another kind's mean something else. A name that does not fit is none of ours. */
static int read_name(struct attr options, struct tc_item *item)
{
	struct attr attrs[ARRAY_SIZE(bpf_rules)];
	int r;

	if (!attr_there(options) || strcmp(item->kind, "bpf") != 0)
		return 0;
	r = attrs_read(options.data, options.len, bpf_rules, ARRAY_SIZE(bpf_rules), attrs);
	if (r < 0)
		return r;
	if (attr_text(attrs[TCA_BPF_NAME], item->name, sizeof(item->name)) < 0)
		item->name[0] = '\0';
	return 0;
}

int tc_parse(const struct nlmsghdr *message, struct tc_item *ret)
{
	struct attr attrs[ARRAY_SIZE(rules)];
	struct tc_item item = { 0 };
	const struct tcmsg *tc = message_header(message, sizeof(*tc));
	int r;

	if (message->nlmsg_type != RTM_NEWQDISC && message->nlmsg_type != RTM_NEWTFILTER)
		return -EBADMSG;
	if (!tc || tc->tcm_ifindex <= 0)
		return -EBADMSG;
	r = attrs_of_message(message, sizeof(*tc), rules, ARRAY_SIZE(rules), attrs);
	if (r < 0)
		return r;
	item.ifindex = (uint32_t)tc->tcm_ifindex;
	item.parent = tc->tcm_parent;
	item.handle = tc->tcm_handle;
	if (message->nlmsg_type == RTM_NEWTFILTER)
		item.priority = (uint16_t)(tc->tcm_info >> 16);
	if (attr_there(attrs[TCA_KIND]) && attr_text(attrs[TCA_KIND], item.kind, sizeof(item.kind)) < 0)
		return -EBADMSG;
	r = read_name(attrs[TCA_OPTIONS], &item);
	if (r < 0)
		return r;
	*ret = item;
	return 0;
}
