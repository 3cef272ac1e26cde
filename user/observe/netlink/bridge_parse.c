/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/bridge_parse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "observe/netlink/attr.h"

#define BRIDGE_ID_SIZE 8 /* struct ifla_bridge_id: priority in network order, address */

static const struct attr_rule link_rules[] = {
	[IFLA_ADDRESS] = { 0, 32 },         [IFLA_IFNAME] = { 2, IFNAMSIZ },     [IFLA_MTU] = { 4, 4 },
	[IFLA_MASTER] = { 4, 4 },           [IFLA_PROTINFO] = { 0, UINT16_MAX }, [IFLA_LINKINFO] = { 0, UINT16_MAX },
	[IFLA_AF_SPEC] = { 0, UINT16_MAX },
};

static const struct attr_rule info_rules[] = {
	[IFLA_INFO_KIND] = { 1, 64 },
	[IFLA_INFO_DATA] = { 0, UINT16_MAX },
};

static const struct attr_rule bridge_rules[] = {
	[IFLA_BR_FORWARD_DELAY] = { 4, 4 },
	[IFLA_BR_AGEING_TIME] = { 4, 4 },
	[IFLA_BR_STP_STATE] = { 4, 4 },
	[IFLA_BR_VLAN_FILTERING] = { 1, 1 },
	[IFLA_BR_ROOT_ID] = { BRIDGE_ID_SIZE, BRIDGE_ID_SIZE },
	[IFLA_BR_BRIDGE_ID] = { BRIDGE_ID_SIZE, BRIDGE_ID_SIZE },
	[IFLA_BR_ROOT_PORT] = { 2, 2 },
	[IFLA_BR_ROOT_PATH_COST] = { 4, 4 },
	[IFLA_BR_MCAST_SNOOPING] = { 1, 1 },
	[IFLA_BR_VLAN_DEFAULT_PVID] = { 2, 2 },
};

/* Each is one byte of yes or no. */
static const uint16_t flag_attrs[PORT_FLAGS] = {
	[PORT_FLAG_HAIRPIN] = IFLA_BRPORT_MODE,
	[PORT_FLAG_GUARD] = IFLA_BRPORT_GUARD,
	[PORT_FLAG_ROOT_BLOCK] = IFLA_BRPORT_PROTECT,
	[PORT_FLAG_FASTLEAVE] = IFLA_BRPORT_FAST_LEAVE,
	[PORT_FLAG_LEARNING] = IFLA_BRPORT_LEARNING,
	[PORT_FLAG_FLOOD] = IFLA_BRPORT_UNICAST_FLOOD,
	[PORT_FLAG_MCAST_FLOOD] = IFLA_BRPORT_MCAST_FLOOD,
	[PORT_FLAG_BCAST_FLOOD] = IFLA_BRPORT_BCAST_FLOOD,
	[PORT_FLAG_MCAST_TO_UNICAST] = IFLA_BRPORT_MCAST_TO_UCAST,
	[PORT_FLAG_NEIGH_SUPPRESS] = IFLA_BRPORT_NEIGH_SUPPRESS,
	[PORT_FLAG_VLAN_TUNNEL] = IFLA_BRPORT_VLAN_TUNNEL,
	[PORT_FLAG_ISOLATED] = IFLA_BRPORT_ISOLATED,
	[PORT_FLAG_LOCKED] = IFLA_BRPORT_LOCKED,
};

static const struct attr_rule port_rules[] = {
	[IFLA_BRPORT_STATE] = { 1, 1 },          [IFLA_BRPORT_PRIORITY] = { 2, 2 },
	[IFLA_BRPORT_COST] = { 4, 4 },           [IFLA_BRPORT_MODE] = { 1, 1 },
	[IFLA_BRPORT_GUARD] = { 1, 1 },          [IFLA_BRPORT_PROTECT] = { 1, 1 },
	[IFLA_BRPORT_FAST_LEAVE] = { 1, 1 },     [IFLA_BRPORT_LEARNING] = { 1, 1 },
	[IFLA_BRPORT_UNICAST_FLOOD] = { 1, 1 },  [IFLA_BRPORT_NO] = { 2, 2 },
	[IFLA_BRPORT_MCAST_FLOOD] = { 1, 1 },    [IFLA_BRPORT_MCAST_TO_UCAST] = { 1, 1 },
	[IFLA_BRPORT_VLAN_TUNNEL] = { 1, 1 },    [IFLA_BRPORT_BCAST_FLOOD] = { 1, 1 },
	[IFLA_BRPORT_NEIGH_SUPPRESS] = { 1, 1 }, [IFLA_BRPORT_ISOLATED] = { 1, 1 },
	[IFLA_BRPORT_LOCKED] = { 1, 1 },
};

