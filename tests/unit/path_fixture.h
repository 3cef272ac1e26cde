/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdlib.h>

#include "model/host_facts.h"
#include "unit/render_fixture.h"

/*
 * A host with one of each way out, for the tests of the paths. Indexes below 100 are devices of the host; namespaces are
 * numbered from 1001. All memory is static; what is not there is not to be freed.
 *
 *  1001 box     eth0 - vbox - docker0                  1009 tap    a tap device
 *  1002 db      eth0 - vdb - docker0                   1010 sw     eth0 - vsw - br2, a switch with eth0.7 for its uplink
 *  1003 api     eth0 - vapi - br1                      1011 dind   eth0 - vdind - docker0; vin in a docker0 of its own
 *  1004 pod     eth0 - cali1, no bridge                1012 inner  eth0 - vin of dind
 *  1005 left    a0 - b0 of right                       1013 nic    ens5, a NIC of its own
 *  1006 right   b0 - a0 of left                        1014 lost   a macvlan on nobody knows what, a pair in itself, a dummy
 *  1007 mv1     macvlan on the host's eth0             1015 bonded bond0 of eth0 - vb0 and eth1 - vb1
 *  1008 mv2     likewise                               1016 evil   hostile names; on the OVS datapath ovs
 *  1017 vlan    eth0.9 on its eth0, which is vv - docker0
 */
#define PATH_NS_COUNT 17

struct path_node {
	struct netns ns[PATH_NS_COUNT];
	struct owner owners[PATH_NS_COUNT];
	struct interface links[PATH_NS_COUNT][4];
	struct address addresses[PATH_NS_COUNT][4];
	struct device devices[32];
	struct address device_addresses[32];
	struct default_route routes[4];
	struct device_counters counters[4];
	struct snapshot snap;
	struct host_facts facts;
};

#define PATH_EVIL "e\"v\\N&lt;<\n\xe2\x80\xae"

static inline struct netns *path_ns(struct path_node *node, uint64_t inode, enum owner_kind kind, const char *name)
{
	size_t i = inode - 1001;

	node->owners[i] = fixture_owner(kind, name, "0c3ff02115a4bc", "");
	node->ns[i] = fixture_netns(inode, &node->owners[i], 1);
	node->ns[i].interfaces = node->links[i];
	return &node->ns[i];
}

static inline struct interface *path_link(struct path_node *node, struct netns *ns, enum link_kind kind, uint32_t index,
                                          const char *name, const char *address, uint8_t prefix)
{
	size_t i = ns->inode - 1001;
	struct interface *link = &node->links[i][ns->interface_count];

	*link = (struct interface){ .index = index, .kind = kind, .has_mac = true, .up = true, .mtu = 1500 };
	fixture_name(link->name, name);
	memcpy(link->mac, (uint8_t[]){ 2, 0, 0, 0, (uint8_t)i, (uint8_t)index }, 6);
	link->port_state = PORT_NONE;
	if (address) {
		struct address *out = &node->addresses[i][ns->interface_count];

		out->family = strchr(address, ':') ? AF_INET6 : AF_INET;
		out->prefix = prefix;
		if (inet_pton(out->family, address, out->bytes) != 1)
			abort();
		link->addresses = out;
		link->address_count = 1;
	}
	ns->interface_count++;
	return link;
}

static inline struct device *path_device(struct path_node *node, uint32_t index, enum link_kind kind, const char *name,
                                         uint32_t master)
{
	struct device *device = &node->devices[node->snap.device_count++];

	*device = (struct device){
		.index = index, .kind = kind, .has_mac = true, .up = true, .mtu = 1500, .master = master
	};
	memcpy(device->mac, (uint8_t[]){ 2, 1, 0, 0, 0, (uint8_t)index }, 6);
	fixture_name(device->name, name);
	device->port_state = PORT_NONE;
	return device;
}

static inline void path_device_address(struct path_node *node, struct device *device, struct address address)
{
	node->device_addresses[device->index] = address;
	device->addresses = &node->device_addresses[device->index];
	device->address_count = 1;
}

