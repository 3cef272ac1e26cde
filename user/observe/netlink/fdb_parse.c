/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/fdb_parse.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "observe/netlink/attr.h"

static const struct attr_rule fdb_rules[] = {
	[NDA_DST] = { 4, 16 }, [NDA_LLADDR] = { 0, 32 }, [NDA_CACHEINFO] = { sizeof(struct nda_cacheinfo), UINT16_MAX },
	[NDA_VLAN] = { 2, 2 }, [NDA_MASTER] = { 4, 4 },
};

/* fdb_to_nud() in the kernel's bridge code. */
static enum fdb_kind kind_of(const struct ndmsg *head)
{
	if (head->ndm_state & NUD_PERMANENT)
		return FDB_PERMANENT;
	if (head->ndm_flags & NTF_EXT_LEARNED)
		return FDB_EXTERN;
	return head->ndm_state & NUD_NOARP ? FDB_STATIC : FDB_LEARNED;
}

static int read_remote(struct attr dst, struct address *ret)
{
	if (dst.len != 4 && dst.len != 16)
		return -EBADMSG;
	ret->family = dst.len == 4 ? AF_INET : AF_INET6;
	ret->prefix = (uint8_t)(dst.len * 8);
	memcpy(ret->bytes, dst.data, dst.len);
	return 0;
}

static void read_times(struct attr attr, struct fdb_entry *entry)
{
	struct nda_cacheinfo times;

	memcpy(&times, attr.data, sizeof(times));
	entry->aged = true;
	entry->updated = times.ndm_updated;
	entry->used = times.ndm_used;
}

static int read_entry(const struct ndmsg *head, const struct attr *attrs, struct fdb_entry *entry)
{
	if (head->ndm_ifindex <= 0 || attrs[NDA_LLADDR].len != sizeof(entry->mac))
		return -EBADMSG;
	entry->port = (uint32_t)head->ndm_ifindex;
	entry->bridge = attr_u32(attrs[NDA_MASTER], 0);
	entry->vlan = attr_u16(attrs[NDA_VLAN], 0);
	memcpy(entry->mac, attrs[NDA_LLADDR].data, sizeof(entry->mac));
	entry->kind = kind_of(head);
	entry->sticky = head->ndm_flags & NTF_STICKY;
	entry->offloaded = head->ndm_flags & NTF_OFFLOADED;
	if (attr_there(attrs[NDA_CACHEINFO]))
		read_times(attrs[NDA_CACHEINFO], entry);
	if (entry->bridge != 0)
		return 0;
	if (!attr_there(attrs[NDA_DST]))
		return -ENOMSG;
	entry->kind = FDB_REMOTE;
	return read_remote(attrs[NDA_DST], &entry->remote);
}

int fdb_parse(const struct nlmsghdr *nlh, struct fdb_entry *ret)
{
	struct attr attrs[ARRAY_SIZE(fdb_rules)];
	struct fdb_entry entry = { 0 };
	const struct ndmsg *head;
	int r;

	if (nlh->nlmsg_type != RTM_NEWNEIGH)
		return -ENOMSG;
	head = message_header(nlh, sizeof(*head));
	if (!head)
		return -EBADMSG;
	if (head->ndm_family != AF_BRIDGE)
		return -ENOMSG;
	r = attrs_of_message(nlh, sizeof(*head), fdb_rules, ARRAY_SIZE(fdb_rules), attrs);
	if (r == 0)
		r = read_entry(head, attrs, &entry);
	if (r == 0)
		*ret = entry;
	return r;
}