static struct spanning_id id_of(struct attr attr)
{
	struct spanning_id id = { 0 };

	if (!attr_there(attr))
		return id;
	memcpy(&id.priority, attr.data, sizeof(id.priority));
	id.priority = ntohs(id.priority);
	memcpy(id.mac, (const uint8_t *)attr.data + sizeof(id.priority), sizeof(id.mac));
	return id;
}

static int read_settings(struct attr data, struct bridge_settings *bridge)
{
	struct attr attrs[ARRAY_SIZE(bridge_rules)];
	int r = attrs_read(data.data, data.len, bridge_rules, ARRAY_SIZE(bridge_rules), attrs);

	if (r < 0)
		return r;
	bridge->stp = attr_u32(attrs[IFLA_BR_STP_STATE], 0) != 0;
	bridge->id = id_of(attrs[IFLA_BR_BRIDGE_ID]);
	bridge->root = id_of(attrs[IFLA_BR_ROOT_ID]);
	bridge->root_port = attr_u16(attrs[IFLA_BR_ROOT_PORT], 0);
	bridge->root_cost = attr_u32(attrs[IFLA_BR_ROOT_PATH_COST], 0);
	bridge->vlan_filtering = attr_u8(attrs[IFLA_BR_VLAN_FILTERING], 0) != 0;
	bridge->default_pvid = attr_u16(attrs[IFLA_BR_VLAN_DEFAULT_PVID], 0);
	bridge->multicast_snooping = attr_u8(attrs[IFLA_BR_MCAST_SNOOPING], 0) != 0;
	bridge->ageing = attr_u32(attrs[IFLA_BR_AGEING_TIME], 0);
	bridge->forward_delay = attr_u32(attrs[IFLA_BR_FORWARD_DELAY], 0);
	return 0;
}

static int read_name(struct attr attr, char out[IFNAMSIZ])
{
	char name[IFNAMSIZ];
	int r = attr_text(attr, name, sizeof(name));

	if (r < 0)
		return r;
	(void)text_clean(name, strlen(name), out, IFNAMSIZ);
	return out[0] ? 0 : -EBADMSG;
}

/* The family header and the attributes of a link message of one family. */
static int read_link(const struct nlmsghdr *nlh, uint8_t family, const struct ifinfomsg **ret_head, struct attr *attrs)
{
	const struct ifinfomsg *head;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return -ENOMSG;
	head = message_header(nlh, sizeof(*head));
	if (!head)
		return -EBADMSG;
	if (head->ifi_family != family)
		return -ENOMSG;
	*ret_head = head;
	if (head->ifi_index <= 0)
		return -EBADMSG;
	return attrs_of_message(nlh, sizeof(*head), link_rules, ARRAY_SIZE(link_rules), attrs);
}

static int read_info(struct attr nest, struct attr *ret_data)
{
	struct attr info[ARRAY_SIZE(info_rules)];
	char kind[64];
	int r = attrs_read(nest.data, nest.len, info_rules, ARRAY_SIZE(info_rules), info);

	if (r < 0)
		return r;
	if (!attr_there(info[IFLA_INFO_KIND]))
		return -ENOMSG;
	r = attr_text(info[IFLA_INFO_KIND], kind, sizeof(kind));
	if (r < 0)
		return r;
	*ret_data = info[IFLA_INFO_DATA];
	return strcmp(kind, "bridge") == 0 ? 0 : -ENOMSG;
}

int bridge_parse(const struct nlmsghdr *nlh, struct bridge_settings *ret)
{
	struct attr attrs[ARRAY_SIZE(link_rules)];
	const uint32_t running = IFF_UP | 1U << 16; /* IFF_LOWER_UP of linux/if.h, which <net/if.h> does not have */
	struct bridge_settings bridge = { 0 };
	const struct ifinfomsg *head;
	struct attr data;
	int r = read_link(nlh, AF_UNSPEC, &head, attrs);

	if (r < 0)
		return r;
	if (!attr_there(attrs[IFLA_LINKINFO]))
		return -ENOMSG;
	r = read_info(attrs[IFLA_LINKINFO], &data);
	if (r == 0)
		r = read_name(attrs[IFLA_IFNAME], bridge.name);
	if (r == 0 && attr_there(data))
		r = read_settings(data, &bridge);
	if (r < 0)
		return r;
	bridge.index = (uint32_t)head->ifi_index;
	bridge.up = (head->ifi_flags & running) == running;
	bridge.mtu = attr_u32(attrs[IFLA_MTU], 0);
	bridge.has_mac = attrs[IFLA_ADDRESS].len == sizeof(bridge.mac);
	if (bridge.has_mac)
		memcpy(bridge.mac, attrs[IFLA_ADDRESS].data, sizeof(bridge.mac));
	*ret = bridge;
	return 0;
}

