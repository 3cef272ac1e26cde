/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/nsid.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"
#include "model/link.h"
#include "observe/netlink/attr.h"

static const struct attr_rule nsid_rules[] = {
	[NETNSA_NSID] = { 4, 4 },
};

int nsid_parse(const struct nlmsghdr *nlh, struct nsid_message *ret)
{
	struct attr attrs[ARRAY_SIZE(nsid_rules)];
	int32_t nsid;
	int r;

	if (nlh->nlmsg_type != RTM_NEWNSID && nlh->nlmsg_type != RTM_DELNSID)
		return -ENOMSG;
	r = attrs_of_message(nlh, sizeof(struct rtgenmsg), nsid_rules, ARRAY_SIZE(nsid_rules), attrs);
	if (r < 0)
		return r;
	if (!attr_there(attrs[NETNSA_NSID]))
		return -EBADMSG;
	nsid = attr_s32(attrs[NETNSA_NSID], NSID_HERE);
	ret->nsid = nsid < 0 ? NSID_HERE : nsid;
	ret->gone = nlh->nlmsg_type == RTM_DELNSID;
	return 0;
}

static struct nlmsghdr *request_nsid(struct rtnl *rtnl, uint16_t flags)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_GETNSID, flags);

	(void)mnl_nlmsg_put_extra_header(nlh, sizeof(struct rtgenmsg));
	return nlh;
}

static int take_one(void *context, const struct nlmsghdr *nlh)
{
	return nsid_parse(nlh, context);
}

static int ask(struct rtnl *rtnl, uint16_t by, uint32_t value, int32_t *ret)
{
	struct nlmsghdr *nlh = request_nsid(rtnl, 0);
	struct nsid_message told;
	int r;

	mnl_attr_put_u32(nlh, by, value);
	r = rtnl_ask(rtnl, nlh, take_one, &told);
	if (r < 0)
		return r;
	*ret = told.nsid;
	return 0;
}

int nsid_of_fd(struct rtnl *rtnl, int netns_fd, int32_t *ret)
{
	return ask(rtnl, NETNSA_FD, (uint32_t)netns_fd, ret);
}

int nsid_of_pid(struct rtnl *rtnl, pid_t pid, int32_t *ret)
{
	return ask(rtnl, NETNSA_PID, (uint32_t)pid, ret);
}

int nsid_give(struct rtnl *rtnl, int netns_fd)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_NEWNSID, 0);
	int r;

	(void)mnl_nlmsg_put_extra_header(nlh, sizeof(struct rtgenmsg));
	mnl_attr_put_u32(nlh, NETNSA_FD, (uint32_t)netns_fd);
	mnl_attr_put_u32(nlh, NETNSA_NSID, (uint32_t)NSID_HERE); /* below 0: any that is free */
	r = rtnl_tell(rtnl, nlh);
	return r == -EEXIST ? 0 : r;
}

int nsid_of_self(struct rtnl *rtnl, int32_t *ret)
{
	_cleanup_close_ int netns = ioctl(rtnl_fd(rtnl), SIOCGSKNS);

	if (netns < 0)
		return -errno;
	return nsid_of_fd(rtnl, netns, ret);
}

int nsid_compare(const void *a, const void *b)
{
	const int32_t *x = a;
	const int32_t *y = b;

	return (*x > *y) - (*x < *y);
}

static void begin_list(void *context)
{
	struct array *rows = context;

	rows->count = 0;
}

static int take_listed(void *context, const struct nlmsghdr *nlh)
{
	struct nsid_message told;
	int r;

	r = nsid_parse(nlh, &told);
	if (r < 0)
		return r;
	return told.nsid == NSID_HERE ? 0 : array_append(context, &told.nsid);
}

int nsid_list(struct rtnl *rtnl, struct array *ret)
{
	const struct rtnl_sink sink = { .begin = begin_list, .take = take_listed, .context = ret };
	bool complete;
	int r;

	r = rtnl_dump(rtnl, request_nsid(rtnl, NLM_F_DUMP), &sink, &complete);
	if (r < 0)
		return r;
	array_sort(ret, nsid_compare);
	return 0;
}
