/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The nsid that stands for the observing namespace itself, and for "none told" (the kernel's NETNSA_NSID_NOT_ASSIGNED). */
#define NSID_HERE (-1)

/** IFLA_INFO_KIND, as far as ctnet tells kinds apart. */
enum link_kind {
	LINK_OTHER, /* a NIC: the kernel tells no kind */
	LINK_LOOPBACK,
	LINK_VETH,
	LINK_BRIDGE,
	LINK_MACVLAN,
	LINK_IPVLAN,
	LINK_VLAN,
	LINK_NETKIT,
	LINK_TUN, /* tun and tap */
	LINK_VXLAN,
	LINK_BOND,
	LINK_TEAM,
	LINK_DUMMY,
	LINK_IFB,
	LINK_VIRTUAL, /* made in software, of a kind not listed: wireguard, gre, sit, … */
	LINK_KINDS,
};

/** The name rtnetlink uses ("veth", "bridge", …); "nic" for LINK_OTHER. */
const char *link_kind_name(enum link_kind kind);

/** The kind of that name; LINK_OTHER where it is not listed. */
enum link_kind link_kind_from_name(const char *name);

/** Spanning tree state of a bridge port (linux/if_bridge.h BR_STATE_*). */
enum port_state { PORT_DISABLED, PORT_LISTENING, PORT_LEARNING, PORT_FORWARDING, PORT_BLOCKING, PORT_NONE };

struct address {
	uint8_t family; /* AF_INET or AF_INET6 */
	uint8_t prefix;
	uint8_t bytes[16]; /* network order; IPv4 in the first four */
};

/** "172.17.0.2/16" into @out (at least 64 bytes). */
void address_format(const struct address *address, char *out, size_t size);

/** fe80::/10 (RFC 4291), which nearly every interface has. An IPv4 address never is. */
bool address_is_link_local(const struct address *address);

/** Orders by family, then bytes, then prefix. For qsort and bsearch. */
int address_compare(const void *a, const void *b);

/**
 * One network interface as rtnetlink tells it; indexes are those of the namespace it lives in.
 */
struct link {
	uint32_t index;
	char name[IFNAMSIZ]; /* as the kernel has it: any bytes but '/', ':' and white space */
	enum link_kind kind;
	uint32_t flags; /* IFF_* */
	uint8_t mac[6];
	bool has_mac;
	uint32_t mtu;
	uint32_t peer_index; /* IFLA_LINK, of a VXLAN IFLA_VXLAN_LINK; 0: none */
	bool peer_elsewhere; /* IFLA_LINK_NETNSID was there: peer_index, if any, counts in the namespace peer_nsid */
	int32_t peer_nsid;   /* as seen from the observing namespace */
	uint32_t master;     /* IFLA_MASTER; 0: none */
	enum port_state port_state; /* PORT_NONE unless the master is a bridge */
	uint64_t birth;             /* CLOCK_BOOTTIME ns when first seen; with namespace and index the identity */
};
