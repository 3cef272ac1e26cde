/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/link_parse.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "observe/netlink/attr.h"
#include "observe/netlink/stats.h"

#define KIND_MAX 64 /* with NUL; the kernel's own bound is MODULE_NAME_LEN, 56 or 60 */

/* 32 bytes is MAX_ADDR_LEN; nested attributes are bounded by the message itself. */
static const struct attr_rule link_rules[] = {
	[IFLA_ADDRESS] = { 0, 32 },
	[IFLA_IFNAME] = { 2, IFNAMSIZ },
	[IFLA_MTU] = { 4, 4 },
	[IFLA_LINK] = { 4, 4 },
	[IFLA_MASTER] = { 4, 4 },
	[IFLA_PROTINFO] = { 0, UINT16_MAX },
	[IFLA_LINKINFO] = { 0, UINT16_MAX },
	[IFLA_LINK_NETNSID] = { 4, 4 },
	[IFLA_NEW_NETNSID] = { 4, 4 },
	[IFLA_STATS64] = { STATS_NEEDED, UINT16_MAX },
};

static const struct attr_rule info_rules[] = {
	[IFLA_INFO_DATA] = { 0, UINT16_MAX },
	[IFLA_INFO_KIND] = { 1, KIND_MAX },
	[IFLA_INFO_SLAVE_KIND] = { 1, KIND_MAX },
	[IFLA_INFO_SLAVE_DATA] = { 0, UINT16_MAX },
};

static const struct attr_rule vxlan_rules[] = {
	[IFLA_VXLAN_LINK] = { 4, 4 },
};

static const struct attr_rule port_rules[] = {
	[IFLA_BRPORT_STATE] = { 1, 1 },
};

/* dev_valid_name() lets nothing else in; a name that breaks this is not from the kernel. */
static bool name_is_valid(const char *name)
{
	return name[0] && !strpbrk(name, "/: \t\n\v\f\r");
}

static int read_port_state(struct attr nest, struct link *link)
{
	struct attr port[ARRAY_SIZE(port_rules)];
	uint8_t state;
	int r;

	r = attrs_read(nest.data, nest.len, port_rules, ARRAY_SIZE(port_rules), port);
	if (r < 0)
		return r;
	state = attr_u8(port[IFLA_BRPORT_STATE], PORT_NONE);
	if (state < PORT_NONE)
		link->port_state = (enum port_state)state;
	return 0;
}

/* macvtap and ipvtap are the same drivers with a character device beside (drivers/net/macvtap.c, ipvlan/ipvtap.c). */
static enum link_kind kind_of_driver(const char *name)
{
	enum link_kind kind = link_kind_from_name(name);

	if (strcmp(name, "macvtap") == 0)
		return LINK_MACVLAN;
	if (strcmp(name, "ipvtap") == 0)
		return LINK_IPVLAN;
	return kind == LINK_OTHER ? LINK_VIRTUAL : kind;
}

/* A VXLAN device has no IFLA_LINK (it has no ndo_get_iflink); what it stands on is among its own data. */
static int read_vxlan(struct attr nest, struct link *link)
{
	struct attr vxlan[ARRAY_SIZE(vxlan_rules)];
	int r;

	r = attrs_read(nest.data, nest.len, vxlan_rules, ARRAY_SIZE(vxlan_rules), vxlan);
	if (r == 0)
		link->peer_index = attr_u32(vxlan[IFLA_VXLAN_LINK], 0);
	return r;
}

static int read_kind(const struct attr *info, struct link *link)
{
	char kind[KIND_MAX];
	int r;

	r = attr_text(info[IFLA_INFO_KIND], kind, sizeof(kind));
	if (r < 0)
		return r;
	link->kind = kind_of_driver(kind);
	if (link->kind == LINK_VXLAN && attr_there(info[IFLA_INFO_DATA]))
		return read_vxlan(info[IFLA_INFO_DATA], link);
	return 0;
}

static int read_info(struct attr nest, struct link *link)
{
	struct attr info[ARRAY_SIZE(info_rules)];
	char kind[KIND_MAX];
	int r;

	r = attrs_read(nest.data, nest.len, info_rules, ARRAY_SIZE(info_rules), info);
	if (r < 0)
		return r;
	if (attr_there(info[IFLA_INFO_KIND])) {
		r = read_kind(info, link);
		if (r < 0)
			return r;
	}
	if (!attr_there(info[IFLA_INFO_SLAVE_KIND]))
		return 0;
	r = attr_text(info[IFLA_INFO_SLAVE_KIND], kind, sizeof(kind));
	if (r < 0)
		return r;
	if (strcmp(kind, "bridge") != 0 || !attr_there(info[IFLA_INFO_SLAVE_DATA]))
		return 0;
	return read_port_state(info[IFLA_INFO_SLAVE_DATA], link);
}

