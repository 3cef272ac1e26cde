/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/prom_families.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/snapshot.h"
#include "render/prom_node.h"
#include "render/prom_price.h"
#include "render/prom_rows.h"
#include "render/prom_text.h"
#include "render/show.h"

static uint64_t counter_at(const struct traffic *traffic, size_t offset)
{
	uint64_t value;

	memcpy(&value, (const char *)traffic + offset, sizeof(value));
	return value;
}

static const struct prom_piece NOTHING = { "", 0 };

static struct prom_piece name_of(const struct family *family)
{
	return prom_piece(family->shown.name);
}

static void write_counter(const struct family *family, const struct prom_row *row, struct buf *out)
{
	prom_row_sample(out, name_of(family), row->labels, NOTHING, counter_at(row->traffic, family->offset));
}

static void write_classes(const struct family *family, const struct prom_row *row, struct buf *out)
{
	struct prom_piece name = name_of(family);

	for (uint32_t left = row->classes; left != 0; left &= left - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(left);

		prom_row_sample(out, name, row->labels, row->class_labels[i],
		                counter_at(row->traffic, family->offset + i * sizeof(struct count)));
	}
}

static void write_up(const struct family *family, const struct prom_row *row, struct buf *out)
{
	prom_row_sample(out, name_of(family), row->labels, NOTHING, row->link->up && !row->gone);
}

static void write_mtu(const struct family *family, const struct prom_row *row, struct buf *out)
{
	prom_row_sample(out, name_of(family), row->labels, NOTHING, row->link->mtu);
}

static void write_interface_info(const struct family *family, const struct prom_row *row, struct buf *out)
{
	const struct interface *link = row->link;
	char address[SHOW_ADDRESS_SIZE];
	char mac[SHOW_MAC_SIZE] = "";

	show_address(link->addresses, link->address_count, address);
	if (link->has_mac)
		show_mac(link->mac, mac);
	(void)buf_puts(out, family->shown.name);
	(void)buf_putc(out, '{');
	(void)buf_puts(out, row->whole_key);
	prom_label(out, "host_interface", link->host_birth != 0 ? link->peer.name : "");
	prom_label(out, "bridge", link->bridge);
	prom_label(out, "kind", link_kind_name(link->kind));
	prom_label(out, "mac", mac);
	prom_label(out, "address", address);
	(void)buf_puts(out, "} 1\n");
}

#define AT(member)  offsetof(struct traffic, member)
#define VIEW        " Direction is from the container's point of view."
#define SPLIT       " Begins when ctnet attached to the interface."
#define WIRE        " What passed before ctnet attached to the interface counts as one segment a packet."
#define DEVICE      ", counted as the kernel's device counters do"
#define CLASS       " TCP, UDP and ICMP are always there, another protocol appears with its first packet."
#define BRIDGE_VIEW " Direction is that of the bridge device itself: what the host received from it, or sent into it."

#define INTERFACE_COUNTER(metric, member, needed, text)                                                                \
	{                                                                                                              \
		.shown = { "ctnet_" metric "_total", "counter", text }, .scope = PER_INTERFACE, .need = (needed),      \
		.offset = AT(member), .write_row = write_counter                                                       \
	}
#define CLASS_COUNTER(metric, member, text)                                                                            \
	{                                                                                                              \
		.shown = { "ctnet_protocol_" metric "_total", "counter", text VIEW SPLIT CLASS },                      \
		.scope = PER_INTERFACE, .need = NEED_CLASSES, .offset = AT(member), .write_row = write_classes         \
	}
#define BRIDGE_COUNTER(metric, member, text)                                                                           \
	{                                                                                                              \
		.shown = { "ctnet_bridge_" metric "_total", "counter", text BRIDGE_VIEW }, .scope = PER_BRIDGE,        \
		.need = NEED_KNOWN, .offset = AT(member), .write_row = write_counter                                   \
	}
#define INTERFACE_GAUGE(metric, needed, writer, text)                                                                  \
	{                                                                                                              \
		.shown = { "ctnet_" metric, "gauge", text }, .scope = PER_INTERFACE, .need = (needed),                 \
		.write_row = (writer)                                                                                  \
	}
