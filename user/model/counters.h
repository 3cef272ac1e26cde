/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ctnet_traffic.h" /* enum ctnet_class: the one list of families and protocols */

/** Always from the container's point of view: what its eth0 received and sent. For a bridge: the bridge device's own. */
enum direction { RECEIVE, TRANSMIT, DIRECTIONS };

struct count {
	uint64_t packets;
	uint64_t bytes;
};

/**
 * One direction of one interface since the interface appeared; cumulative, never read and cleared.
 */
struct counters {
	struct count total;  /* the kernel's meaning: one per skb, bytes with the Ethernet header */
	uint64_t segments;   /* packets as on the wire; before the attach one for each packet (a lower bound) */
	uint64_t wire_bytes; /* bytes with the headers of each segment */
	struct count by_class[CTNET_CLASSES]; /* since the attach only: adds up to total - baseline */
};

/** How much more of packets and bytes is told than the kernel's device counters say; negative: less. */
struct difference {
	int64_t packets;
	int64_t bytes;
};

/**
 * All that is known of an interface's traffic.
 */
struct traffic {
	bool known;   /* false: nobody counts here, all below is 0 */
	bool split;   /* a program is attached: segments, wire_bytes and by_class are counted; else only totals */
	bool midlife; /* had traffic before the attach: the split began later than the total */
	uint64_t receive_dropped; /* packets the pair dropped on the way in: in receive.total, not received */
	struct counters dir[DIRECTIONS];
	bool compared;                            /* with the kernel's counters when last read (model/accuracy.h) */
	struct difference difference[DIRECTIONS]; /* if so: what packets on their way do not explain */
};

/** What the kernel's device counters say (struct rtnl_link_stats64), from the device's own point of view. */
struct device_stats {
	uint64_t rx_packets, rx_bytes, tx_packets, tx_bytes, rx_dropped, tx_dropped;
};

/** "ipv4", "ipv6", "arp" or "other"; never NULL for a valid class. */
const char *class_family(enum ctnet_class c);

/** "tcp", "udp", "icmp", "sctp" or "other"; "other" for ARP and unknown EtherTypes as well. */
const char *class_protocol(enum ctnet_class c);