static int read_mac(const struct ifinfomsg *head, struct attr address, struct link *link)
{
	if (head->ifi_type != ARPHRD_ETHER || !attr_there(address))
		return 0;
	if (address.len != sizeof(link->mac))
		return -EBADMSG;
	memcpy(link->mac, address.data, sizeof(link->mac));
	link->has_mac = true;
	return 0;
}

static int read_link(const struct ifinfomsg *head, const struct attr *attrs, struct link *link)
{
	int r;

	if (head->ifi_type == ARPHRD_LOOPBACK)
		link->kind = LINK_LOOPBACK;
	link->mtu = attr_u32(attrs[IFLA_MTU], 0);
	link->peer_index = attr_u32(attrs[IFLA_LINK], 0);
	link->peer_elsewhere = attr_there(attrs[IFLA_LINK_NETNSID]);
	link->peer_nsid = attr_s32(attrs[IFLA_LINK_NETNSID], NSID_HERE);
	if (link->peer_nsid < 0)
		link->peer_nsid = NSID_HERE;
	r = read_mac(head, attrs[IFLA_ADDRESS], link);
	if (r < 0 || !attr_there(attrs[IFLA_LINKINFO]))
		return r;
	return read_info(attrs[IFLA_LINKINFO], link);
}

/* What both families tell. */
static int read_common(const struct ifinfomsg *head, const struct attr *attrs, struct link *link)
{
	int r;

	if (head->ifi_index <= 0)
		return -EBADMSG;
	link->index = (uint32_t)head->ifi_index;
	link->flags = head->ifi_flags;
	link->peer_nsid = NSID_HERE;
	link->port_state = PORT_NONE;
	link->master = attr_u32(attrs[IFLA_MASTER], 0);
	r = attr_text(attrs[IFLA_IFNAME], link->name, sizeof(link->name));
	if (r < 0)
		return r;
	return name_is_valid(link->name) ? 0 : -EBADMSG;
}

int link_parse(const struct nlmsghdr *nlh, struct link_message *ret)
{
	struct link_message told = { .gone = nlh->nlmsg_type == RTM_DELLINK };
	struct attr attrs[ARRAY_SIZE(link_rules)];
	const struct ifinfomsg *head;
	int r;

	if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
		return -ENOMSG;
	head = message_header(nlh, sizeof(*head));
	if (!head)
		return -EBADMSG;
	if (head->ifi_family != AF_UNSPEC && head->ifi_family != AF_BRIDGE)
		return -ENOMSG;
	r = attrs_of_message(nlh, sizeof(*head), link_rules, ARRAY_SIZE(link_rules), attrs);
	if (r < 0)
		return r;
	r = read_common(head, attrs, &told.link);
	if (r < 0)
		return r;
	told.moved = told.gone && attr_there(attrs[IFLA_NEW_NETNSID]);
	told.port_only = head->ifi_family == AF_BRIDGE;
	told.has_stats = attr_there(attrs[IFLA_STATS64]);
	if (told.has_stats)
		told.stats = stats_of_bytes(attrs[IFLA_STATS64].data);
	if (!told.port_only)
		r = read_link(head, attrs, &told.link);
	else if (attr_there(attrs[IFLA_PROTINFO]))
		r = read_port_state(attrs[IFLA_PROTINFO], &told.link);
	if (r < 0)
		return r;
	*ret = told;
	return 0;
}

bool link_equal(const struct link *a, const struct link *b)
{
	return a->index == b->index && strcmp(a->name, b->name) == 0 && a->kind == b->kind && a->flags == b->flags &&
	       a->has_mac == b->has_mac && memcmp(a->mac, b->mac, sizeof(a->mac)) == 0 && a->mtu == b->mtu &&
	       a->peer_index == b->peer_index && a->peer_elsewhere == b->peer_elsewhere &&
	       a->peer_nsid == b->peer_nsid && a->master == b->master && a->port_state == b->port_state;
}

bool link_is_paired(const struct link *link)
{
	return link->kind == LINK_VETH || link->kind == LINK_NETKIT;
}

int link_compare(const void *a, const void *b)
{
	const struct link *x = a;
	const struct link *y = b;

	return (x->index > y->index) - (x->index < y->index);
}