#define NODE(metric, kind, writer, text)                                                                               \
	{                                                                                                              \
		.shown = { "ctnet_" metric, kind, text }, .scope = PER_NODE, .write_node = (writer)                    \
	}

/* The README's list is printed from this. Names are a contract. */
static const struct family families[] = {
	INTERFACE_COUNTER("receive_packets", dir[RECEIVE].total.packets, NEED_KNOWN,
	                  "Packets received" DEVICE
	                  ", with those dropped on the way in (ctnet_receive_dropped_packets_total)." VIEW),
	INTERFACE_COUNTER("transmit_packets", dir[TRANSMIT].total.packets, NEED_KNOWN, "Packets sent" DEVICE "." VIEW),
	INTERFACE_COUNTER("receive_bytes", dir[RECEIVE].total.bytes, NEED_KNOWN,
	                  "Bytes received, with Ethernet headers" DEVICE "." VIEW),
	INTERFACE_COUNTER("transmit_bytes", dir[TRANSMIT].total.bytes, NEED_KNOWN,
	                  "Bytes sent, with Ethernet headers" DEVICE "." VIEW),
	INTERFACE_COUNTER(
		"receive_dropped_packets", receive_dropped, NEED_KNOWN,
		"Packets that the pair dropped on the way to the container; part of ctnet_receive_packets_total." VIEW),
	INTERFACE_COUNTER(
		"receive_segments", dir[RECEIVE].segments, NEED_SPLIT,
		"Packets received as on the wire: a GSO packet counts once for each of its segments." VIEW WIRE),
	INTERFACE_COUNTER("transmit_segments", dir[TRANSMIT].segments, NEED_SPLIT,
	                  "Packets sent as on the wire: a GSO packet counts once for each of its segments." VIEW WIRE),
	INTERFACE_COUNTER("receive_wire_bytes", dir[RECEIVE].wire_bytes, NEED_SPLIT,
	                  "Bytes received as on the wire: with the headers of each segment of a GSO packet." VIEW WIRE),
	INTERFACE_COUNTER("transmit_wire_bytes", dir[TRANSMIT].wire_bytes, NEED_SPLIT,
	                  "Bytes sent as on the wire: with the headers of each segment of a GSO packet." VIEW WIRE),
	CLASS_COUNTER("receive_packets", dir[RECEIVE].by_class[0].packets,
	              "Packets received by address family and protocol."),
	CLASS_COUNTER("transmit_packets", dir[TRANSMIT].by_class[0].packets,
	              "Packets sent by address family and protocol."),
	CLASS_COUNTER("receive_bytes", dir[RECEIVE].by_class[0].bytes,
	              "Bytes received by address family and protocol."),
	CLASS_COUNTER("transmit_bytes", dir[TRANSMIT].by_class[0].bytes, "Bytes sent by address family and protocol."),
	INTERFACE_GAUGE("interface_up", NEED_LINK, write_up, "1 where the interface is up and has a carrier."),
	INTERFACE_GAUGE("interface_mtu_bytes", NEED_LINK, write_mtu, "MTU of the interface."),
	INTERFACE_GAUGE(
		"interface_info", NEED_ROW, write_interface_info,
		"Always 1: how the interface is wired to the host, to be joined on netns, owner and interface."),
	{ .shown = { "ctnet_netns_info", "gauge",
	             "Always 1: who lives in the network namespace, one series for each owner, to be joined on netns and owner." },
	  .scope = PER_NETNS },
	BRIDGE_COUNTER("receive_packets", dir[RECEIVE].total.packets, "Packets received by the bridge device."),
	BRIDGE_COUNTER("transmit_packets", dir[TRANSMIT].total.packets, "Packets sent by the bridge device."),
	BRIDGE_COUNTER("receive_bytes", dir[RECEIVE].total.bytes, "Bytes received by the bridge device."),
	BRIDGE_COUNTER("transmit_bytes", dir[TRANSMIT].total.bytes, "Bytes sent by the bridge device."),
	NODE("netns_alive", "gauge", write_alive, "Network namespaces that exist, without the node's own."),
	NODE("netns_held", "gauge", write_held,
	     "Network namespaces without a process: kept by a mount or an open descriptor only."),
	NODE("netns_created_total", "counter", write_created,
	     "Network namespaces created since the agent started; ctnet_lifecycle_source_info says how they are counted."),
	NODE("netns_destroyed_total", "counter", write_destroyed,
	     "Network namespaces destroyed since the agent started; ctnet_lifecycle_source_info says how they are counted."),
	NODE("netns_setup_seconds", "histogram", write_setup,
	     "Time the kernel took to set a network namespace up; only where kprobes tell it."),
	NODE("netns_teardown_seconds", "histogram", write_teardown,
	     "Time from the last reference gone until the network namespace was destroyed; only where kprobes tell it."),
	NODE("netns_lifetime_seconds", "histogram", write_lifetime,
	     "Time from a network namespace's creation to its destruction; only where kprobes tell it."),
	NODE("lifecycle_source_info", "gauge", write_lifecycle_source,
	     "Always 1: how network namespaces are counted; only \"kprobe\" sees each one."),
	NODE("source_up", "gauge", write_source_up, "1 where what ctnet looks at can be seen."),
	NODE("source_incomplete", "gauge", write_source_incomplete,
	     "1 where the last look was interrupted: some series may be missing or old."),
	NODE("lost_total", "counter", write_lost, "What could not be counted or written, by kind of loss."),
	NODE("excluded", "gauge", write_excluded,
	     "Interfaces, network namespaces and bridges that the settings include and exclude leave out of this text."),
	NODE("accuracy_difference_packets", "gauge", write_difference_packets,
	     "Largest difference in packets to the kernel's device counters, of any interface or bridge in either direction, as far as what is on its way does not explain it."),
	NODE("accuracy_difference_bytes", "gauge", write_difference_bytes,
	     "Largest difference in bytes to the kernel's device counters, of any interface or bridge in either direction, as far as what is on its way does not explain it."),
	NODE("accuracy_compared_interfaces", "gauge", write_compared,
	     "Interfaces and bridges whose counters were compared with the kernel's device counters in this collection."),
	NODE("accuracy_last_comparison_timestamp_seconds", "gauge", write_comparison_time,
	     "When counters were last compared with the kernel's device counters, in seconds since the epoch."),
	NODE("start_timestamp_seconds", "gauge", write_start,
	     "When the agent started, in seconds since the epoch: what it counts of births, deaths and losses began at 0 then."),
	NODE("last_collection_timestamp_seconds", "gauge", write_timestamp,
	     "When these numbers were collected, in seconds since the epoch."),
	NODE("collection_duration_seconds", "gauge", write_duration, "Time it took to collect these numbers."),
	NODE("agent_cpu_seconds_total", "counter", write_cpu, "CPU time that the agent itself took, user and system."),
	NODE("agent_resident_memory_bytes", "gauge", write_resident, "Memory of the agent itself that is in RAM."),
	NODE("agent_open_descriptors", "gauge", write_descriptors, "Descriptors that the agent holds open."),
	NODE("map_bytes", "gauge", write_map_bytes,
	     "Kernel memory of each of ctnet's BPF maps; ctnet_rows are the arrays that the counters are in."),
	NODE("program_runs_total", "counter", write_runs, "Runs of each of ctnet's BPF programs; only with --measure."),
	NODE("program_run_seconds_total", "counter", write_run_time,
	     "Time in each of ctnet's BPF programs, taken by the kernel at a cost of its own; only with --measure."),
	NODE("build_info", "gauge", write_build, "Always 1: the agent's version."),
};

const struct family *family_at(size_t i)
{
	return i < ARRAY_SIZE(families) ? &families[i] : NULL;
}

size_t family_samples(const struct family *family, const struct prom_row *row)
{
	switch (family->need) {
	case NEED_ROW:
		return 1;
	case NEED_LINK:
		return row->link->mtu != 0;
	case NEED_KNOWN:
		return row->traffic->known;
	case NEED_SPLIT:
		return row->traffic->known && row->traffic->split;
	case NEED_CLASSES:
		return (size_t)__builtin_popcount(row->classes);
	}
	return 0;
}