/* A pair from @link to a device of the host, made with it. */
static inline void path_host_end(struct path_node *node, struct interface *link, uint32_t index, const char *name,
                                 uint32_t master, const char *bridge)
{
	struct device *device = path_device(node, index, LINK_VETH, name, master);

	link->peer = (struct peer){ .known = true, .netns = FIXTURE_OBSERVING, .index = index };
	fixture_name(link->peer.name, name);
	link->host_birth = index;
	if (bridge)
		fixture_on_bridge(link, bridge);
	device->port_state = link->port_state;
}

static inline void path_peer(struct peer *peer, uint64_t netns, uint32_t index, const char *name)
{
	*peer = (struct peer){ .known = true, .netns = netns, .index = index };
	fixture_name(peer->name, name);
}

static inline void path_make_devices(struct path_node *node)
{
	path_device_address(node, path_device(node, 2, LINK_OTHER, "eth0", 0), fixture_v4(192, 168, 1, 5, 24));
	path_device_address(node, path_device(node, 3, LINK_BRIDGE, "docker0", 0), fixture_v4(172, 17, 0, 1, 16));
	path_device_address(node, path_device(node, 4, LINK_BRIDGE, "br1", 0), fixture_v4(10, 8, 0, 1, 24));
	(void)path_device(node, 5, LINK_BRIDGE, "br2", 0);
	path_device(node, 6, LINK_VLAN, "eth0.7", 5)->lower = 2;
	(void)path_device(node, 7, LINK_BOND, "bond0", 0);
	(void)path_device(node, 8, LINK_OTHER, "nic1", 7);
	path_device(node, 9, LINK_OTHER, "nic2", 7)->up = false;
	(void)path_device(node, 10, LINK_OTHER, "ovs", 0);
	(void)path_device(node, 11, LINK_TUN, "vnet0", 5); /* of a virtual machine: no way out */
}

static inline void path_make_plain(struct path_node *node)
{
	struct interface *link;

	link = path_link(node, path_ns(node, 1001, OWNER_DOCKER, "box"), LINK_VETH, 3, "eth0", "172.17.0.2", 16);
	path_host_end(node, link, 20, "vbox", 3, "docker0");
	link->traffic = fixture_totals(10, 1000);
	link = path_link(node, path_ns(node, 1002, OWNER_DOCKER, "db"), LINK_VETH, 3, "eth0", "172.17.0.3", 16);
	path_host_end(node, link, 21, "vdb", 3, "docker0");
	link = path_link(node, path_ns(node, 1003, OWNER_DOCKER, "api"), LINK_VETH, 2, "eth0", "10.8.0.2", 24);
	path_host_end(node, link, 22, "vapi", 4, "br1");
	link = path_link(node, path_ns(node, 1004, OWNER_POD, "shop/web-0"), LINK_VETH, 2, "eth0", "10.7.0.2", 32);
	path_host_end(node, link, 23, "cali1", 0, NULL);
	link = path_link(node, path_ns(node, 1005, OWNER_NETNS, "left"), LINK_VETH, 2, "a0", "10.6.0.1", 30);
	path_peer(&link->peer, 1006, 2, "b0");
	link = path_link(node, path_ns(node, 1006, OWNER_NETNS, "right"), LINK_VETH, 2, "b0", "10.6.0.2", 30);
	path_peer(&link->peer, 1005, 2, "a0");
	link = path_link(node, path_ns(node, 1007, OWNER_PODMAN, "mv1"), LINK_MACVLAN, 2, "mv0", "192.168.1.50", 24);
	path_peer(&link->lower, FIXTURE_OBSERVING, 2, "eth0");
	link = path_link(node, path_ns(node, 1008, OWNER_PODMAN, "mv2"), LINK_MACVLAN, 2, "mv0", "192.168.1.51", 24);
	path_peer(&link->lower, FIXTURE_OBSERVING, 2, "eth0");
	(void)path_link(node, path_ns(node, 1009, OWNER_PODMAN, "tap"), LINK_TUN, 2, "tap0", "10.0.2.100", 24);
	link = path_link(node, path_ns(node, 1010, OWNER_LXC, "sw"), LINK_VETH, 2, "eth0", "192.168.7.2", 24);
	path_host_end(node, link, 24, "vsw", 5, "br2");
}