static int read_port(struct attr nest, struct bridge_port *port)
{
	struct attr attrs[ARRAY_SIZE(port_rules)];
	uint8_t state;
	int r = attrs_read(nest.data, nest.len, port_rules, ARRAY_SIZE(port_rules), attrs);

	if (r < 0)
		return r;
	state = attr_u8(attrs[IFLA_BRPORT_STATE], PORT_NONE);
	port->state = state < PORT_NONE ? (enum port_state)state : PORT_NONE;
	port->priority = attr_u16(attrs[IFLA_BRPORT_PRIORITY], 0);
	port->number = attr_u16(attrs[IFLA_BRPORT_NO], 0);
	port->cost = attr_u32(attrs[IFLA_BRPORT_COST], 0);
	for (unsigned int i = 0; i < PORT_FLAGS; i++) {
		struct attr flag = attrs[flag_attrs[i]];

		if (attr_there(flag))
			port->flags = (port->flags & ~(1U << i)) | (uint32_t)(attr_u8(flag, 0) != 0) << i;
	}
	return 0;
}

int bridge_port_parse(const struct nlmsghdr *nlh, struct bridge_port_message *ret)
{
	struct attr attrs[ARRAY_SIZE(link_rules)];
	struct bridge_port_message told = { .port = { .state = PORT_NONE, .flags = port_flags_usual() } };
	const struct ifinfomsg *head;
	int r = read_link(nlh, AF_BRIDGE, &head, attrs);

	if (r < 0)
		return r;
	told.port.index = (uint32_t)head->ifi_index;
	r = read_name(attrs[IFLA_IFNAME], told.port.name);
	if (r < 0)
		return r;
	/* a bridge tells itself as its own master (br_fill_ifinfo()) */
	told.port.bridge = attr_u32(attrs[IFLA_MASTER], 0);
	if (told.port.bridge == told.port.index)
		told.port.bridge = 0;
	if (attr_there(attrs[IFLA_PROTINFO]))
		r = read_port(attrs[IFLA_PROTINFO], &told.port);
	if (r < 0)
		return r;
	/* a NIC with a switch of its own tells of itself as well (ndo_dflt_bridge_getlink()): no state, for it is no port there */
	if (told.port.bridge != 0 && told.port.state == PORT_NONE)
		return -ENOMSG;
	told.vlans = attrs[IFLA_AF_SPEC];
	*ret = told;
	return 0;
}

/* The VLANs as they come: a range is two of them, its begin and its end. */
struct vlan_run {
	struct array *ret;
	uint32_t index;
	uint16_t first; /* of a range that has begun; 0: none */
};

static int take_vlan(void *context, uint16_t type, struct attr value)
{
	struct vlan_run *run = context;
	struct bridge_vlan vlan = { .index = run->index };
	struct bridge_vlan_info told;

	if (type != IFLA_BRIDGE_VLAN_INFO)
		return 0;
	if (value.len != sizeof(told))
		return -EBADMSG;
	memcpy(&told, value.data, sizeof(told));
	if (told.vid == 0 || told.vid >= 4095)
		return -EBADMSG;
	if (told.flags & BRIDGE_VLAN_INFO_RANGE_BEGIN) {
		run->first = told.vid;
		return 0;
	}
	vlan.first = told.flags & BRIDGE_VLAN_INFO_RANGE_END ? run->first : told.vid;
	vlan.last = told.vid;
	run->first = 0;
	if (vlan.first == 0 || vlan.first > vlan.last)
		return -EBADMSG;
	vlan.pvid = told.flags & BRIDGE_VLAN_INFO_PVID;
	vlan.untagged = told.flags & BRIDGE_VLAN_INFO_UNTAGGED;
	return array_append(run->ret, &vlan);
}

int bridge_vlans_parse(const struct bridge_port_message *message, struct array *ret)
{
	struct vlan_run run = { .ret = ret, .index = message->port.index };

	return attrs_each(message->vlans, take_vlan, &run);
}
