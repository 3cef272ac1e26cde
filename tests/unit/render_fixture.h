/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/snapshot.h"

/*
 * A node made by hand for the tests of the renderers: each row is there for one thing that a renderer must show. All memory is
 * static; the snapshot has no arena and is not to be freed.
 */

static inline struct address fixture_v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint8_t prefix)
{
	return (struct address){ .family = AF_INET, .prefix = prefix, .bytes = { a, b, c, d } };
}

static inline struct address fixture_v6(const char *text, uint8_t prefix)
{
	struct address address = { .family = AF_INET6, .prefix = prefix };

	(void)inet_pton(AF_INET6, text, address.bytes);
	return address;
}

/* Counted by a program: 100 packets of TCP and ICMP in, 40 of TCP and 2 of ARP out; GSO made more segments of them. */
static inline struct traffic fixture_split(uint64_t scale)
{
	struct traffic traffic = { .known = true, .split = true, .compared = true };
	struct counters *rx = &traffic.dir[RECEIVE];
	struct counters *tx = &traffic.dir[TRANSMIT];

	rx->by_class[CTNET_IPV4_TCP] = (struct count){ 90 * scale, 90000 * scale };
	rx->by_class[CTNET_IPV4_ICMP] = (struct count){ 10 * scale, 980 * scale };
	rx->total = (struct count){ 100 * scale, 90980 * scale };
	rx->segments = 130 * scale;
	rx->wire_bytes = 92960 * scale;
	tx->by_class[CTNET_IPV4_TCP] = (struct count){ 40 * scale, 2640 * scale };
	tx->by_class[CTNET_ARP] = (struct count){ 2 * scale, 84 * scale };
	tx->total = (struct count){ 42 * scale, 2724 * scale };
	tx->segments = 42 * scale;
	tx->wire_bytes = 2724 * scale;
	return traffic;
}

/* Totals alone, from the kernel's device counters. */
static inline struct traffic fixture_totals(uint64_t packets, uint64_t bytes)
{
	struct traffic traffic = { .known = true };

	traffic.dir[RECEIVE].total = (struct count){ packets, bytes };
	traffic.dir[TRANSMIT].total = (struct count){ packets / 2, bytes / 2 };
	return traffic;
}

#define FIXTURE_OBSERVING 4026531840ULL

static inline void fixture_name(char to[IFNAMSIZ], const char *name)
{
	(void)snprintf(to, IFNAMSIZ, "%s", name);
}

static inline struct interface fixture_veth(const char *name, uint32_t index, const char *host, uint32_t host_index)
{
	struct interface link = { .index = index, .kind = LINK_VETH, .has_mac = true, .up = true, .mtu = 1500 };

	link.mac[0] = 0x02;
	link.mac[1] = 0x42;
	link.mac[5] = (uint8_t)index;
	fixture_name(link.name, name);
	link.peer = (struct peer){ .known = true, .netns = FIXTURE_OBSERVING, .index = host_index };
	fixture_name(link.peer.name, host);
	link.host_birth = 5000000000ULL + host_index;
	link.port_state = PORT_NONE;
	link.counted = COUNTED_HOST_END;
	return link;
}

static inline void fixture_on_bridge(struct interface *link, const char *bridge)
{
	fixture_name(link->bridge, bridge);
	link->port_state = PORT_FORWARDING;
}

static inline struct owner fixture_owner(enum owner_kind kind, const char *name, const char *id, const char *image)
{
	return (struct owner){
		.kind = kind, .name = name, .id = id, .image = image, .pod_name = "", .pod_namespace = ""
	};
}

static inline struct netns fixture_netns(uint64_t inode, const struct owner *owners, size_t owner_count)
{
	struct netns ns = { .inode = inode, .birth = inode * 2, .name = "", .kind = OWNER_NONE, .held_by = "" };

	if (owner_count > 0) {
		ns.name = owners[0].name;
		ns.kind = owners[0].kind;
	}
	ns.owners = owners;
	ns.owner_count = owner_count;
	return ns;
}

#define FIXTURE_NETNS(inode, owners) fixture_netns(inode, owners, ARRAY_SIZE(owners))

static inline void fixture_links(struct netns *ns, const struct interface *links, size_t count)
{
	ns->interfaces = links;
	ns->interface_count = count;
}

/* A namespace nobody found: only the host end of its pair is known. */
static inline struct netns fixture_nowhere(void)
{
	static struct interface links[1];
	struct netns ns = fixture_netns(0, NULL, 0);

	links[0] = fixture_veth("", 2, "veth77", 77);
	links[0].has_mac = false;
	links[0].mtu = 0; /* not known */
	links[0].up = false;
	links[0].traffic = fixture_totals(8, 800);
	fixture_links(&ns, links, ARRAY_SIZE(links));
	return ns;
}