static inline void path_make_nested(struct path_node *node)
{
	struct netns *dind = path_ns(node, 1011, OWNER_DOCKER, "dind");
	struct netns *bonded = path_ns(node, 1015, OWNER_LXC, "bonded");
	struct netns *lost = path_ns(node, 1014, OWNER_PROCESS, "lost");
	struct netns *vlan = path_ns(node, 1017, OWNER_PROCESS, "vlan");
	struct interface *link;

	link = path_link(node, dind, LINK_VETH, 2, "eth0", "172.17.0.4", 16);
	path_host_end(node, link, 25, "vdind", 3, "docker0");
	(void)path_link(node, dind, LINK_BRIDGE, 3, "docker0", "172.18.0.1", 16);
	link = path_link(node, dind, LINK_VETH, 4, "vin", NULL, 0);
	link->master = 3;
	path_peer(&link->peer, 1012, 2, "eth0");
	link = path_link(node, path_ns(node, 1012, OWNER_PROCESS, "inner"), LINK_VETH, 2, "eth0", "172.18.0.2", 16);
	path_peer(&link->peer, 1011, 4, "vin");
	(void)path_link(node, path_ns(node, 1013, OWNER_NETNS, "nic"), LINK_OTHER, 2, "ens5", "192.168.1.60", 24);
	(void)path_link(node, lost, LINK_MACVLAN, 2, "mv0", NULL, 0);
	path_peer(&path_link(node, lost, LINK_VETH, 3, "p0", NULL, 0)->peer, 1014, 4, "p1");
	path_peer(&path_link(node, lost, LINK_VETH, 4, "p1", NULL, 0)->peer, 1014, 3, "p0");
	(void)path_link(node, lost, LINK_DUMMY, 5, "dummy0", NULL, 0);
	link = path_link(node, bonded, LINK_VETH, 2, "eth0", NULL, 0);
	path_host_end(node, link, 26, "vb0", 3, "docker0");
	link->master = 4;
	link = path_link(node, bonded, LINK_VETH, 3, "eth1", NULL, 0);
	path_host_end(node, link, 27, "vb1", 4, "br1");
	link->master = 4;
	(void)path_link(node, bonded, LINK_BOND, 4, "bond0", "10.8.0.9", 24);
	link = path_link(node, vlan, LINK_VETH, 2, "eth0", NULL, 0);
	path_host_end(node, link, 29, "vv", 3, "docker0");
	link = path_link(node, vlan, LINK_VLAN, 3, "eth0.9", "172.17.0.9", 16);
	path_peer(&link->lower, 1017, 2, "eth0");
}

static inline struct path_node *path_node(void)
{
	static struct path_node made;
	struct path_node *node = &made;
	struct interface *link;

	made = (struct path_node){ .snap = { .time = 1764000000.5,
		                             .observing_inode = FIXTURE_OBSERVING,
		                             .namespaces = made.ns,
		                             .namespace_count = PATH_NS_COUNT,
		                             .devices = made.devices } };
	path_make_devices(node);
	path_make_plain(node);
	path_make_nested(node);
	link = path_link(node, path_ns(node, 1016, OWNER_DOCKER, PATH_EVIL), LINK_VETH, 2, PATH_EVIL, "10.5.0.2", 24);
	path_host_end(node, link, 28, "v\"\\&", 10, NULL);
	made.routes[0] = (struct default_route){ .family = AF_INET, .metric = 100, .index = 2, .has_gateway = true };
	made.routes[0].gateway = fixture_v4(192, 168, 1, 1, 0);
	made.routes[1] = (struct default_route){ .family = AF_INET, .metric = 500, .index = 7 }; /* not the best */
	made.routes[2] = (struct default_route){ .family = AF_INET6, .metric = 1024, .index = 7, .has_gateway = true };
	made.routes[2].gateway = fixture_v6("fe80::1", 0);
	made.counters[0] = (struct device_counters){ 2, { .rx_packets = 7, .rx_bytes = 7000000, .tx_packets = 5 } };
	made.counters[1] = (struct device_counters){ 20, { 4, 400, 10, 1000, 0, 0 } };
	made.facts = (struct host_facts){ .ipv4 = FORWARDING_ON,
		                          .ipv6 = FORWARDING_OFF,
		                          .routes_known = true,
		                          .routes = made.routes,
		                          .route_count = 3,
		                          .counters = made.counters,
		                          .counter_count = 2 };
	return node;
}

static inline const struct netns *path_of(const struct path_node *node, uint64_t inode)
{
	return &node->ns[inode - 1001];
}