/* Two containers in one namespace, wide and quoted names, two interfaces, drops. */
static inline struct netns fixture_box(void)
{
	static struct address addresses[2];
	static struct interface links[2];
	static struct owner owners[2];
	struct netns ns;

	owners[0] = fixture_owner(OWNER_DOCKER, "box", "0c3ff02115a4bc", "busybox");
	owners[0].pid = 11384;
	owners[1] = fixture_owner(OWNER_DOCKER, "side", "77ee00aa", "reg/side\"car\\:1");
	ns = FIXTURE_NETNS(4026532396, owners);
	addresses[0] = fixture_v4(172, 17, 0, 2, 16);
	addresses[1] = fixture_v6("fe80::42:acff:fe11:2", 64);
	links[0] = fixture_veth("eth0", 3, "veth2125897", 4);
	links[0].addresses = addresses;
	links[0].address_count = ARRAY_SIZE(addresses);
	links[0].traffic = fixture_split(1);
	links[0].traffic.receive_dropped = 3;
	fixture_on_bridge(&links[0], "docker0");
	links[1] = fixture_veth("eth1", 5, "veth0a0b0c0", 6);
	links[1].traffic = fixture_split(1000000);
	links[1].up = false;
	fixture_links(&ns, links, ARRAY_SIZE(links));
	return ns;
}

/* A pod routed without a bridge, with traffic from before the attach; IPv6 only. */
static inline struct netns fixture_pod(void)
{
	static struct address addresses[2];
	static struct interface links[1];
	static struct owner owners[1];
	struct netns ns;

	owners[0] = fixture_owner(OWNER_POD, "shop/web-0", "9d8c7b6a", "nginx:1.27");
	owners[0].pod_name = "web-0";
	owners[0].pod_namespace = "shop";
	ns = FIXTURE_NETNS(4026532400, owners);
	addresses[0] = fixture_v6("fd00::5", 64);
	addresses[1] = fixture_v6("fe80::1", 64);
	links[0] = fixture_veth("eth0", 2, "cali12345678901", 9);
	links[0].addresses = addresses;
	links[0].address_count = ARRAY_SIZE(addresses);
	links[0].traffic = fixture_split(3);
	links[0].traffic.midlife = true;
	links[0].traffic.dir[RECEIVE].total =
		(struct count){ UINT64_C(9007199254740993), UINT64_C(9223372036854775807) };
	fixture_links(&ns, links, ARRAY_SIZE(links));
	return ns;
}

/* A named namespace without a process; a macvlan that nobody counts. */
static inline struct netns fixture_held(void)
{
	static struct interface links[1];
	static struct owner owners[1];
	struct netns ns;

	owners[0] =
		fixture_owner(OWNER_NETNS, "\xe3\x83\x8d\xe3\x83\x83\xe3\x83\x88\xe3\x83\xaf\xe3\x83\xbc\xe3\x82\xaf",
	                      "", ""); /* ネットワーク */
	ns = FIXTURE_NETNS(4026532500, owners);
	ns.held = true;
	ns.held_by = "mount /run/netns/\xe3\x83\x8d\xe3\x83\x83\xe3\x83\x88\xe3\x83\xaf\xe3\x83\xbc\xe3\x82\xaf";
	links[0] = fixture_veth("mv0", 2, "", 0);
	links[0].kind = LINK_MACVLAN;
	links[0].peer.known = false;
	links[0].peer.netns = 0;
	links[0].host_birth = 0;
	links[0].birth = 4000;
	links[0].counted = COUNTED_NOWHERE;
	links[0].lower = (struct peer){ .known = true, .netns = FIXTURE_OBSERVING, .index = 3, .name = "ens1" };
	fixture_links(&ns, links, ARRAY_SIZE(links));
	return ns;
}

/* Nothing but a loopback, which is no interface here. */
static inline struct netns fixture_lonely(void)
{
	static struct owner owners[1];

	owners[0] = fixture_owner(OWNER_DOCKER, "lonely", "abcdef01", "alpine");
	return FIXTURE_NETNS(4026532600, owners);
}

/* Ended since the last look: its last counters. */
static inline struct netns fixture_gone(void)
{
	static struct interface links[1];
	static struct owner owners[1];
	struct netns ns;

	owners[0] = fixture_owner(OWNER_DOCKER, "build-4711", "4711", "gcc:12");
	ns = FIXTURE_NETNS(4026532700, owners);
	ns.gone = true;
	links[0] = fixture_veth("eth0", 2, "vethdead", 12);
	links[0].gone = true;
	links[0].up = false;
	links[0].traffic = fixture_split(7);
	fixture_on_bridge(&links[0], "docker0");
	fixture_links(&ns, links, ARRAY_SIZE(links));
	return ns;
}

static inline void fixture_bridge(struct bridge *bridge)
{
	static const char *const ports[] = { "veth2125897", "vethdead" };
	static struct address addresses[1];

	*bridge = (struct bridge){
		.name = "docker0", .index = 2, .host_birth = 1000, .has_mac = true, .up = true, .mtu = 1500
	};
	memcpy(bridge->mac, "\x02\x42\x5a\x00\x00\x01", 6);
	addresses[0] = fixture_v4(172, 17, 0, 1, 16);
	bridge->addresses = addresses;
	bridge->address_count = ARRAY_SIZE(addresses);
	bridge->ports = ports;
	bridge->port_count = ARRAY_SIZE(ports);
	bridge->traffic = fixture_split(2);
}

static inline struct histogram fixture_histogram(unsigned int bucket, uint64_t count)
{
	struct histogram times = { .count = count + 1, .sum_ns = count * 1500000 + 1 };

	times.bucket[bucket] = count;
	times.bucket[HISTOGRAM_BUCKETS - 1] = 1;
	return times;
}

static inline void fixture_devices(struct device devices[2], const struct bridge *bridge)
{
	devices[0] = (struct device){
		.name = "docker0", .index = 2, .kind = LINK_BRIDGE, .has_mac = true, .up = true, .mtu = 1500
	};
	memcpy(devices[0].mac, bridge->mac, sizeof(devices[0].mac));
	devices[0].addresses = bridge->addresses;
	devices[0].address_count = bridge->address_count;
	devices[0].port_state = PORT_NONE;
	devices[1] = (struct device){
		.name = "veth2125897", .index = 4, .kind = LINK_VETH, .up = true, .mtu = 1500, .master = 2
	};
	devices[1].port_state = PORT_FORWARDING;
}

static inline const struct snapshot *fixture_node(void)
{
	static const struct source sources[] = {
		{ .name = "traffic", .state = "tcx", .detail = "", .up = true },
		{ .name = "lifecycle", .state = "kprobe", .detail = "", .up = true },
		{ .name = "netlink",
		  .state = "ok",
		  .detail = "a dump was interrupted",
		  .up = true,
		  .incomplete = true },
		{ .name = "docker",
		  .state = "absent",
		  .detail = "no /var/lib/docker (see --docker-root)",
		  .up = false },
	};
	static const struct loss losses[] = { { "no_row", 0 }, { "unparsed", 5 }, { "events", 0 } };
	static struct netns namespaces[6];
	static struct bridge bridges[1];
	static struct device devices[2];
	static struct snapshot snap;

	namespaces[0] = fixture_nowhere();
	namespaces[1] = fixture_box();
	namespaces[2] = fixture_pod();
	namespaces[3] = fixture_held();
	namespaces[4] = fixture_lonely();
	namespaces[5] = fixture_gone();
	fixture_bridge(&bridges[0]);
	fixture_devices(devices, &bridges[0]);
	snap = (struct snapshot){
		.time = 1764000000.123,
		.now = 86400000000001ULL,
		.duration = 0.00312,
		.observing_inode = FIXTURE_OBSERVING,
		.sources = sources,
		.source_count = ARRAY_SIZE(sources),
		.namespaces = namespaces,
		.namespace_count = ARRAY_SIZE(namespaces),
		.bridges = bridges,
		.bridge_count = ARRAY_SIZE(bridges),
		.devices = devices,
		.device_count = ARRAY_SIZE(devices),
		.lifecycle = { .exact = true,
		               .created = 12,
		               .destroyed = 10,
		               .lost = 1,
		               .setup = fixture_histogram(10, 11),
		               .teardown = fixture_histogram(14, 9),
		               .lifetime = fixture_histogram(20, 9) },
		.alive = 5,
		.held = 1,
		.losses = losses,
		.loss_count = ARRAY_SIZE(losses),
	};
	return &snap;
}

/* The machine before the first container: nothing at all. */
static inline const struct snapshot *fixture_empty(void)
{
	static const struct snapshot snap = { .time = 1764000000, .observing_inode = FIXTURE_OBSERVING };

	return &snap;
}
